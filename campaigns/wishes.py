"""What donors change about themselves on their own page. A gift's money is nobody's to change."""

from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from campaigns import mailing
from campaigns import wall as names
from campaigns.donors import lock_gifts, of_address
from campaigns.models import Donation, Donor, Pledge
from newsroom import limits

DETAILS = ("name", "street", "postcode", "city", "region", "country", "tax_number", "language", "wants_news")
MAILS_A_DAY = 5  # to addresses that a donor types


def locked(donor: Donor) -> Donor:
    return Donor.objects.select_for_update(no_key=True).get(pk=donor.pk)


def change_details(donor: Donor, *, details: dict[str, Any], at: datetime) -> Donor:
    """Name, address, tax number, language, news. Receipts that were issued keep what stood on them."""
    with transaction.atomic():
        donor = locked(donor)
        changed = [name for name in DETAILS if name in details and getattr(donor, name) != details[name]]
        if donor.erased_at or not changed:
            return donor
        for name in changed:
            setattr(donor, name, details[name])
        donor.save(update_fields=changed)
    return donor


def change_shown(donor: Donor, *, past: bool | None, future: bool | None, wall: bool | None, at: datetime) -> int:
    """Whether the donor's name is shown: with gifts so far, with those of pledges to come, on the wall. None leaves each as
    it is. How many rows changed.

    The wall wants a name: who is anonymous stands on none.
    """
    with transaction.atomic():
        gifts, promised = lock_gifts(donor)
        donor = locked(donor)
        given = Donation.objects.filter(pk__in=gifts)
        changed = 0
        if past is not None:
            changed += given.exclude(anonymous=not past).update(anonymous=not past)
        if wall is not None:
            changed += given.filter(anonymous=False).exclude(on_wall=wall).update(on_wall=wall)
        changed += given.filter(anonymous=True, on_wall=True).update(on_wall=False)
        if future is not None:
            mine = Pledge.objects.filter(pk__in=promised).exclude(status=Pledge.Status.ENDED)
            changed += mine.exclude(anonymous=not future).update(anonymous=not future)
        if changed:
            names.look_again_at_gifts_of(donor, only=gifts)
    return changed


def ask_for_address(donor: Donor, email: str, *, at: datetime) -> None:
    """Mail a link to the address the donor wants: nothing changes until it is followed. The same, whether or not the
    address is somebody's. ValidationError when too many were asked for."""
    if email.lower() == donor.email.lower():
        return
    if not limits.take("new address", str(donor.pk), most=MAILS_A_DAY, per=timedelta(days=1), at=at):
        raise ValidationError(_("Many addresses were asked for today. Please try again tomorrow."))
    if not limits.take("link", limits.mailbox_of(email), most=MAILS_A_DAY, per=limits.DAY, at=at):
        raise ValidationError(_("Many mails went to this address today. Please try again tomorrow."))
    mailing.later_to("new_address", donor, to=email)


def change_address(donor: Donor, email: str, *, at: datetime) -> Donor:
    """The donor is known by another address from now on; the old one is told. ValidationError when somebody has it."""
    with transaction.atomic():
        donor = locked(donor)
        before = donor.email
        if donor.erased_at or before == email:
            return donor
        donor.email = email
        try:
            if of_address(email).exclude(pk=donor.pk).exists():
                raise IntegrityError
            with transaction.atomic():
                donor.save(update_fields=["email"])
        except IntegrityError:
            raise ValidationError(_("Gifts were given under this address, too. They have a page of their own.")) from None
        if before:
            mailing.later_to("address_changed", donor, to=before)
    return donor
