"""Erasure. What the law wants kept stays, and nothing else that tells who gave.

Kept: amounts, days and campaigns of gifts, the ledger, receipts and their numbers, pledges without their way to pay; and the
name and address on receipts and statements for the years of their legal entity (`LegalEntity.years_kept`), no longer.
"""

from datetime import datetime

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.db.models import F, Q
from django.utils import timezone

from campaigns import donors, pledges, wall
from campaigns.models import (
    Donation,
    Donor,
    Pledge,
    PledgeChange,
    ProcessorEvent,
    ReceiptVersion,
    SentMail,
    StatementVersion,
    WaitingForm,
)
from newsroom import audit, mail

NOTHING = dict.fromkeys(("name", "email", "street", "postcode", "city", "region", "country", "tax_number"), "")
OF_A_GIFT = {
    "name": "",
    "message": "",
    "anonymous": True,
    "on_wall": False,
    "tribute": "",
    "tribute_name": "",
    "particulars": {},
    "method": "",
    "checkout_url": "",
}


def erase(donor: Donor, *, at: datetime) -> Donor:
    """The donor's own wish, confirmed. Once: the second time finds nothing left to erase."""
    from campaigns import tasks  # tasks imports the verbs

    with transaction.atomic():
        donors.lock_gifts(donor)
        donor = Donor.objects.select_for_update(no_key=True).get(pk=donor.pk)
        if donor.erased_at:
            return donor
        for pledge in Pledge.objects.filter(donor=donor).exclude(status=Pledge.Status.ENDED):
            pledges.end(pledge, at=at)
        _detach(donor)
        PledgeChange.objects.filter(pledge__donor=donor, kind=PledgeChange.Kind.METHOD).update(was="", becomes="")
        Donation.objects.filter(donor=donor).update(**OF_A_GIFT)
        wall.look_again_at_gifts_of(donor)
        SentMail.objects.filter(donation__donor=donor).delete()
        email = donor.email
        fields = {**NOTHING, "wants_news": False, "link_mailed_at": None, "erased_at": at}
        for name, value in fields.items():
            setattr(donor, name, value)
        donor.save(update_fields=list(fields))
        _clear_papers(at=at, only=donor)
        _clear_logs(donor)
        audit.record(None, "erased", donor, at=at)
        if email:
            WaitingForm.objects.filter(email__iexact=email).delete()
            transaction.on_commit(lambda: mail.forget(email))
        tasks.forget_events.defer(donor_pk=donor.pk)
    return donor


def forget_due(*, at: datetime) -> int:
    """Take names off the papers of erased donors whose years are over. How many papers."""
    with transaction.atomic():
        return _clear_papers(at=at, only=None)


def detach(processor: str, mandate: str) -> None:
    """Ask a processor to forget a saved way to pay. One that is gone, or cannot, is no harm: nothing of ours uses it."""
    from campaigns import processors

    if processor not in processors.names():
        return
    processors.get(processor).forget(mandate)


def forget_events(donor: Donor) -> int:
    """Empty what processors told us of an erased donor's payments, once it is processed. How many messages."""
    own = Donation.objects.filter(donor=donor)
    refs = Q(object_ref__in=own.exclude(processor_ref="").values("processor_ref"))
    keys = Q(order_key__in=[str(token) for token in own.values_list("token", flat=True)])
    told = ProcessorEvent.objects.filter(refs | keys).exclude(status=ProcessorEvent.Status.NEW)
    return told.exclude(body=b"").update(body=b"", headers={})


def _detach(donor: Donor) -> None:
    from campaigns import tasks  # tasks imports the verbs

    saved = Pledge.objects.filter(donor=donor).exclude(mandate="")
    for processor, mandate in set(saved.values_list("processor", "mandate")):
        tasks.detach.defer(processor=processor, mandate=mandate)
    Pledge.objects.filter(donor=donor).update(mandate="", method="", anonymous=True)


def _clear_papers(*, at: datetime, only: Donor | None) -> int:
    """The trigger of the database lets exactly this change pass."""
    this_year = timezone.localdate(at).year
    receipts = ReceiptVersion.objects.filter(receipt__year__lt=this_year - F("receipt__entity__years_kept"))
    statements = StatementVersion.objects.filter(statement__year__lt=this_year - F("statement__entity__years_kept"))
    receipts = receipts.filter(receipt__donation__donor__erased_at__isnull=False)
    statements = statements.filter(statement__donor__erased_at__isnull=False)
    if only:
        receipts, statements = receipts.filter(receipt__donation__donor=only), statements.filter(statement__donor=only)
    count = 0
    for version in [*receipts.exclude(contents__donor={}).iterator(), *statements.exclude(contents__donor={}).iterator()]:
        version.contents = version.contents | {"donor": {}}
        version.save(update_fields=["contents"])
        count += 1
    return count


def _clear_logs(donor: Donor) -> None:
    """The desk's own history names what it changed."""
    of_donor = LogEntry.objects.filter(content_type=ContentType.objects.get_for_model(Donor), object_id=str(donor.pk))
    of_donor.update(object_repr=f"Donor {donor.pk}")
    with connection.cursor() as cursor:  # a job that mailed to an address names it
        done = "DELETE FROM procrastinate_jobs WHERE task_name = 'campaigns.mail_to' AND status <> 'doing'"
        cursor.execute(f"{done} AND args->>'donor_pk' = %s", [str(donor.pk)])
