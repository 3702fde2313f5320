"""What a bank is shown in a dispute: one archive of what our own records say about the gift."""

import io
import zipfile
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.utils import formats, timezone

from articles.models import Masthead
from campaigns import receipts
from campaigns.models import Dispute, Donation, LedgerEntry, Receipt, SentMail
from campaigns.papers import setting
from newsroom import money

EARLIER_SHOWN = 20


def pack(dispute: Dispute, *, at: datetime) -> bytes:
    """A zip: a summary and the receipt as PDFs, the consent, and every mail about the gift as it was sent. The same records
    at the same moment are the same bytes."""
    donation = Donation.objects.select_related("donor", "campaign", "pledge", "article").get(pk=dispute.donation_id)
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in _files(dispute, donation, at):
            entry = zipfile.ZipInfo(name, timezone.localtime(at).timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return written.getvalue()


def _files(dispute: Dispute, donation: Donation, at: datetime) -> Iterator[tuple[str, bytes]]:
    masthead = Masthead.objects.get(pk=1)
    yield "summary.pdf", setting.pdf("letter", _summary(dispute, donation, masthead, at), at=at)
    if receipt := Receipt.objects.filter(donation=donation).first():
        yield "receipt.pdf", _receipt(receipt)
    yield "consent.txt", _consent(donation).encode()
    for number, mail in enumerate(SentMail.objects.filter(donation=donation), start=1):
        head = f"Sent: {_moment(mail.at)}\nTo: {donation.donor.email}\nSubject: {mail.subject}\n\n"
        yield f"mails/{number:02d}-{timezone.localdate(mail.at)}-{mail.kind}.txt", (head + mail.text).encode()


def _summary(dispute: Dispute, donation: Donation, masthead: Masthead, at: datetime) -> dict[str, Any]:
    taken = money.display(dispute.amount, dispute.currency)
    stands = "asked about" if dispute.is_inquiry else "in dispute"
    return {
        "title": f"Evidence: the gift {donation.reference}",
        "sender": [masthead.name, *masthead.footer.splitlines()],
        "dated": _day(at),
        "intro": f"{taken} of this gift is {stands} since {_moment(dispute.opened_at)}, as {dispute.processor_ref} at "
        f"{dispute.processor}{f', for the reason “{dispute.reason}”' if dispute.reason else ''}. "
        "It is a voluntary gift to this newsroom: nothing was sold, and nothing had to be delivered. "
        "What follows is what our records say.",
        "facts": [[label, value] for label, value in _facts(donation) if value],
        "sections": [
            {"heading": "What the donor agreed to", "text": _consent(donation)},
            {"heading": "What happened", "table": {"head": ["When", "What"], "rows": list(_story(donation))}},
            *_earlier(donation),
        ],
    }


def _facts(donation: Donation) -> Iterator[tuple[str, str]]:
    yield "Donor", donation.name or donation.donor.name
    yield "E-mail", donation.donor.email
    address = donation.particulars.get("address", {})
    yield "Address, as typed", "\n".join(f"{address[part]}" for part in ADDRESS if address.get(part))
    yield "Amount", money.display(donation.amount, donation.currency)
    yield "For", donation.campaign.title
    yield "Rhythm", donation.pledge.get_rhythm_display() if donation.pledge else "Once"
    yield "Paid with", donation.method
    yield "Payment", f"{donation.processor_ref} at {donation.processor}"
    yield "Our key of it", donation.key
    yield "Typed with it", donation.message
    if donation.tribute:
        yield donation.get_tribute_display(), donation.tribute_name
    yield "Language of the form", donation.get_language_display()
    yield "Where the form stood", donation.source or (donation.article.headline if donation.article else "our own page")
    yield "Form and sender, as a keyed hash", donation.fingerprint


ADDRESS = ("street", "postcode", "city", "region", "country")


def _consent(donation: Donation) -> str:
    pledge = donation.pledge
    if pledge is None:
        sum_ = money.display(donation.amount, donation.currency)
        return (
            f"On {_moment(donation.created_at)} the donor sent our form for a single gift of {sum_} and was led to the payment."
        )
    ended = f" It was ended on {_moment(pledge.ended_at)}." if pledge.ended_at else ""
    return f"On {_moment(pledge.consented_at)} the donor agreed to this sentence:\n\n{pledge.consent}\n\n{ended}".strip()


def _story(donation: Donation) -> Iterator[list[str]]:
    """Every moment that our records have, the oldest first."""
    told: list[tuple[datetime, str]] = [(donation.created_at, "The gift was begun")]
    if donation.pledge:
        told.append((donation.pledge.consented_at, "The donor agreed to the regular gift"))
    for line in LedgerEntry.objects.filter(donation=donation):
        told.append((line.at, f"{line.get_kind_display()}: {money.display(line.amount, line.currency)} ({line.processor_ref})"))
    for mail in SentMail.objects.filter(donation=donation):
        told.append((mail.at, f"Mail to the donor: {mail.subject}"))
    return ([_moment(moment), what] for moment, what in sorted(told))


def _earlier(donation: Donation) -> Iterator[dict[str, Any]]:
    """Gifts of the same donor that nobody disputed: a stranger's card would not have them."""
    if not donation.donor.email:
        return
    gifts = Donation.objects.filter(donor=donation.donor, status=Donation.Status.RECEIVED, disputes=None)
    rows = [
        [_moment(gift.received_at), gift.reference, money.display(gift.amount, gift.currency)]
        for gift in gifts.exclude(pk=donation.pk).order_by("-received_at")[:EARLIER_SHOWN]
        if gift.received_at
    ]
    if rows:
        heading = "Other gifts of this donor, not disputed"
        yield {"heading": heading, "table": {"head": ["When", "Reference", "Amount"], "rows": rows, "right": [2]}}


def _receipt(receipt: Receipt) -> bytes:
    """As it was issued: what money did afterwards made later versions of it."""
    return receipts.paper(receipt.versions.order_by("version").first() or receipts.latest(receipt))


def _moment(at: datetime) -> str:
    return formats.date_format(timezone.localtime(at), "j F Y, H:i:s e")


def _day(at: datetime) -> str:
    return formats.date_format(timezone.localtime(at), "j F Y")
