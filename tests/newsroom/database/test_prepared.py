"""A prepared queryset finds what the same queryset finds, for each call's values."""

import threading
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import OuterRef, QuerySet

from newsroom.database.prepared import Given, prepared

pytestmark = pytest.mark.django_db


@prepared
def named(name: Given) -> QuerySet[User]:
    return User.objects.filter(username=name).only("username")


@prepared
def among(keys: Given, but: Given) -> QuerySet[User]:
    return User.objects.filter(pk__in=keys.each()).exclude(pk__in=but.each()).order_by("-username")


@prepared
def with_groups(name: Given) -> QuerySet[User]:
    groups = Group.objects.filter(user=OuterRef("pk"), name__gt=name).order_by("name").values("name")[:2]
    return User.objects.annotate(found=ArraySubquery(groups))


@pytest.fixture
def people() -> list[User]:
    return [User.objects.create(username=name, first_name=name.title()) for name in ("ana", "ben", "o'%s")]


def test_each_call_has_its_own_values(people):
    assert [named(name=each.username) for each in people] == [[each] for each in people]
    assert named(name="nobody") == []


def test_rows_are_whole_objects_or_as_deferred_as_asked_for(people):
    (ana,) = named(name="ana")
    assert ana.get_deferred_fields() == User.objects.only("username")[0].get_deferred_fields()
    assert ana.first_name == "Ana"


def test_keys_come_as_a_list(people):
    ana, ben, cleo = people
    assert among(keys=[ana.pk, cleo.pk, ben.pk], but=[ben.pk]) == [cleo, ana]
    assert among(keys=[ana.pk], but=[]) == [ana]
    assert among(keys=[], but=[]) == []


def test_annotations_stand_on_the_rows(people):
    people[1].groups.set([Group.objects.create(name=name) for name in ("x", "z", "y")])
    assert [user.found for user in with_groups(name="x")] == [[], ["y", "z"], []]  # type: ignore[attr-defined]


def test_a_forgotten_value_is_an_error(people):
    with pytest.raises(KeyError):
        named()


@pytest.mark.django_db(transaction=True)
def test_every_thread_asks_by_its_own_connection(people):
    found = []

    def ask() -> None:
        found.append(([user.username for user in named(name="ana")], connection.connection.info.backend_pid))
        connection.close()

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [names for names, _ in found] == [["ana"]] * 2
    assert connection.connection.info.backend_pid not in {pid for _, pid in found}


def test_threads_that_come_first_together_build_it_once(db):
    """What one of them builds while another does has names that Postgres does not know, and would stay so."""
    for _ in range(30):
        found: list[Any] = []
        fresh, ready = prepared(with_groups.build), threading.Barrier(8)

        def look(fresh=fresh, ready=ready, found=found):
            ready.wait()
            found.append(fresh.done)

        threads = [threading.Thread(target=look) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [each is found[0] for each in found] == [True] * 8
        assert found[0][2] == with_groups.done[2]
