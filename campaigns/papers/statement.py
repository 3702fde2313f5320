"""A donor's year with one entity: the gifts that came in it, and what went back of them, whenever that was."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from campaigns.models import CampaignTranslation, Donor, LedgerEntry, YearStatement
from campaigns.papers.common import Contents, head, issued_by, notices, short_day, told_of
from campaigns.papers.words import say
from newsroom import money


def contents_of(statement: YearStatement, *, version: int, at: datetime) -> Contents:
    """Everything that is printed, from the rows as they stand. Anonymous gifts too: it goes to their donor alone."""
    donor, language = statement.donor, statement.donor.language
    return {
        "paper": "statement",
        "language": language,
        "year": statement.year,
        "version": version,
        "dated": f"{timezone.localdate(at)}",
        **issued_by(statement.entity, language=language, country=donor.country),
        "donor": told_of(donor, name=donor.name, language=language) if donor.erased_at is None else {},
        "gifts": gifts_of(donor, entity=statement.entity_id, year=statement.year),
    }


def gifts_of(donor: Donor, *, entity: int, year: int) -> list[list[Any]]:
    """Of each gift: day, campaign, receipt number, currency, what came, what went back (in minor units). One query."""
    known = CampaignTranslation.objects.filter(campaign=OuterRef("donation__campaign"), language=donor.language)
    is_gift = Q(kind=LedgerEntry.Kind.GIFT)
    of_the_year = {"donation__receipt__entity": entity, "donation__receipt__year": year}
    sums = (
        LedgerEntry.objects.filter(donation__donor=donor, **of_the_year)
        .on_paper()
        .order_by()
        .values("donation", "currency")
        .annotate(
            came=Sum("amount", filter=is_gift, default=0),
            back=-Sum("amount", filter=~is_gift, default=0),
            title=Coalesce(Subquery(known.values("title")[:1]), F("donation__campaign__title")),
            day=F("donation__received_at"),
            prefix=F("donation__receipt__prefix"),
            number=F("donation__receipt__number"),
        )
        .order_by("day", "donation")
    )
    return [
        [
            f"{timezone.localdate(one['day'])}",
            one["title"],
            f"{one['prefix']}{year}-{one['number']:06d}",
            one["currency"],
            one["came"],
            one["back"],
        ]
        for one in sums
    ]


def letter(contents: Mapping[str, Any]) -> Contents:
    """Its values as `templates/campaigns/papers/letter.typ` sets them."""
    language = contents["language"]
    tax_number = contents["donor"].get("tax_number", "")
    return {
        **head(contents),
        "title": say("statement", language, year=contents["year"]),
        "notice": notices(contents),
        "intro": contents["texts"].get("receipt", ""),
        "facts": [*_sums(contents), *([[say("tax_number", language), tax_number]] if tax_number else [])],
        "sections": [{"table": _table(contents)}, {"text": contents["texts"].get("tax", "")}],
    }


def _sums(contents: Mapping[str, Any]) -> list[list[str]]:
    language = contents["language"]
    sums: dict[str, int] = defaultdict(int)
    for *_, currency, came, back in contents["gifts"]:
        sums[currency] += came - back
    return [
        [say("total", language, currency=currency), money.display(total, currency, language)]
        for currency, total in sorted(sums.items())
    ]


def _table(contents: Mapping[str, Any]) -> Contents:
    language = contents["language"]
    rows = [
        [
            short_day(day, language),
            title,
            number,
            money.display(came, currency, language),
            money.display(back, currency, language) if back else "",
        ]
        for day, title, number, currency, came, back in contents["gifts"]
    ]
    named = [say(key, language) for key in ("day", "for", "receipt", "amount", "back")]
    return {"head": named, "rows": rows, "right": [3, 4], "widths": ["auto", "1fr", "auto", "auto", "auto"]}
