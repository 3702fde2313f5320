"""The last mail to a donor who was erased: that it is done, what went and what stays.

Its row is written with the erasure and is the only place that still knows the address. It goes when the mail has left, or
after some days, when no server took it.
"""

from datetime import datetime, timedelta

from campaigns import mailing
from campaigns.models import Donor, Farewell

TRIED_FOR = timedelta(days=3)


def promise(donor: Donor, email: str, *, at: datetime) -> None:
    """Queue it, in the transaction of the erasure. Nobody without an address is written to."""
    from campaigns import tasks  # tasks imports the verbs

    if email:
        Farewell.objects.create(donor=donor, email=email, at=at)
        tasks.mail_farewell.configure(lock=f"farewell:{donor.pk}").defer(donor_pk=donor.pk)


def send(donor_pk: int) -> None:
    """Once: what has left has no row any more. A worker that dies while it sends may send it twice, never none."""
    row = Farewell.objects.select_related("donor").filter(pk=donor_pk).first()
    if row:
        mailing.send_farewell(row)
        row.delete()


def forget(*, at: datetime) -> int:
    """Drop the addresses that no server took a mail for. How many."""
    return Farewell.objects.filter(at__lte=at - TRIED_FOR).delete()[0]
