"""Erasure. What the law wants kept stays, and nothing else that tells who gave. Column by column: campaigns/personal.py.

Kept: amounts, days and campaigns of gifts, the ledger, receipts and their numbers, pledges without their way to pay; and the
name and address on receipts and statements for the years of their legal entity (`LegalEntity.years_kept`), no longer.
"""

import json
from datetime import datetime
from itertools import batched

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.db.models import F, Q
from django.utils import timezone

from campaigns import banking, donors, farewell, pages, personal, pledges, receipts, wall
from campaigns.models import (
    BankLine,
    Campaign,
    Dispute,
    Donation,
    Donor,
    GiftName,
    LedgerEntry,
    MatchingPool,
    Pledge,
    ProcessorEvent,
    Receipt,
    ReceiptVersion,
    StatementVersion,
    UpdateMail,
    WaitingForm,
)
from newsroom import audit, mail

AT_ONCE = 500


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
        _finish_papers(donor)
        _detach(donor)
        _clear_bank_lines(donor)
        _clear_pools(donor)
        email = donor.email
        _clear_columns(donor)
        wall.look_again_at_gifts_of(donor)
        Donor.objects.filter(pk=donor.pk).update(erased_at=at)
        donor.refresh_from_db()
        _clear_papers(at=at, only=donor)
        _clear_logs(donor)
        _drop_mails(donor, email, at=at)
        audit.record(None, "erased", donor, at=at)
        farewell.promise(donor, email, at=at)
        tasks.forget_events.defer(donor_pk=donor.pk)
    return donor


def forget_due(*, at: datetime) -> int:
    """Take names off the papers of erased donors whose years are over. How many papers."""
    with transaction.atomic():
        return _clear_papers(at=at, only=None)


def detach(processor: str, mandate: str) -> None:
    """Ask a processor to forget a saved way to pay, unless somebody else's pledge is paid by it: a couple may share a card.
    A processor that is gone, or cannot, is no harm: nothing of ours uses it."""
    from campaigns import processors

    in_use = Pledge.objects.filter(processor=processor, mandate=mandate).exclude(status=Pledge.Status.ENDED)
    if processor in processors.names() and not in_use.exists():
        processors.get(processor).forget(mandate)


def forget_events(donor: Donor) -> int:
    """Empty what processors told us of an erased donor's payments, once it is processed. How many messages. What is still to
    be processed is emptied by `inbox`."""
    own = Donation.objects.filter(donor=donor)
    keys = (str(token) for token in own.values_list("token", flat=True).iterator())
    count = sum(_empty_events(Q(order_key__in=some)) for some in batched(keys, AT_ONCE))
    for model, name in (
        (Donation, "processor_ref"),
        (LedgerEntry, "processor_ref"),
        (Dispute, "processor_ref"),
        (GiftName, "name"),
    ):
        whose = "donor" if model is Donation else "donation__donor"
        refs = model.objects.filter(**{whose: donor}).exclude(**{name: ""}).order_by().values_list(name, flat=True)
        count += sum(_empty_events(Q(object_ref__in=some)) for some in batched(refs.iterator(), AT_ONCE))
    return count


def _empty_events(about: Q) -> int:
    told = ProcessorEvent.objects.filter(about).exclude(status=ProcessorEvent.Status.NEW)
    return told.exclude(body=b"", headers={}).update(body=b"", headers={})


def _finish_papers(donor: Donor) -> None:
    """A receipt from before versions were kept gets its first one while it is known who it was for."""
    for receipt in Receipt.objects.filter(donation__donor=donor, versions=None):
        receipts.latest(receipt)


def _detach(donor: Donor) -> None:
    from campaigns import tasks  # tasks imports the verbs

    saved = Pledge.objects.filter(donor=donor).exclude(mandate="")
    for processor, mandate in set(saved.values_list("processor", "mandate")):
        tasks.detach.defer(processor=processor, mandate=mandate)


def _clear_bank_lines(donor: Donor) -> None:
    """Of lines that nobody has recorded those that name a gift of the donor's. A name alone may be another's."""
    own = Donation.objects.filter(donor=donor)
    waiting = BankLine.objects.filter(donation=None).exclude(payer="", text="")
    for line in waiting.iterator():
        found = banking.references(f"{line.text} {line.payer}")
        if found and (gift := own.filter(reference__in=found).first()):
            BankLine.objects.filter(pk=line.pk).update(payer="", text=gift.reference)


def _clear_pools(donor: Donor) -> None:
    """A sponsor's name stands on a page; and in the desk's history, which names what was written beside a campaign."""
    pools = MatchingPool.objects.filter(donor=donor)
    named = list(pools.values_list("campaign", "sponsor"))
    if not named:
        return
    with pages.telling():
        pools.update(**personal.table_of(MatchingPool).erased)
    of_campaigns = LogEntry.objects.filter(content_type=ContentType.objects.get_for_model(Campaign))
    for campaign, sponsor in named:
        written = json.dumps(sponsor)[1:-1]
        for entry in of_campaigns.filter(object_id=str(campaign), change_message__contains=written):
            entry.change_message = entry.change_message.replace(written, "A sponsor")
            entry.save(update_fields=["change_message"])


def _clear_columns(donor: Donor) -> None:
    for table in personal.OF_DONORS:
        own = table.model._default_manager.filter(table.only, **{table.donor: donor.pk})
        if table.goes:
            own.delete()
        elif table.erased:
            own.update(**table.erased)


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


def _drop_mails(donor: Donor, email: str, *, at: datetime) -> None:
    """What waits to be mailed, and what holds an address to mail to. Others find no address when their turn comes."""
    due = UpdateMail.objects.filter(donor=donor, status=UpdateMail.Status.DUE)
    due.update(status=UpdateMail.Status.SKIPPED, settled_at=at)
    with connection.cursor() as cursor:
        done = "DELETE FROM procrastinate_jobs WHERE task_name = 'campaigns.mail_to' AND status <> 'doing'"
        cursor.execute(f"{done} AND args->>'donor_pk' = %s", [str(donor.pk)])
    if email:
        WaitingForm.objects.filter(email__iexact=email).delete()
        transaction.on_commit(lambda: mail.forget(email))
