"""What jobs queue belongs to their transaction."""

import pytest
from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.contrib.django.models import ProcrastinateJob

from newsroom import tasks
from newsroom.queue import WorkerConnector

pytestmark = pytest.mark.django_db


def test_a_job_that_fails_takes_what_it_queued_with_it():
    """As in the worker, which fetches jobs over connections of its own."""
    assert isinstance(app.connector, DjangoConnector)
    connector = app.connector.get_worker_connector()
    assert isinstance(connector, WorkerConnector)
    with app.replace_connector(connector):
        with transaction.atomic():
            tasks.mail_alarm.defer(alarm_pk=1)
            assert ProcrastinateJob.objects.filter(task_name="newsroom.mail_alarm").count() == 1
            transaction.set_rollback(True)
        assert ProcrastinateJob.objects.filter(task_name="newsroom.mail_alarm").count() == 0
