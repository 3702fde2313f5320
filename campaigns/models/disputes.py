from django.db import models
from django.db.models import Q

from campaigns.models.campaigns import check_currency
from campaigns.models.gifts import Donation


class Dispute(models.Model):
    """A donor's bank took a gift back, or in an inquiry asks about it. The money's way stands in the ledger; here is what has
    to be done until when."""

    class Status(models.TextChoices):
        OPEN = "open", "To be answered"
        ANSWERED = "answered", "Answered"
        WON = "won", "Won"
        LOST = "lost", "Lost"
        CLOSED = "closed", "Closed, nothing was taken"

    UNDECIDED = (Status.OPEN, Status.ANSWERED)

    donation = models.ForeignKey(Donation, on_delete=models.PROTECT, related_name="disputes")
    processor = models.CharField(max_length=40)
    processor_ref = models.CharField(max_length=200, help_text="What the processor calls it.")
    is_inquiry = models.BooleanField("inquiry", default=False, help_text="The bank only asks: no money has moved.")
    amount = models.BigIntegerField(help_text="What was taken back or is asked about, in minor units.")
    currency = models.CharField(max_length=3, validators=[check_currency])
    reason = models.CharField(max_length=200, blank=True, help_text="In the processor's own word.")
    opened_at = models.DateTimeField()
    answer_by = models.DateTimeField(null=True, blank=True, help_text="The last moment for evidence.")
    status = models.CharField(max_length=8, choices=Status, default=Status.OPEN)
    evidence_sent_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True, help_text="When the alarm before its end was raised.")
    told_at = models.DateTimeField(null=True, blank=True, help_text="When the donor was written to.")

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["processor", "processor_ref"], name="a_dispute_is_one_row"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="dispute_is_positive"),
        ]
        indexes = [models.Index("answer_by", condition=Q(status="open"), name="disputes_to_answer")]

    def __str__(self) -> str:
        return f"Dispute {self.processor_ref}"

    @property
    def is_over(self) -> bool:
        return self.status not in self.UNDECIDED


class SentMail(models.Model):
    """What a donor was written about a gift, as text, without the signed links that are the donor's alone."""

    donation = models.ForeignKey(Donation, on_delete=models.CASCADE, related_name="mails")
    kind = models.CharField(max_length=40)
    at = models.DateTimeField()
    subject = models.CharField(max_length=300)
    text = models.TextField()

    class Meta:
        ordering = ["pk"]
        default_permissions = ("view",)

    def __str__(self) -> str:
        return f"{self.kind} of {self.at:%Y-%m-%d}"
