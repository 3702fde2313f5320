"""What our tables know of a donor, column by column: what goes with an erasure, what stays and why, what a donor is told.

`forgetting` erases by this list and `portrait` tells by it. `tests/campaigns/test_personal.py` holds it against the models: a
new column of text fails it until somebody has decided.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from campaigns import models as rows

BOOKS = "the books: what moved, and under which name; it names nobody by itself"
PAPER = "a paper that was issued: the law wants it as it was, for the entity's years"
AGREED = "proof of what was agreed to"
ONCE = "tells a line that comes again from a new one; else it would be counted, or charged, twice"
NOTE = "a note of the newsroom's own in its books, which names nobody"


@dataclass(frozen=True, slots=True)
class Table:
    """`donor` leads from a row to its donor; "" where none belongs to one, or where `beyond` says how it is found. `only`
    narrows what is erased; `goes`: the whole row does. Columns that stand in none of `erased`, `kept` and `nobody` are
    numbers, moments, keys, or one of a few words that the newsroom made up."""

    model: type[models.Model]
    donor: str = ""
    erased: Mapping[str, Any] = field(default_factory=dict)
    only: Q = field(default_factory=Q)
    goes: bool = False
    kept: Mapping[str, str] = field(default_factory=dict)
    nobody: tuple[str, ...] = ()
    beyond: str = ""
    told: tuple[str, ...] = ()
    untold: str = ""


def empty(*names: str) -> dict[str, Any]:
    return dict.fromkeys(names, "")


def named(why: str, *names: str) -> dict[str, str]:
    return dict.fromkeys(names, why)


ADDRESS = ("name", "email", "street", "postcode", "city", "region", "country", "tax_number")
OF_A_VERSION = ("version", "made_at", "reason", "contents")
OF_A_REFUND = ("amount", "currency", "status", "asked_at", "settled_at", "problem")

OF_DONORS = [
    Table(
        rows.Donor,
        "pk",
        erased=empty(*ADDRESS) | {"wants_news": False, "link_mailed_at": None},
        told=(*ADDRESS, "language", "wants_news", "created_at", "link_mailed_at"),
    ),
    Table(
        rows.Pledge,
        "donor",
        erased=empty("mandate", "method") | {"anonymous": True},
        kept=named(AGREED, "consent") | named(ONCE, "import_key"),
        nobody=("currency", "processor", "problem"),
        told=(
            *("amount", "covered", "currency", "rhythm", "day", "status", "processor", "method", "mandate", "anonymous"),
            *("consent", "consented_at", "started_at", "next_due", "paused_until", "ended_at", "import_key"),
        ),
    ),
    Table(
        rows.Donation,
        "donor",
        erased=empty("name", "message", "tribute", "tribute_name", "method", "checkout_url", "fingerprint")
        | {"anonymous": True, "on_wall": False, "particulars": {}},
        kept=named(BOOKS, "processor_ref", "reference") | named(ONCE, "submit_key"),
        nobody=("currency", "processor", "source", "hold_reason", "problem", "look_problem"),
        told=(
            *("reference", "amount", "covered", "fee", "currency", "status", "name", "anonymous", "message", "on_wall"),
            *("tribute", "tribute_name", "gift_aid", "particulars", "language", "processor", "processor_ref", "method"),
            *("source", "hold_reason", "problem", "created_at", "received_at"),
        ),
    ),
    Table(
        rows.PledgeChange,
        "pledge__donor",
        erased=empty("was", "becomes"),
        only=Q(kind=rows.PledgeChange.Kind.METHOD),
        kept=named(AGREED, "consent"),
        told=("kind", "was", "becomes", "consent", "at"),
    ),
    Table(rows.PledgeMail, "pledge__donor", nobody=("about",), told=("kind", "about", "created_at", "mailed_at")),
    Table(
        rows.Renewal,
        "pledge__donor",
        kept=named(AGREED, "consent"),
        told=("period", "consent", "consented_at", "paid_at", "attached_at"),
    ),
    Table(rows.Instalment, "pledge__donor", nobody=("problem",), told=("period", "status", "attempt", "retry_on", "problem")),
    Table(
        rows.Stranding,
        "pledge__donor",
        nobody=("currency", "recovered_to"),
        told=("at", "opened_at", "recovered_at", "recovered_to", "restored_at"),
    ),
    Table(
        rows.LedgerEntry,
        "donation__donor",
        kept=named(BOOKS, "processor_ref") | named(NOTE, "note"),
        nobody=("currency", "processor"),
        told=("kind", "amount", "currency", "at", "processor_ref", "note"),
    ),
    Table(
        rows.Refund,
        "donation__donor",
        kept=named(NOTE, "note"),
        nobody=("currency", "problem"),
        told=(*OF_A_REFUND, "note"),
    ),
    Table(
        rows.Dispute,
        "donation__donor",
        kept=named(BOOKS, "processor_ref"),
        nobody=("processor", "currency", "reason"),
        told=(
            "is_inquiry",
            "amount",
            "currency",
            "reason",
            "status",
            "processor_ref",
            "opened_at",
            "answer_by",
            "settled_at",
            "told_at",
        ),
    ),
    Table(rows.SentMail, "donation__donor", goes=True, told=("kind", "at", "subject", "text")),
    Table(
        rows.BankLine,
        "donation__donor",
        erased=empty("payer", "text"),
        beyond="lines that nobody recorded yet, by the reference of a gift in their text; others that are no gifts after DAYS",
        kept=named(ONCE, "key"),
        nobody=("currency",),
        told=("day", "amount", "currency", "payer", "text"),
    ),
    Table(
        rows.ImportedGift,
        "donation__donor",
        erased=empty("customer", "mandate", "subscription"),
        kept=named("the number of a paper that was issued there", "receipt"),
        nobody=("system",),
        told=("system", "receipt", "customer", "mandate", "subscription", "imported_at"),
    ),
    Table(rows.GiftName, "donation__donor", kept=named(ONCE, "name"), nobody=("source",), told=("source", "name")),
    Table(rows.WallName, "donation__donor", beyond="campaigns/wall.py, when the gift is anonymous", told=("number",)),
    Table(rows.Hold, "donation__donor", nobody=("problem",), told=("held_at", "wish", "asked_at", "problem")),
    Table(rows.Receipt, "donation__donor", nobody=("prefix",), told=("year", "number", "issued_at", "mailed_at")),
    Table(
        rows.ReceiptVersion,
        "receipt__donation__donor",
        kept=named(PAPER, "contents", "reason"),
        told=OF_A_VERSION,
    ),
    Table(rows.YearStatement, "donor", told=("year", "mailed_at")),
    Table(rows.StatementVersion, "statement__donor", kept=named(PAPER, "contents", "reason"), told=OF_A_VERSION),
    Table(
        rows.UpdateMail,
        "donor",
        erased=empty("problem"),
        beyond="those that are still due are dropped",
        told=("status", "due_at", "settled_at", "problem"),
    ),
    Table(
        rows.MatchingPool,
        "donor",
        erased={"sponsor": "A sponsor", "note": ""},
        beyond="before the pages that show it are told",
        told=("sponsor", "note", "cap", "starts_at", "ends_at"),
    ),
    Table(
        rows.GuardTrace,
        "donation__donor",
        nobody=("keys",),
        untold="keyed hashes that fade within days: they say nothing that the donor does not know",
    ),
    Table(rows.GuardTicket, "donation__donor", nobody=("name",), untold="the number of a piece of work that a browser did"),
]
BEYOND = [
    Table(
        rows.Farewell,
        goes=True,
        beyond="written with the erasure, gone when the last mail has left, or after three days",
        untold="there is none of a donor who can still ask",
    ),
    Table(
        rows.WaitingForm,
        goes=True,
        beyond="by its address; after two days whoever it is of",
        told=("path", "email", "fields", "at"),
    ),
    Table(
        rows.ProcessorEvent,
        erased={"body": b"", "headers": {}},
        beyond="by the names of the donor's payments; what comes later when it is processed; what is of no gift of ours at once",
        kept=named(BOOKS, "event_id", "object_ref", "order_key"),
        nobody=("processor", "kind", "problem"),
        told=("event_id", "kind", "received_at", "text"),
    ),
    Table(
        rows.MoveIn,
        erased={"tried": {}, "told": {}},
        beyond="sentences about lines that could not be read quote cells: DAYS after the upload",
        nobody=("name", "system", "columns", "days", "currency", "problem"),
        untold="kept for DAYS, and whose line it is cannot be told",
    ),
    Table(
        rows.MoveInPart,
        goes=True,
        beyond="with the end of the import; a file that was tried and left, DAYS after the upload",
        untold="kept for DAYS: a file cannot be searched for everybody's lines before its columns are known",
    ),
    Table(
        rows.ProcessorTransaction,
        kept=named(BOOKS, "ref", "also", "payment", "key", "payout"),
        nobody=("processor", "currency"),
        untold="the lines of a processor's own books: what is of a gift stands in its ledger",
    ),
    Table(rows.Difference, kept=named(NOTE, "note"), nobody=("processor", "problem"), untold="about books, not about people"),
    Table(
        rows.SandboxPayment,
        erased=empty("mandate"),
        beyond="the pretended bank forgets it when it is told to, as a real one does",
        nobody=("ref", "key", "currency", "description", "return_url"),
        untold="the pretended bank's own books; there is none but on trial",
    ),
    Table(rows.SandboxMovement, nobody=("ref", "key", "kind"), untold="the pretended bank's own books"),
]
# Written by the newsroom about itself and its campaigns, or counted: no row of these is about somebody who gives.
OF_NOBODY: dict[type[models.Model], tuple[str, ...]] = {
    rows.LegalEntity: ("name", "address", "registration", "country", "prefix", "signature"),
    rows.EntityText: ("country", "receipt", "tax"),
    rows.StatementRun: ("problem",),
    rows.ReceiptSeries: (),
    rows.LedgerTally: ("currency", "kind", "processor", "rhythm"),
    rows.ArticleTally: ("currency",),
    rows.Campaign: (
        *("title", "slug", "call", "appeal", "story", "thanks", "currency", "rhythms", "tax_country", "schedule_error"),
        *("suggested_amounts", "suggested_monthly", "suggested_yearly"),
    ),
    rows.CampaignTranslation: ("title", "call", "appeal", "story", "thanks"),
    rows.CampaignUpdate: ("headline", "text"),
    rows.BankStatement: ("name",),
    rows.BooksDay: ("processor",),
    rows.GuardCount: ("key",),
    rows.GuardHour: (),
    rows.GuardState: ("reason", "normal_hours"),
    rows.OfflineInstructions: ("text", "account_holder", "iban", "bic"),
    rows.Outage: ("processor",),
    rows.PartnerHost: ("host", "name"),
    rows.Way: ("processor", "label", "hint", "least", "most", "fee_fixed", "problem"),
}
TEXTS = (models.CharField, models.TextField, models.JSONField, models.BinaryField, ArrayField)


def holds_text(column: Any) -> bool:
    """Whether anything could stand in it: not where it is one of a few words that are laid down."""
    return isinstance(column, TEXTS) and not column.choices


def table_of(model: type[models.Model]) -> Table:
    return next(table for table in [*OF_DONORS, *BEYOND] if table.model is model)
