"""Everything we know about a donor, for the donor (GDPR, articles 15 and 20): by the list in campaigns/personal.py.

Written piece by piece, some gifts at a time: somebody may have ten thousand of them.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from itertools import batched
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import F, Model, Q, QuerySet

from campaigns import models, personal
from campaigns.models import Donation, Donor, Pledge, ProcessorEvent, WaitingForm
from newsroom.models import AuditEntry

AT_ONCE = 500
WHOLE = (Donor, Pledge, Donation)
NAMES: dict[type[Model], str] = {  # where another name than the table's says more to its reader
    models.LedgerEntry: "ledger",
    models.ReceiptVersion: "receipt",
    models.StatementVersion: "statements",
    models.UpdateMail: "news",
    models.MatchingPool: "matching",
    models.BankLine: "bank",
    models.GiftName: "names elsewhere",
    models.WallName: "wall",
    models.Stranding: "outages",
}
# What later apps know under the donor's address: {name: what is told of an address, or nothing}. Filled in as they start.
ELSEWHERE: dict[str, Callable[[str], dict[str, Any] | None]] = {}


def pieces_about(donor: Donor) -> Iterator[str]:
    """JSON, a row a line, in pieces to be put together. Amounts in minor units. About fifteen queries for each five hundred
    gifts, however many there are."""
    yield '{\n"donor": ' + _json(_of(donor, personal.table_of(Donor).told))
    yield ',\n"looked at": ' + _json(_looks([f"campaigns.donor {donor.pk}"]).get(f"campaigns.donor {donor.pk}", []))
    for name, rows in _sections(donor):
        yield f",\n{json.dumps(name)}: ["
        for number, row in enumerate(rows):
            yield (",\n" if number else "\n") + _json(row)
        yield "]"
    for name, tell in ELSEWHERE.items():
        yield f",\n{json.dumps(name)}: " + _json(tell(donor.email) if donor.email else None)
    yield "\n}\n"


def _sections(donor: Donor) -> Iterator[tuple[str, Iterator[dict[str, Any]]]]:
    yield "pledges", _whole(Pledge.objects.filter(donor=donor).select_related("campaign"))
    yield "gifts", _whole(Donation.objects.filter(donor=donor).select_related("campaign"))
    for table in personal.OF_DONORS:
        if table.told and table.model not in WHOLE and not any(_hangs_on(table, model) for model in WHOLE):
            rows = table.model._default_manager.filter(**{table.donor: donor})
            yield _name(table), (_of(row, table.told) for some in _in_slices(rows) for row in some)
    forms = WaitingForm.objects.filter(email__iexact=donor.email) if donor.email else WaitingForm.objects.none()
    yield "forms not sent yet", (_of(form, personal.table_of(WaitingForm).told) for form in forms.iterator())


def _whole(rows: QuerySet[Any]) -> Iterator[dict[str, Any]]:
    """Gifts or pledges, each with what hangs on it in other tables, and who looked at it."""
    table = personal.table_of(rows.model)
    for some in _in_slices(rows):
        hanging = [(_name(one), _children(one, some)) for one in personal.OF_DONORS if one.told and _hangs_on(one, rows.model)]
        looks = _looks_at(some)
        events = _events(some) if rows.model is Donation else {}
        for row in some:
            told = _of(row, table.told) | {"campaign": row.campaign.title}
            told |= {name: found[row.pk] for name, found in hanging if row.pk in found}
            told |= {"what its processor told": events[row.pk]} if row.pk in events else {}
            yield told | ({"looked at": looks[row.pk]} if row.pk in looks else {})


def _children(table: personal.Table, parents: list[Any]) -> dict[int, list[dict[str, Any]]]:
    """By the key of the gift or pledge they belong to."""
    way = table.donor.removesuffix("__donor")
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    rows = table.model._default_manager.filter(**{f"{way}__in": [one.pk for one in parents]}).annotate(hangs_on=F(way))
    for row in rows.order_by("pk"):
        found[row.hangs_on].append(_of(row, table.told))
    return found


def _events(gifts: list[Donation]) -> dict[int, list[dict[str, Any]]]:
    """Under the name the processor gave the payment, or under the key that we sent."""
    by_ref = {(one.processor, one.processor_ref): one.pk for one in gifts if one.processor_ref}
    by_key = {one.key: one.pk for one in gifts}
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    about = Q(object_ref__in=[ref for _, ref in by_ref]) | Q(order_key__in=list(by_key))
    for event in ProcessorEvent.objects.filter(about).order_by("pk"):
        pk = by_key.get(event.order_key) or by_ref.get((event.processor, event.object_ref))
        if pk:
            found[pk].append(_of(event, personal.table_of(ProcessorEvent).told))
    return found


def _looks_at(some: list[Any]) -> dict[int, list[dict[str, Any]]]:
    label = some[0]._meta.label_lower
    by_subject = _looks([f"{label} {row.pk}" for row in some])
    return {row.pk: by_subject[f"{label} {row.pk}"] for row in some if f"{label} {row.pk}" in by_subject}


def _looks(subjects: list[str]) -> dict[str, list[dict[str, Any]]]:
    """When the newsroom looked at it and what it did. Not who: that concerns the people who work there too, and is for the
    newsroom to tell where it matters (Court of Justice of the EU, C-579/21, 22 June 2023)."""
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for entry in AuditEntry.objects.filter(subject__in=subjects).order_by("pk").iterator():
        found[entry.subject].append({"at": entry.at, "deed": entry.deed})
    return found


def _in_slices(rows: QuerySet[Any]) -> Iterator[list[Any]]:
    """By their keys: no cursor stays open while somebody downloads."""
    keys = rows.order_by("pk").values_list("pk", flat=True)
    for some in batched(list(keys), AT_ONCE):
        yield list(rows.filter(pk__in=some).order_by("pk"))


def _hangs_on(table: personal.Table, model: type[Model]) -> bool:
    return table.donor.endswith("pledge__donor" if model is Pledge else "donation__donor")


def _name(table: personal.Table) -> str:
    return NAMES.get(table.model) or f"{table.model._meta.verbose_name_plural}".lower()


def _of(row: Any, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def _json(told: Any) -> str:
    return json.dumps(told, cls=DjangoJSONEncoder, ensure_ascii=False)
