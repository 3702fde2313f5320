"""Which promised gift a line of the bank is: by the reference that its donor wrote, else a suggestion by sum and name."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Literal

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from campaigns import donors, giving, processors
from campaigns.giving.arriving import allow
from campaigns.giving.intent import LETTERS
from campaigns.models import BankLine, Campaign, Donation
from newsroom import money

REFERENCE = re.compile(rf"(?=([{LETTERS}]{{4}}[\s.\-–/]?[{LETTERS}]{{4}}))", re.IGNORECASE)
SUGGESTED = 5_000  # promises that are looked through for a name
Sort = Literal["sure", "other sum", "recorded", "perhaps", "none"]


@dataclass(frozen=True, slots=True)
class Match:
    line: BankLine
    sort: Sort
    donation: Donation | None = None

    @property
    def words(self) -> str:
        """What an editor reads beside the line."""
        gift = self.donation
        promised = money.display(gift.amount, gift.currency) if gift else ""
        return {
            "sure": "Reference and sum agree.",
            "other sum": f"The reference agrees; {promised} was promised.",
            "recorded": "This gift is recorded already: perhaps somebody sent it twice.",
            "perhaps": "No reference. The sum and the name agree with this promise.",
            "none": "No promise fits.",
        }[self.sort]


def matches(lines: Sequence[BankLine]) -> list[Match]:
    """The best guess for each line. Two queries, however many lines."""
    written = {line.pk: references(f"{line.text} {line.payer}") for line in lines}
    wanted = {reference for found in written.values() for reference in found}
    promised = _promises().filter(reference__in=wanted)
    by_reference = {gift.reference: gift for gift in promised}
    waiting = list(_promises().filter(status=Donation.Status.AWAITED, amount__in={line.amount for line in lines})[:SUGGESTED])
    return [_match(line, [by_reference[one] for one in written[line.pk] if one in by_reference], waiting) for line in lines]


def references(text: str) -> list[str]:
    """Everything in a text that may be a reference of ours, as we write them. Banks break lines and drop hyphens."""
    found = (re.sub(rf"[^{LETTERS}]", "", match[1].upper()) for match in REFERENCE.finditer(text))
    return list(dict.fromkeys(f"{one[:4]}-{one[4:]}" for one in found if len(one) == 8))


def record(
    line: BankLine, donation: Donation | None, *, by: User | None, at: datetime, campaign: Campaign | None = None
) -> Donation:
    """Confirm a line: the promised gift has arrived with it, or, for a `campaign`, it is a gift without a promise. Once.

    ValidationError when the gift was recorded already otherwise, when neither is said, or the money is another one.
    """
    allow(by)
    with transaction.atomic():
        line = BankLine.objects.select_for_update(no_key=True, of=("self",)).select_related("donation").get(pk=line.pk)
        if line.donation:
            return line.donation
        if line.status == BankLine.Status.IGNORED:
            raise ValidationError("This line was set aside as not a gift. Take it back first.")
        if line.day > timezone.localdate(at):
            raise ValidationError("The day of this line is still to come: perhaps days and months are mixed up.")
        came = timezone.make_aware(datetime.combine(line.day, time(12)))
        moment = min(came, at)
        gift = _arrived(line, donation, by=by, at=moment) if donation else _made(line, campaign, by=by, at=moment)
        line.status, line.donation = BankLine.Status.RECORDED, gift
        if not donors.is_known(gift.donor_id):
            line.payer = line.text = ""
        line.save(update_fields=["status", "donation", "payer", "text"])
    return gift


def set_aside(line: BankLine, *, by: User | None, back: bool = False) -> None:
    """Not a gift (a fee that came back, a transfer of our own); `back` takes that back."""
    allow(by)
    before, after = (BankLine.Status.IGNORED, BankLine.Status.OPEN) if back else (BankLine.Status.OPEN, BankLine.Status.IGNORED)
    BankLine.objects.filter(pk=line.pk, status=before).update(status=after)


def _arrived(line: BankLine, donation: Donation, *, by: User | None, at: datetime) -> Donation:
    if line.currency != donation.currency:
        raise ValidationError(f"The gift was promised in {donation.currency}, and {line.currency} came.")
    if Donation.objects.get(pk=donation.pk).is_received:
        raise ValidationError("This gift is recorded already. If it was sent twice, record this line as a gift of its own.")
    return giving.record_arrival(donation, amount=line.amount, by=by, at=max(at, donation.created_at), note=_note(line))


def _made(line: BankLine, campaign: Campaign | None, *, by: User | None, at: datetime) -> Donation:
    if campaign is None:
        raise ValidationError("Choose the gift that this is, or a campaign that it is for.")
    if line.currency != campaign.currency:
        raise ValidationError(f"“{campaign}” takes {campaign.currency}, and {line.currency} came.")
    key = f"bank:{line.key}"
    return giving.record_cheque(campaign, amount=line.amount, key=key, by=by, at=at, name=line.payer[:160], note=_note(line))


def _note(line: BankLine) -> str:
    return f"Bank statement {line.statement_id}, line {line.pk}."  # names nobody: notes of the ledger stay for ever


def _promises() -> QuerySet[Donation]:
    by_hand = [name for name in processors.names() if processors.is_by_hand(name)]
    return Donation.objects.filter(processor__in=by_hand).select_related("donor", "campaign").order_by("-pk")


def _match(line: BankLine, named: Sequence[Donation], waiting: Iterable[Donation]) -> Match:
    open_ones = [gift for gift in named if not gift.is_received and gift.currency == line.currency]
    for gift in open_ones:
        if gift.amount == line.amount:
            return Match(line, "sure", gift)
    if open_ones:
        return Match(line, "other sum", open_ones[0])
    if named:
        return Match(line, "recorded", named[0])
    alike = [gift for gift in waiting if (gift.amount, gift.currency) == (line.amount, line.currency) and _is_name(gift, line)]
    return Match(line, "perhaps", alike[0]) if len(alike) == 1 else Match(line, "none")


def _is_name(gift: Donation, line: BankLine) -> bool:
    """Every word of the donor's name stands in what the bank calls the payer."""
    words = _words(gift.name or gift.donor.name)
    return len(words) > 1 and words <= _words(line.payer)


def _words(name: str) -> set[str]:
    return set(re.findall(r"\w{2,}", name.casefold()))
