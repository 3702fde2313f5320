"""Gifts that were received elsewhere, before the newsroom moved in: taken into the books as they were, in batches.

Nothing is asked of a processor, nobody is mailed, no receipt of ours is numbered: the donor has one already. A gift is
booked under the real processor where that can send it back (Stripe, by its PaymentIntent), else under “import:system”.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.contrib.auth.models import User
from django.db import connection, transaction
from django.db.models import F, Max, Q, Sum, Value
from django.db.models.functions import Coalesce, Lower

from campaigns.donors import ADDRESS, fill
from campaigns.giving import entered
from campaigns.giving.arriving import allow
from campaigns.giving.past import Name, PastGift, PastRefund, Person, Taken
from campaigns.models import Campaign, Donation, Donor, GiftName, ImportedGift, LedgerEntry, Pledge
from campaigns.pages import gifts as gifts_of
from newsroom.pages import touch

Kind = LedgerEntry.Kind


def take_over(
    gifts: Sequence[PastGift], *, into: Mapping[str, Campaign], by: User | None, at: datetime, trial: bool = False
) -> Taken:
    """Take down those that are not known under any of their names, each into the campaign of its currency.

    One transaction, or a part of the caller's. Again: nothing, but what was sent back since. With `trial` nothing is written.
    """
    allow(by)
    taken = Taken()
    with transaction.atomic():
        _one_at_a_time()
        known, own = _known(gifts), _own(gifts)
        fresh: list[PastGift] = []
        again: list[tuple[PastGift, int]] = []
        for gift in gifts:
            found = {known[name] for name in gift.names if name in known} | own.get(gift.line, set())
            if len(found) > 1:
                taken.problems.append((gift.line, "Its numbers belong to two gifts that are here already."))
            elif found:
                taken.known += 1
                again.append((gift, found.pop()))
            else:
                fresh.append(gift)
                known.update(dict.fromkeys(gift.names, -gift.line))  # a second line of the same batch
        taken.new = fresh
        people = _donors([gift.person for gift in fresh], taken, at=at, trial=trial)
        taken.refunds += [(gift.refunded, gift.currency) for gift in fresh if gift.refunded]
        if not trial:
            _write(fresh, people, into=into, by=by, at=at)
        _learn_more([(gift, pk) for gift, pk in again if pk > 0], taken, by=by, trial=trial)
    return taken


def take_back(refunds: Sequence[PastRefund], *, by: User | None, at: datetime) -> Taken:
    """A line in the books for each that is not there yet."""
    allow(by)
    taken = Taken()
    with transaction.atomic():
        _one_at_a_time()
        names = GiftName.objects.filter(source__in={refund.gift[0] for refund in refunds}, name__in={r.gift[1] for r in refunds})
        of = {(name.source, name.name): name.donation for name in names.select_related("donation")}
        for refund in refunds:
            donation = of.get(refund.gift)
            if donation is None:
                taken.problems.append((refund.line, "The payment that this money went back from is not here."))
            else:
                _take_one_back(donation, refund, taken, by=by)
    return taken


def _take_one_back(donation: Donation, refund: PastRefund, taken: Taken, *, by: User | None) -> None:
    if not donation.processor.startswith("import:"):
        taken.known += 1  # its processor tells us of its refunds
        return
    entries = LedgerEntry.objects.filter(donation=donation)
    if entries.filter(kind=Kind.REFUND, processor_ref=refund.ref).exists():
        taken.known += 1
        return
    if entries.aggregate(left=Sum("amount"))["left"] < refund.amount:
        taken.problems.append((refund.line, "More went back than came."))
        return
    moment = max(refund.at, donation.received_at or refund.at)
    entered.back(donation, refund.amount, ref=refund.ref, at=moment, by=by, note=refund.note).save()
    taken.refunds.append((refund.amount, donation.currency))
    touch(gifts_of(donation.campaign_id))


def known_names(names: Iterable[Name]) -> dict[Name, int]:
    """Those of the names that a gift has, with its primary key."""
    wanted = set(names)
    found = GiftName.objects.filter(source__in={source for source, _ in wanted}, name__in={name for _, name in wanted})
    return {(one.source, one.name): one.donation_id for one in found.only("source", "name", "donation_id")}


def _one_at_a_time() -> None:
    """Two imports at the same moment would each see the other's gifts as not there."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('campaigns.moving'))")


def _known(gifts: Sequence[PastGift]) -> dict[Name, int]:
    return known_names(name for gift in gifts for name in gift.names)


def _own(gifts: Sequence[PastGift]) -> dict[int, set[int]]:
    """Payments that were ours all along: by the key we sent, or by what the processor calls them."""
    tokens = {gift.line: UUID(gift.key) for gift in gifts if gift.key}
    refs = {name for gift in gifts for name in gift.names}
    by_token = dict(Donation.objects.filter(token__in=tokens.values()).values_list("token", "pk")) if tokens else {}
    sources, names = {source for source, _ in refs}, {name for _, name in refs}
    ours = Donation.objects.filter(processor__in=sources, processor_ref__in=names).values_list("processor", "processor_ref", "pk")
    by_ref = {(processor, ref): pk for processor, ref, pk in ours}
    found: dict[int, set[int]] = {}
    for gift in gifts:
        hits = {by_ref[name] for name in gift.names if name in by_ref}
        if gift.line in tokens and tokens[gift.line] in by_token:
            hits.add(by_token[tokens[gift.line]])
        if hits:
            found[gift.line] = hits
    return found


