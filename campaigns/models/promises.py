"""What becomes of a pledge after it was made: changes that its donor agreed to, new ways to pay, mails about it."""

from django.db import models

from campaigns.models.gifts import Donation, Pledge


class PledgeChange(models.Model):
    """A line of a pledge's history. Rows are only added: what a donor agreed to, and when, stays as it was said."""

    class Kind(models.TextChoices):
        AMOUNT = "amount", "Amount"
        DAY = "day", "Day"
        METHOD = "method", "Way to pay"
        PAUSED = "paused", "Paused"
        RESUMED = "resumed", "Goes on"
        STRANDED = "stranded", "Its processor is gone"
        ENDED = "ended", "Stopped"

    pledge = models.ForeignKey(Pledge, on_delete=models.PROTECT, related_name="changes")
    kind = models.CharField(max_length=8, choices=Kind)
    was = models.CharField(max_length=200, blank=True)
    becomes = models.CharField(max_length=200, blank=True)
    consent = models.TextField(blank=True, help_text="The sentence the donor agreed to.")
    at = models.DateTimeField()
    by = models.ForeignKey(
        "auth.User",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Who did it at the desk. Empty: the donor, or the newsroom by itself.",
    )

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of pledge {self.pledge_id}"


class PledgeMail(models.Model):
    """A mail about a pledge. Its row is written with what it tells of, and before it leaves: nobody is told twice."""

    class Kind(models.TextChoices):
        DECLINED = "declined", "A gift did not go through"
        PAUSED = "paused", "Paused after declines"
        STRANDED = "stranded", "Needs a new way"
        RESTORED = "restored", "The old way works again"
        WAKING = "waking", "A pause is about to end"
        CHANGED = "changed", "A change is confirmed"
        RENEW = "renew", "The link to another way to pay"

    pledge = models.ForeignKey(Pledge, on_delete=models.PROTECT, related_name="mails")
    kind = models.CharField(max_length=8, choices=Kind)
    about = models.CharField(max_length=80, help_text="Which one of its kind: a period and try, an outage, a change.")
    created_at = models.DateTimeField()
    mailed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["pledge", "kind", "about"], name="a_pledges_donor_is_told_once")]
        indexes = [models.Index("kind", "about", name="mails_about_one_thing")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.about})"


class Renewal(models.Model):
    """A gift by which a donor gives a pledge another way to pay. It pays one period, and what it saved is the new way."""

    pledge = models.ForeignKey(Pledge, on_delete=models.PROTECT, related_name="renewals")
    period = models.DateField(help_text="The period it was begun for. Was that paid meanwhile, it pays the next one.")
    donation = models.OneToOneField(Donation, on_delete=models.PROTECT, related_name="renewal")
    consent = models.TextField()
    consented_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True, blank=True, help_text="When its period was taken down as paid.")
    attached_at = models.DateTimeField(null=True, blank=True, help_text="When the new way became the pledge's.")

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.pledge_id} for {self.period}"
