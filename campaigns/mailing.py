"""Mails to donors. Written from rows at the moment of sending; queued in the transaction of the verb that means them.

A mail that was handed over while the worker died may leave twice: better than a receipt that never came.
"""

from datetime import datetime
from email.headerregistry import Address
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string

from articles import frame
from articles.models import Masthead
from campaigns import links
from campaigns.models import CampaignUpdate, Donation, Donor, LedgerEntry, OfflineInstructions, Pledge, Receipt
from newsroom import mail
from newsroom.letter import Letter, unsubscribe_headers


def later(name: str, donation: Donation) -> None:
    """Queue “receipt” or “instructions”: it leaves if this transaction is kept."""
    from campaigns import tasks  # tasks imports this module

    tasks.mail.configure(lock=f"mail:{name}:{donation.pk}").defer(name=name, donation_pk=donation.pk)


def send(name: str, donation: Donation, *, at: datetime) -> None:
    """`name` is “receipt” (once) or “instructions”. Nobody without an address is written to."""
    donation = Donation.objects.select_related("campaign", "donor", "pledge").get(pk=donation.pk)
    if not donation.donor.email:
        return
    if name == "receipt":
        _send_receipt(donation, at=at)
    else:
        _send(name, donation.donor, _about(donation) | {"instructions": OfflineInstructions.objects.get(pk=1).text})


def send_link(donor: Donor) -> None:
    _send("link", donor, {"link": links.to_donor(donor)})


def send_update(update: CampaignUpdate, donor: Donor) -> None:
    """A campaign's news, with a button that ends them."""
    leave = links.to_news(donor)
    address = f"{frame.absolute(update.campaign.get_absolute_url())}#news-{update.pk}"
    context = {"update": update, "campaign": update.campaign, "address": address, "leave": leave, "name": donor.name}
    _send("update", donor, context, headers={"Precedence": "bulk", **unsubscribe_headers(leave)})


def _send_receipt(donation: Donation, *, at: datetime) -> None:
    receipt = Receipt.objects.get(donation=donation)
    if receipt.mailed_at:
        return
    gift = LedgerEntry.objects.get(donation=donation, kind=LedgerEntry.Kind.GIFT)
    name = donation.name or donation.donor.name
    _send("receipt", donation.donor, _about(donation) | {"receipt": receipt, "gift": gift, "name": name})
    Receipt.objects.filter(pk=receipt.pk).update(mailed_at=at)


def _about(donation: Donation) -> dict[str, Any]:
    pledge = donation.pledge
    goes_on = pledge is not None and pledge.status in {Pledge.Status.ACTIVE, Pledge.Status.PAUSED}
    return {
        "donation": donation,
        "campaign": donation.campaign,
        "campaign_url": frame.absolute(donation.campaign.get_absolute_url()),
        "stop_url": links.to_pledge(pledge) if pledge and goes_on else "",
        "is_instalment": pledge is not None and donation.created_at > pledge.consented_at,
    }


def _send(name: str, donor: Donor, context: dict[str, Any], *, headers: dict[str, str] | None = None) -> None:
    masthead = Masthead.objects.get(pk=1)
    context = context | {"masthead": masthead, "site_url": settings.SITE_URL}
    folder = f"campaigns/mail/{name}"
    subject = " ".join(render_to_string(f"{folder}/subject.txt", context).split())
    message = Letter(
        subject,
        render_to_string(f"{folder}/body.txt", context).strip() + "\n",
        _sender(masthead),
        [donor.email],
        headers={"Auto-Submitted": "auto-generated", **(headers or {})},
        reply_to=[masthead.contact_email] if masthead.contact_email else None,
    )
    message.attach_alternative(render_to_string(f"{folder}/body.html", context).strip() + "\n", "text/html")
    mail.send(message)


def _sender(masthead: Masthead) -> str:
    """DEFAULT_FROM_EMAIL under the newsroom's name, unless the setting brings a name of its own."""
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return str(Address(display_name=name or " ".join(masthead.name.split()), addr_spec=address))