def _donors(people: Sequence[Person], taken: Taken, *, at: datetime, trial: bool) -> dict[str, Donor]:
    """The donor of each address, in small letters; new ones are made, and what is empty in known ones is filled."""
    told: dict[str, Person] = {}
    for person in people:
        small = person.email.lower()
        if small:
            told[small] = _merged(told[small], person) if small in told else person
    found = _of_addresses(told)
    strangers = [small for small in told if small not in found]
    new_ones = set(strangers)
    taken.donors.update(strangers)
    taken.nameless += sum(not person.email for person in people)
    if trial:
        return found
    new = [Donor(email=told[small].email, name=told[small].name, **told[small].address) for small in sorted(strangers)]
    Donor.objects.bulk_create(new, ignore_conflicts=True)
    if new:
        found |= _of_addresses(strangers)
    known = [(found[small], person) for small, person in told.items() if small not in new_ones]
    changed = [donor for donor, person in known if fill(donor, {"name": person.name, **person.address})]
    if changed:
        Donor.objects.bulk_update(changed, ["name", *ADDRESS])
    return found


def _of_addresses(smalls: Iterable[str]) -> dict[str, Donor]:
    asked = Donor.objects.alias(small=Lower("email")).filter(small__in=list(smalls)).exclude(email="")
    return {donor.email.lower(): donor for donor in asked}


def _merged(first: Person, second: Person) -> Person:
    return Person(first.email, first.name or second.name, {**second.address, **first.address})


def _write(
    gifts: Sequence[PastGift], people: Mapping[str, Donor], *, into: Mapping[str, Campaign], by: User | None, at: datetime
) -> None:
    if not gifts:
        return
    keys = {f"{gift.system}:{gift.subscription}" for gift in gifts if gift.subscription}
    pledges = dict(Pledge.objects.filter(import_key__in=keys).values_list("import_key", "pk")) if keys else {}
    references = entered.references(len(gifts))
    rows = []
    for gift, reference in zip(gifts, references, strict=True):
        donor = people.get(gift.person.email.lower()) or Donor.objects.create(name=gift.person.name, **gift.person.address)
        rows.append(
            entered.row_of(gift, donor, into[gift.currency], reference, pledges.get(f"{gift.system}:{gift.subscription}"))
        )
    Donation.objects.bulk_create(rows)
    pairs = list(zip(gifts, rows, strict=True))
    LedgerEntry.objects.bulk_create(entry for gift, row in pairs for entry in entered.entries_of(gift, row, by=by))
    ImportedGift.objects.bulk_create(entered.imported_of(gift, row, at) for gift, row in pairs)
    named = (GiftName(donation=row, source=source, name=name) for gift, row in pairs for source, name in gift.names)
    GiftName.objects.bulk_create(named)
    touch(*{gifts_of(row.campaign_id) for row in rows})


def _learn_more(again: Sequence[tuple[PastGift, int]], taken: Taken, *, by: User | None, trial: bool) -> None:
    """Of gifts that are here: names they are called by in this file, who gave them, the way they were paid, and what went
    back since."""
    if not again:
        return
    known = known_names(name for gift, _ in again for name in gift.names)
    if not trial:
        more = [GiftName(donation_id=pk, source=s, name=n) for gift, pk in again for s, n in gift.names if (s, n) not in known]
        GiftName.objects.bulk_create(more, ignore_conflicts=True)
        _learn_of_donors(again)
        for gift, pk in again:
            if gift.mandate:
                ways = ImportedGift.objects.filter(donation=pk, donation__donor__erased_at=None, mandate="")
                ways.update(mandate=gift.mandate, customer=gift.customer)
    returned = [(gift, pk) for gift, pk in again if gift.refunded]
    rows = Donation.objects.filter(pk__in=[pk for _, pk in returned], processor__startswith="import:").annotate(
        back=Coalesce(Sum(-F("entries__amount"), filter=Q(entries__kind=Kind.REFUND)), Value(0)), last=Max("entries__at")
    )
    back = {row.pk: row for row in rows}
    for gift, pk in returned:
        row = back.get(pk)
        if row is None or gift.refunded <= row.back or gift.refunded > row.amount:
            continue
        more_back = gift.refunded - row.back
        taken.refunds.append((more_back, row.currency))
        if not trial:
            entered.back(row, more_back, ref=f"{row.processor_ref}:back:{gift.refunded}", at=gift.at, by=by).save()
            touch(gifts_of(row.campaign_id))


def _learn_of_donors(again: Sequence[tuple[PastGift, int]]) -> None:
    """A payment service knows an address, a donation plugin the name that belongs to it: what is empty is filled."""
    people = {pk: gift.person for gift, pk in again if gift.person.name or gift.person.address}
    owners = dict(Donation.objects.filter(pk__in=people).values_list("pk", "donor_id"))
    rows = Donor.objects.select_for_update(no_key=True).filter(pk__in=owners.values()).order_by("pk").in_bulk()
    for pk, person in people.items():
        donor = rows.get(owners.get(pk, 0))
        if donor and (news := fill(donor, {"name": person.name, **person.address})):
            donor.save(update_fields=news)
