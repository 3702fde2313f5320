"""Whoever sees a donor's name, address or e-mail at the desk stands in the audit log: every page, list, search and download."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, reverse

from campaigns.models import (
    BankStatement,
    Donation,
    Donor,
    LegalEntity,
    MatchingPool,
    MoveIn,
    ProcessorEvent,
    Receipt,
    StatementRun,
)
from newsroom.models import AuditEntry
from tests.campaigns import quist
from tests.campaigns.gifts import received
from tests.factories import NOON, make_campaign, make_user

pytestmark = pytest.mark.django_db
MARKS = [mark.encode() for mark in (quist.NAME, "Quist", quist.EMAIL, quist.STREET, quist.CITY, quist.TAX)]
MOST_ROWS = 3  # of each table: whatever a page of it shows, it shows for these


NO_LINES = {f"{lines}-{part}_FORMS": "0" for lines in ("pledges", "donations") for part in ("TOTAL", "INITIAL")}


def fundraiser() -> Client:
    client = Client()
    client.force_login(make_user("Fundraiser"))
    return client


def content_of(answer: Any) -> bytes:
    return answer.getvalue() if answer.streaming else answer.content


def names_her(answer: Any, *, typed: str = "") -> bool:
    """But for the words of a search, which stand in its box again."""
    return any(mark in content_of(answer) for mark in MARKS if mark.decode() not in unquote(typed))


def addresses_of(desk: Any, pk: int) -> Iterator[str]:
    """Every page that a desk has of one of its rows, and its own."""
    for pattern in desk.get_urls():
        if isinstance(pattern, URLPattern) and pattern.name:
            parts = pattern.pattern.converters
            for values in (dict.fromkeys(parts, pk), {name: pk if name in {"pk", "object_id"} else 1 for name in parts}):
                try:
                    yield reverse(f"admin:{pattern.name}", kwargs=values)
                    break
                except NoReverseMatch:
                    continue


def every_address() -> Iterator[str]:
    yield from ("/admin/", reverse("giving_desk:overview"), "/admin/campaigns/")
    for model, desk in admin.site._registry.items():
        if model._meta.app_label in {"campaigns", "admin", "newsroom", "auth"}:
            listed = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
            yield from (f"{listed}?q=quist", f"{listed}?q=wilhelmina.quist%40example.org", f"{listed}?_popup=1", f"{listed}?all=")
            for row in model._default_manager.order_by("-pk")[:MOST_ROWS]:
                yield from addresses_of(desk, row.pk)
    about = {"app_label": "campaigns", "model_name": "matchingpool", "field_name": "donor"}
    typed = "&".join(f"{name}={value}" for name, value in about.items())
    yield f"/admin/autocomplete/?{typed}&term=quist"
    yield f"/admin/autocomplete/?{typed}&term="


def test_no_page_of_the_desk_names_a_donor_without_an_entry_in_the_audit_log(run_jobs):
    quist.make()
    run_jobs()
    MatchingPool.objects.update(sponsor="The Quay", note="")  # what stands there is for everybody to read
    LogEntry.objects.filter(change_message__contains="matching pool").delete()
    desk = fundraiser()
    told: list[str] = []
    silent: list[str] = []
    desk.post(
        f"/admin/campaigns/donor/{Donor.objects.get().pk}/change/",
        {"name": quist.NAME, "email": quist.EMAIL} | NO_LINES,
        follow=True,
    )
    for address in dict.fromkeys(every_address()):
        before = AuditEntry.objects.count()
        answer = desk.get(address)
        assert answer.status_code < 500, address
        if answer.status_code < 300 and names_her(answer, typed=address):
            (told if AuditEntry.objects.count() > before else silent).append(address)
    assert sorted(silent) == [], silent
    assert not [entry for entry in AuditEntry.objects.all() if "uist" in f"{entry.subject} {entry.detail}"]  # the log is for ever
    kinds = {address.split("/")[3] for address in told if address.startswith("/admin/campaigns/")}
    assert kinds >= {
        "donor",
        "donation",
        "pledge",
        "receipt",
        "yearstatement",
        "bankstatement",
        "processorevent",
        "movein",
        "campaign",
    }
    assert len(told) > 30


# One by one


def looks() -> list[tuple[str, str, str]]:
    return list(AuditEntry.objects.order_by("pk").values_list("deed", "subject", "detail"))


def test_a_list_that_names_people_is_one_look_with_the_keys_that_it_showed():
    campaign = make_campaign()
    hers = received(campaign, **quist.told())
    his = received(campaign, email="ben@example.org", name="Ben")
    desk = fundraiser()
    desk.get("/admin/campaigns/donor/")
    desk.get("/admin/campaigns/donor/?q=quist")
    desk.get("/admin/campaigns/donor/?q=nobody")
    desk.get("/admin/campaigns/donation/?q=quist")
    assert looks() == [
        ("looked at", "campaigns.donor", f"list: {his.donor_id}, {hers.donor_id}"),
        ("looked at", "campaigns.donor", f"list, searched: {hers.donor_id}"),
        ("looked at", "campaigns.donor", "list, searched: nothing"),
        ("looked at", "campaigns.donation", f"list, searched: {hers.pk}"),
    ]


def test_a_list_with_many_rows_is_an_entry_that_ends():
    Donor.objects.bulk_create(Donor(pk=10**6 + number, email=f"d{number}@example.org") for number in range(60))
    fundraiser().get("/admin/campaigns/donor/")
    ((_, _, detail),) = looks()
    assert detail.startswith("list: ")
    assert detail.endswith(" …")
    assert len(detail) < 300


def test_a_search_for_a_receipt_is_a_look_and_its_list_alone_is_none():
    receipt = Receipt.objects.get(donation=received(make_campaign(), **quist.told()))
    desk = fundraiser()
    desk.get("/admin/campaigns/receipt/")
    assert looks() == []
    desk.get("/admin/campaigns/receipt/", {"q": quist.EMAIL})
    assert looks() == [("looked at", "campaigns.receipt", f"list, searched: {receipt.pk}")]


def test_a_form_that_comes_back_with_something_wrong_is_a_look_too():
    donor = received(make_campaign(), **quist.told()).donor
    page = f"/admin/campaigns/donor/{donor.pk}/change/"
    desk = fundraiser()
    assert desk.post(page, {"name": "x" * 200, "email": quist.EMAIL}).status_code == 200
    assert looks() == [("looked at", f"campaigns.donor {donor.pk}", "")]


def test_the_history_of_a_donor_names_nobody_in_its_lines_and_is_a_look():
    donor = received(make_campaign(), **quist.told()).donor
    desk = fundraiser()
    assert (
        desk.post(f"/admin/campaigns/donor/{donor.pk}/change/", {"name": "W. Quist", "email": quist.EMAIL} | NO_LINES).status_code
        == 302
    )
    desk.get(f"/admin/campaigns/donor/{donor.pk}/history/")
    assert looks()[-1] == ("looked at", f"campaigns.donor {donor.pk}", "history")
    desk.get("/admin/campaigns/donor/")  # there it says that it was done
    first = desk.get("/admin/").content.decode()
    assert "Quist" not in first
    assert LogEntry.objects.get().object_repr == f"Donor {donor.pk}"


def test_correcting_a_receipt_an_event_and_a_bank_statement_are_looks():
    gift = received(make_campaign(), **quist.told())
    receipt, event = Receipt.objects.get(), quist.event(gift, "one")
    quist.statement(f"23.11.2026;{quist.NAME};thanks;9,00;EUR")
    kept = BankStatement.objects.get()
    desk = fundraiser()
    desk.get(reverse("admin:campaigns_receipt_correct", args=[receipt.pk]))
    desk.post(reverse("admin:campaigns_receipt_correct", args=[receipt.pk]), {"name": "x"})
    desk.get(reverse("admin:campaigns_processorevent_change", args=[event.pk]))
    desk.get(reverse("admin:campaigns_bankstatement_change", args=[kept.pk]))
    desk.get(reverse("admin:campaigns_processorevent_changelist"), {"q": "one"})
    assert looks() == [
        *[("looked at", f"campaigns.receipt {receipt.pk}", "to correct it")] * 2,
        ("looked at", f"campaigns.processorevent {event.pk}", ""),
        ("looked at", f"campaigns.bankstatement {kept.pk}", "open lines, page 1"),
    ]
    assert ProcessorEvent.objects.count() == 1


def test_a_files_columns_are_a_look_before_it_is_kept():
    file = SimpleUploadedFile("bank.csv", f"a;b;c\n23.11.2026;{quist.NAME};9,00\n".encode())
    answer = fundraiser().post(reverse("admin:campaigns_bankstatement_upload"), {"file": file, "currency": "EUR"})
    assert answer.status_code == 422
    assert names_her(answer)
    assert looks() == [("looked at", "campaigns.bankstatement", "columns of a file that is not kept yet")]


def test_an_imports_page_that_comes_again_by_itself_is_no_look():
    figures = {"rows": 5, "problems": 1, "lines": [[2, f"“{quist.CITY}” is no sum."]]}
    about = {"name": "x", "kind": "gifts", "system": "givewp", "made_at": NOON, "rows_done": 5, "told": figures}
    move_in = MoveIn.objects.create(status="running", **about)
    page, desk = reverse("admin:campaigns_movein_change", args=[move_in.pk]), fundraiser()
    assert not names_her(desk.get(page))
    assert looks() == []
    MoveIn.objects.filter(pk=move_in.pk).update(status="done")
    assert names_her(desk.get(page))
    assert looks() == [("looked at", f"campaigns.movein {move_in.pk}", "lines that could not be read")]


def test_statements_in_bulk_are_taken_down_when_somebody_starts_them():
    received(make_campaign(starts_at=quist.IN_2025, ends_at=None), **quist.told(), at=quist.IN_2025)
    told = {"year": "2025", "entity": LegalEntity.objects.get().pk}
    desk = fundraiser()
    for _ in range(2):
        desk.post(reverse("admin:campaigns_yearstatement_make"), told)
    run = StatementRun.objects.get()
    assert looks() == [("started", f"campaigns.statementrun {run.pk}", "statements of 2025, 1 donors")]


def test_nobody_writes_a_name_back_after_an_erasure():
    donor = received(make_campaign(), **quist.told()).donor
    Donor.objects.filter(pk=donor.pk).update(erased_at=NOON, name="", email="")
    page = f"/admin/campaigns/donor/{donor.pk}/change/"
    desk = fundraiser()
    assert desk.post(page, {"name": quist.NAME}).status_code == 403
    assert desk.get(page).status_code == 200
    assert Donor.objects.get().name == ""
    assert Donation.objects.count() == 1


def test_who_may_not_look_leaves_no_look():
    donor = received(make_campaign(), **quist.told()).donor
    editor = Client()
    editor.force_login(make_user("Editor"))
    for page in (f"donor/{donor.pk}/change/", f"donor/{donor.pk}/history/", "donor/?q=quist", "donation/"):
        assert editor.get(f"/admin/campaigns/{page}").status_code == 403
    assert looks() == []
    assert apps.is_installed("campaigns")
