"""What becomes of a job that fails."""

import pytest
from django.db import OperationalError
from procrastinate.contrib.django import app
from procrastinate.jobs import Job


@pytest.mark.parametrize("name", ["articles.make_renditions", "articles.discard_files", "articles.index"])
def test_a_job_that_lost_its_database_is_tried_again_and_one_that_is_wrong_is_not(name):
    job = Job(id=1, queue="default", lock=None, queueing_lock=None, task_name=name, attempts=1)
    assert app.tasks[name].get_retry_exception(OperationalError("server closed the connection"), job)
    assert app.tasks[name].get_retry_exception(ValueError(), job) is None
