"""/healthz asks nothing of the database; /readyz tells what is wrong."""

from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from newsroom.models import Touch
from tests.cdn import PurgeService


def beat(seconds_ago: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - make_interval(secs => %s))", [seconds_ago]
        )


def test_the_process_answers_without_a_database(client):
    response = client.get("/healthz")  # without the db fixture any query is an error
    assert (response.status_code, response.json()) == (200, {"status": "This process answers."})


def test_ready_when_database_and_worker_answer(client, db):
    beat(seconds_ago=12)
    response = client.get("/readyz")
    assert (response.status_code, response.json()) == (200, {"status": "Database and worker answer."})
    assert "no-store" in response["Cache-Control"]


def test_not_ready_without_a_worker(client, db):
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["status"].startswith("No worker runs")


def test_not_ready_when_the_worker_fell_silent(client, db):
    beat(seconds_ago=90)
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["status"].startswith("The worker has not been heard of")


def test_one_living_worker_is_enough(client, db):
    beat(seconds_ago=900)
    beat(seconds_ago=1)
    assert client.get("/readyz").status_code == 200


def test_a_dead_database_is_said_without_its_address(client, db):
    def refuse(*args):
        raise OperationalError("connection to server at secret-host failed for user secret")

    with connection.execute_wrapper(refuse):
        response = client.get("/readyz")
    assert (response.status_code, response.json()) == (503, {"status": "The database does not answer."})


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_nothing_can_be_posted(client, path):
    assert client.post(path).status_code == 405


def test_a_cdn_that_confirms_nothing_is_said_and_takes_no_host_away(client, db, settings):
    settings.CDN = PurgeService(1).cdn()
    beat(seconds_ago=1)
    Touch.objects.create(keys=["article:1"], made_at=timezone.now() - timedelta(minutes=6), xid=1)
    response = client.get("/readyz")
    assert response.status_code == 200
    assert response.json()["status"].startswith("Database and worker answer. The CDN has not confirmed changes")
