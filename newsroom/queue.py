"""What a job queues belongs to its transaction, as what a request queues does."""

from typing import Any

from procrastinate.connector import BaseConnector
from procrastinate.contrib.django import utils
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.psycopg_connector import PsycopgConnector


class WorkerConnector(PsycopgConnector):
    """Fetches and finishes jobs over connections of its own; what they defer goes over Django's.

    Over the library's own it would be committed at once: a mail could be written before the row that it tells of is
    there, or of one that never comes.
    """

    def get_sync_connector(self) -> BaseConnector:
        return DjangoConnector()


def adopt(app: Any) -> None:
    """settings.PROCRASTINATE_ON_APP_READY."""
    app.connector.get_worker_connector = lambda: WorkerConnector(kwargs=utils.connector_params("default"))
