"""A gift's receipt: what stands on it as values, and those values as a letter."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone

from campaigns import tax
from campaigns.models import Donation, LedgerEntry, Receipt
from campaigns.papers.common import Contents, day, head, issued_by, notices, short_day, told_of
from campaigns.papers.words import say
from campaigns.wording import words_of
from newsroom import money

Kind = LedgerEntry.Kind


def contents_of(receipt: Receipt, donation: Donation, *, version: int, at: datetime) -> Contents:
    """Everything that is printed, from the rows as they stand. `donation` comes with donor and campaign."""
    language, donor = donation.language, donation.donor
    return {
        "paper": "receipt",
        "language": language,
        "number": receipt.full_number,
        "version": version,
        "dated": f"{timezone.localdate(at)}",
        **issued_by(receipt.entity, language=language, country=donor.country),
        "donor": _donor(donation),
        **money_of(donation),
    }


def money_of(donation: Donation) -> Contents:
    """What came of the gift and what went back: its lines in the ledger, of disputes those that are decided against us."""
    entries = _without_won(list(LedgerEntry.objects.filter(donation=donation).on_paper().order_by("at", "pk")))
    gift = next(entry for entry in entries if entry.kind == Kind.GIFT)
    as_promised = (gift.amount, gift.currency) == (donation.amount, donation.currency)
    return {
        "gift": {
            "amount": gift.amount,
            "currency": gift.currency,
            "covered": donation.covered if as_promised else 0,
            "promised": None if as_promised else [donation.amount, donation.currency],
            "day": f"{timezone.localdate(gift.at)}",
            "campaign": words_of(donation.campaign, donation.language).title,
            "reference": donation.reference,
            "gift_aid": donation.gift_aid,
        },
        "moved": [[f"{timezone.localdate(one.at)}", one.kind, one.amount] for one in entries if one.kind != Kind.GIFT],
        "left": sum(entry.amount for entry in entries),
    }


def _without_won(entries: list[LedgerEntry]) -> list[LedgerEntry]:
    """A bank that took the money and gave all of it back changed nothing."""
    disputed = [entry for entry in entries if entry.kind in {Kind.DISPUTE, Kind.DISPUTE_WON}]
    return entries if sum(entry.amount for entry in disputed) else [entry for entry in entries if entry not in disputed]


def letter(contents: Mapping[str, Any]) -> Contents:
    """Its values as `templates/campaigns/papers/letter.typ` sets them."""
    language = contents["language"]
    is_void = contents["left"] <= 0
    title = f"{say('receipt', language)} {contents['number']}"
    return {
        **head(contents),
        "title": f"{title} ({say('cancelled', language)})" if is_void else title,
        "notice": notices(contents, is_void=is_void),
        "intro": contents["texts"].get("receipt", ""),
        "facts": _facts(contents),
        "sections": [*_moved(contents), *({"text": sentence} for sentence in _for_the_tax_office(contents))],
    }


def _donor(donation: Donation) -> Contents:
    donor = donation.donor
    known = told_of(donor, name=donation.name or donor.name, language=donation.language)
    extra: Contents = {"method": donation.method, "tax": tax.on_receipt(donation.particulars.get("tax", {}))}
    if donation.tribute and donation.tribute_name:
        extra["tribute"] = [donation.tribute, donation.tribute_name]
    return known | {key: value for key, value in extra.items() if value}


def _for_the_tax_office(contents: Mapping[str, Any]) -> list[str]:
    """What the donor declared and their country wants to read; then what the newsroom wrote for it."""
    return [*contents["donor"].get("tax", []), contents["texts"].get("tax", "")]


def _facts(contents: Mapping[str, Any]) -> list[list[str]]:
    gift, donor, language = contents["gift"], contents["donor"], contents["language"]

    def sum_(amount: int, currency: str = gift["currency"]) -> str:
        return money.display(amount, currency, language)

    facts = [["amount", sum_(gift["amount"])]]
    if gift["promised"]:
        facts.append(["promised", sum_(*gift["promised"])])
    if gift["covered"]:
        facts.append(["covered", sum_(gift["covered"])])
    facts += [["received", day(gift["day"], language)], ["for", gift["campaign"]], ["method", donor.get("method", "")]]
    facts += [["reference", gift["reference"]], donor.get("tribute", ["", ""]), ["tax_number", donor.get("tax_number", "")]]
    facts.append(["gift_aid", say("given", language) if gift["gift_aid"] else ""])
    return [[say(key, language), f"{value}"] for key, value in facts if value]


def _moved(contents: Mapping[str, Any]) -> list[Contents]:
    if not contents["moved"]:
        return []
    language, currency = contents["language"], contents["gift"]["currency"]
    rows = [
        [short_day(when, language), say(kind, language), money.display(amount, currency, language)]
        for when, kind, amount in contents["moved"]
    ]
    rows.append(["", say("left", language), money.display(contents["left"], currency, language)])
    named = [say(key, language) for key in ("day", "what", "amount")]
    return [
        {
            "heading": say("movements", language),
            "table": {"head": named, "rows": rows, "right": [2], "widths": ["auto", "1fr", "auto"]},
        }
    ]
