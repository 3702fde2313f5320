"""What a receipt and a statement have in common: who issues it, to whom it goes, and how values are written."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from babel.dates import format_date

from articles.models import Masthead
from campaigns.models import Donor, EntityText, LegalEntity
from campaigns.papers.words import say
from newsroom import money

Contents = dict[str, Any]


def issued_by(entity: LegalEntity, *, language: str, country: str) -> Contents:
    """The issuer, and its texts in the donor's language: those for the donor's country before those for all."""
    name = entity.name or Masthead.objects.values_list("name", flat=True).get(pk=1)
    known = {(text.language, text.country): text for text in EntityText.objects.filter(entity=entity)}
    text = known.get((language, country)) or known.get((language, ""))
    return {
        "issuer": {
            "name": name,
            "address": entity.address,
            "registration": entity.registration,
            "signature": entity.signature,
        },
        "texts": {"receipt": text.receipt, "tax": text.tax} if text else {},
    }


def told_of(donor: Donor, *, name: str, language: str) -> Contents:
    """Who they are. The one part of a paper that may be taken out of it again."""
    known = {"name": name, "lines": _address(donor, language), "tax_number": donor.tax_number}
    return {key: value for key, value in known.items() if value}


def head(contents: Mapping[str, Any]) -> Contents:
    """The letter's sender, recipient, day and foot."""
    issuer, donor, language = contents["issuer"], contents["donor"], contents["language"]
    sender = [issuer["name"], *issuer["address"].splitlines()]
    foot = [issuer["name"], issuer["registration"], say("page", language, new=contents["version"])]
    return {
        "sender": [*sender, issuer["registration"]],
        "recipient": [donor.get("name", ""), *donor.get("lines", [])] if donor else [],
        "dated": day(contents["dated"], language),
        "foot": " · ".join(part for part in foot if part),
        "signature": issuer["signature"],
    }


def notices(contents: Mapping[str, Any], *, is_void: bool = False) -> str:
    language, version = contents["language"], contents["version"]
    said = [say("void", language)] if is_void else []
    if version > 1:
        said.append(say("replaces", language, new=version, old=version - 1))
    if not contents["donor"]:
        said.append(say("erased", language))
    return " ".join(said)


def day(iso: str, language: str) -> str:
    return format_date(date.fromisoformat(iso), "long", locale=money.locale_of(language))


def short_day(iso: str, language: str) -> str:
    return format_date(date.fromisoformat(iso), "medium", locale=money.locale_of(language))


def _address(donor: Donor, language: str) -> list[str]:
    country = money.locale_of(language).territories.get(donor.country, donor.country)
    lines = [donor.street, f"{donor.postcode} {donor.city}".strip(), donor.region, country]
    return [line for line in lines if line]
