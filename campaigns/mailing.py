"""Mails to donors. Written from rows at the moment of sending; queued in the transaction of the verb that means them.

A mail that was handed over while the worker died may leave twice: better than a receipt that never came.
"""

from datetime import datetime
from email.headerregistry import Address
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.core import signing
from django.db.models import Max
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from articles import frame
from articles.models import Masthead
from campaigns import links, sent
from campaigns.models import (
    CampaignUpdate,
    Dispute,
    Donation,
    Donor,
    Farewell,
    LedgerEntry,
    OfflineInstructions,
    Pledge,
    Receipt,
    WaitingForm,
    YearStatement,
)
from campaigns.wording import words_of
from newsroom import mail, tongues
from newsroom.letter import Letter, unsubscribe_headers


def later(name: str, donation: Donation) -> None:
    """Queue “receipt”, “dispute” or “instructions”: it leaves if this transaction is kept."""
    from campaigns import tasks  # tasks imports this module

    tasks.mail.configure(lock=f"mail:{name}:{donation.pk}").defer(name=name, donation_pk=donation.pk)


def later_to(name: str, donor: Donor, *, to: str) -> None:
    """Queue “new_address” or “address_changed”, which go to an address that is not the donor's (yet, or any more)."""
    from campaigns import tasks  # tasks imports this module

    tasks.mail_to.defer(name=name, donor_pk=donor.pk, to=signing.dumps(to, salt="campaigns.mail"))


def send_to(name: str, donor: Donor, *, to: str) -> None:
    link = links.to_new_address(donor, to) if name == "new_address" else ""
    _send(name, donor, {"link": link, "donor": donor}, to=to)


def send(name: str, donation: Donation, *, at: datetime) -> None:
    """`name` is “receipt” or “dispute” (once each) or “instructions”. Nobody without an address is written to."""
    donation = Donation.objects.select_related("campaign", "donor", "pledge").get(pk=donation.pk)
    if not donation.donor.email:
        return
    if name == "receipt":
        _send_receipt(donation, at=at)
    elif name == "dispute":
        _send_disputes(donation, at=at)
    else:
        by_hand = OfflineInstructions.objects.get(pk=1)
        more = {"instructions": by_hand.text, "account": by_hand, "gift_url": frame.absolute(donation.get_absolute_url())}
        _send(name, donation.donor, _about(donation, donation.language) | more, language=donation.language)


def send_statement(statement: YearStatement, *, at: datetime) -> None:
    """Once: what was mailed stays so until a correction asks for another mail."""
    from campaigns import statements  # the verbs queue mails

    if statement.mailed_at or not statement.donor.email:
        return
    version = statements.latest(statement)
    about = {"statement": statement, "version": version, "link": links.to_donor(statement.donor)}
    _send("statement", statement.donor, about, (f"{statement.year}.pdf", statements.paper(version)))
    YearStatement.objects.filter(pk=statement.pk).update(mailed_at=at)


def send_link(donor: Donor) -> None:
    """Not to somebody who was erased while it waited."""
    if donor.email:
        _send("link", donor, {"link": links.to_donor(donor)})


def about_pledge(name: str, donor: Donor, context: dict[str, Any]) -> None:
    """A mail of campaigns/telling.py: “stranded” is written in mail/pledge_stranded/."""
    _send(f"pledge_{name}", donor, context)


def drawn(name: str, context: dict[str, Any], *, language: str) -> tuple[str, str]:
    """Subject and plain text of a mail that is only looked at."""
    with tongues.speaking(language):
        return _words(name, context | _around(Masthead.objects.get(pk=1)))


def send_waiting_form(form: WaitingForm | None) -> None:
    """The way on for somebody whose browser cannot do the work. None: it was forgotten meanwhile."""
    if form is not None:
        link = settings.SITE_URL + reverse("campaigns:waiting_form", args=[form.pk])
        language = form.fields.get("language") or form.campaign.language
        context = {"link": link, "words": words_of(form.campaign, language)}
        _send("waiting_form", Donor(email=form.email), context, language=language)


def send_farewell(row: Farewell) -> None:
    """To the address that stands in its row alone."""
    papers = Receipt.objects.filter(donation__donor=row.donor)
    _send("farewell", row.donor, papers.aggregate(years=Max("entity__years_kept")), to=row.email)


