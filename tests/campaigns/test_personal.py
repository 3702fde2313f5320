"""Every column of campaigns in which a donor could be named is decided upon: erased, kept for a reason, or nobody's."""

from django.apps import apps
from django.db import models

from campaigns import personal

MODELS = [model for model in apps.get_app_config("campaigns").get_models() if not model._meta.proxy]
TABLES = {table.model: table for table in [*personal.OF_DONORS, *personal.BEYOND]}


def texts(model: type[models.Model]) -> set[str]:
    return {column.name for column in model._meta.fields if personal.holds_text(column)}


def decided(model: type[models.Model]) -> set[str]:
    """Of its columns of text: those that somebody has decided upon."""
    if model in personal.OF_NOBODY:
        return set(personal.OF_NOBODY[model])
    if model not in TABLES:
        return set()
    table = TABLES[model]
    return texts(model) if table.goes else {*table.erased, *table.kept, *table.nobody} & texts(model)


def test_every_table_stands_in_the_list_once():
    listed = [*TABLES, *personal.OF_NOBODY]
    assert {model.__name__ for model in MODELS} == {model.__name__ for model in listed}
    assert len(listed) == len(personal.OF_DONORS) + len(personal.BEYOND) + len(personal.OF_NOBODY) == len(set(listed))


def test_every_column_of_text_is_decided_upon():
    """A new one: decide in campaigns/personal.py whether it goes with its donor, stays (why?), or names nobody."""
    assert {model.__name__: texts(model) ^ decided(model) for model in MODELS if texts(model) != decided(model)} == {}


def test_no_column_is_decided_upon_twice():
    for table in TABLES.values():
        ways = [*table.erased, *table.kept, *table.nobody]
        assert len(ways) == len(set(ways)), table.model
        assert table.goes is False or ways == []
        assert set(ways) <= {column.name for column in table.model._meta.fields}


def test_what_a_donor_is_not_told_has_a_reason():
    """What is erased from a table is told from it, or it says why not."""
    for table in TABLES.values():
        assert bool(table.told) != bool(table.untold), table.model
        missing = set(table.erased) & texts(table.model) - set(table.told)
        assert table.untold or missing <= UNTOLD.get(table.model.__name__, set()), (table.model, missing)


UNTOLD = {
    "Donation": {"checkout_url", "fingerprint"},  # a page of the processor's that is over; a keyed hash
    "ProcessorEvent": {"body", "headers"},  # told as text; the headers are the processor's
}


def test_rows_without_a_way_to_their_donor_say_how_they_are_found():
    for table in personal.BEYOND:
        assert table.beyond or not (table.erased or table.goes), table.model
