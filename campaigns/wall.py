"""The page of thanks: names of donors who agreed, in the order in which their gifts came."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import Max, Q
from django.http import Http404

from campaigns.models import Campaign, Donation, Donor, WallName
from newsroom import pages

SIZE = 100  # names on a page


def page_key(campaign_id: int, number: int) -> str:
    """Of the names numbered (n-1)·SIZE + 1 … n·SIZE."""
    return f"wall:{campaign_id}:{number}"


def look_again(donation: Donation) -> None:
    """After a gift, its consent or what is left of it changed: on the wall or off it. The gift must be locked."""
    if _belongs(donation):
        _join(donation)
    else:
        _go(donation)


def leave(donation: Donation) -> None:
    """The donor does not want to stand there any more. Called by their own page, and when they are forgotten."""
    with transaction.atomic():
        donation = Donation.objects.select_for_update(no_key=True).get(pk=donation.pk)
        if donation.on_wall:
            donation.on_wall = False
            donation.save(update_fields=["on_wall"])
        look_again(donation)


def look_again_at_gifts_of(donor: Donor, *, only: list[int] | None = None) -> None:
    """After the donor's wishes changed. The gifts must be locked. Campaign after campaign: whoever waits for several walls
    waits for them in one order."""
    shown = Donation.objects.filter(Q(on_wall=True) | Q(wall_name__isnull=False), donor=donor)
    shown = shown if only is None else shown.filter(pk__in=only)
    for donation in shown.order_by("campaign", "pk"):
        look_again(donation)


def _belongs(donation: Donation) -> bool:
    """Somebody who gives each month stands there once."""
    agreed = donation.on_wall and not donation.anonymous and bool(donation.name.strip())
    if not (agreed and donation.is_received):
        return False
    earlier = Donation.objects.filter(pledge=donation.pledge_id, status=Donation.Status.RECEIVED, pk__lt=donation.pk)
    if donation.pledge_id and earlier.exists():
        return False
    return donation.entries.total() > 0


def _join(donation: Donation) -> None:
    with connection.cursor() as cursor:  # one at a time: numbers are given in order
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('campaigns.wall'), %s)", [donation.campaign_id])
    if WallName.objects.filter(donation=donation).exists():
        return
    last = WallName.objects.filter(campaign=donation.campaign_id).aggregate(last=Max("number"))["last"] or 0
    WallName.objects.create(campaign_id=donation.campaign_id, donation=donation, number=last + 1)
    _touch(donation.campaign_id, last + 1)


def _go(donation: Donation) -> None:
    for row in WallName.objects.filter(donation=donation):
        row.delete()
        _touch(row.campaign_id, row.number)


def _touch(campaign_id: int, number: int) -> None:
    pages.touch(page_key(campaign_id, (number - 1) // SIZE + 1))


@dataclass(frozen=True)
class Page:
    """As articles.paging numbers its pages: from the oldest, the newest full one together with what came since under the
    wall's own address."""

    number: int | None
    full: int
    names: list[WallName]

    @property
    def older(self) -> int:
        return max(0, (self.full if self.number is None else self.number) - 1)

    def keys(self, campaign: Campaign) -> Iterator[str]:
        first = self.number or max(self.full, 1)
        for number in [first] if self.number else [first, self.full + 1]:
            yield page_key(campaign.pk, number)


class NotFullYet(Exception):
    """Its names stand under the wall's own address."""


def page_of(campaign: Campaign, number: int | None = None) -> Page:
    """Two queries. NotFullYet for the number that comes next, Http404 for those after it."""
    last = WallName.objects.filter(campaign=campaign).aggregate(last=Max("number"))["last"] or 0
    full = last // SIZE
    if number is not None and number > full:
        if number == full + 1:
            raise NotFullYet
        raise Http404("There are not so many names.")
    after = ((number or max(full, 1)) - 1) * SIZE
    names = WallName.objects.filter(campaign=campaign, number__gt=after).select_related("donation")
    names = names.filter(number__lte=after + SIZE) if number else names
    return Page(number, full, list(names.order_by("-number")))