def send_update(update: CampaignUpdate, donor: Donor) -> None:
    """A campaign's news, with a button that ends them."""
    leave = links.to_news(donor)
    words = words_of(update.campaign, donor.language)
    address = f"{frame.absolute(words.address)}#news-{update.pk}"
    context = {"update": update, "words": words, "address": address, "leave": leave, "name": donor.name}
    _send("update", donor, context, headers={"Precedence": "bulk", **unsubscribe_headers(leave)})


def _send_receipt(donation: Donation, *, at: datetime) -> None:
    from campaigns import receipts  # the verbs queue mails

    receipt = Receipt.objects.select_related("entity").get(donation=donation)
    if receipt.mailed_at:
        return
    version = receipts.latest(receipt)
    gift = LedgerEntry.objects.get(donation=donation, kind=LedgerEntry.Kind.GIFT)
    later = version.version > 1  # the donor's own words and language of today; of a first receipt, those of the gift
    language = donation.donor.language if later else donation.language
    name = _known_as(donation) if later else donation.name or donation.donor.name
    paper = (f"{receipt.full_number}.pdf", receipts.paper(version))
    about = _about(donation, language) | {"receipt": receipt, "gift": gift, "name": name, "version": version}
    _send("receipt", donation.donor, about, paper, language=language)
    Receipt.objects.filter(pk=receipt.pk).update(mailed_at=at)


def _send_disputes(donation: Donation, *, at: datetime) -> None:
    for dispute in Dispute.objects.filter(donation=donation, is_inquiry=False, told_at=None).order_by("pk"):
        about = _about(donation, donation.donor.language) | {"dispute": dispute, "name": _known_as(donation)}
        _send("dispute", donation.donor, about)
        Dispute.objects.filter(pk=dispute.pk).update(told_at=at)


def _known_as(donation: Donation) -> str:
    return donation.donor.name or donation.name


def _about(donation: Donation, language: str) -> dict[str, Any]:
    pledge, words = donation.pledge, words_of(donation.campaign, language)
    goes_on = pledge is not None and pledge.status in {Pledge.Status.ACTIVE, Pledge.Status.PAUSED}
    return {
        "donation": donation,
        "words": words,
        "campaign_url": frame.absolute(words.address),
        "stop_url": links.to_pledge(pledge) if pledge and goes_on else "",
        "is_instalment": pledge is not None and donation.created_at > pledge.consented_at,
    }


def _send(
    name: str,
    donor: Donor,
    context: dict[str, Any],
    *papers: tuple[str, bytes],
    to: str = "",
    language: str = "",
    headers: dict[str, str] | None = None,
) -> None:
    """In the donor's language, or in that of the page where this very gift was made."""
    masthead = Masthead.objects.get(pk=1)
    with tongues.speaking(language or donor.language):
        context = context | _around(masthead)
        subject, text = _words(name, context)
        html = render_to_string(f"campaigns/mail/{name}/body.html", context).strip()
    message = Letter(
        subject,
        f"{text}\n",
        _sender(masthead),
        [to or donor.email],
        headers={"Auto-Submitted": "auto-generated", "Content-Language": context["language"], **(headers or {})},
        reply_to=[masthead.contact_email] if masthead.contact_email else None,
    )
    message.attach_alternative(f"{html}\n", "text/html")
    for filename, paper in papers:
        message.attach(filename, paper, "application/pdf")
    mail.send(message)
    sent.keep(name, context.get("donation"), message, at=timezone.now())


def _around(masthead: Masthead) -> dict[str, Any]:
    return {"masthead": masthead, "site_url": settings.SITE_URL, "language": tongues.labels()}


def _words(name: str, context: dict[str, Any]) -> tuple[str, str]:
    folder = f"campaigns/mail/{name}"
    subject = " ".join(render_to_string(f"{folder}/subject.txt", context).split())
    return subject, render_to_string(f"{folder}/body.txt", context).strip()


def _sender(masthead: Masthead) -> str:
    """DEFAULT_FROM_EMAIL under the newsroom's name, unless the setting brings a name of its own."""
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return str(Address(display_name=name or " ".join(masthead.name.split()), addr_spec=address))
