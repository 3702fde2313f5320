from django.db import models
from django.db.models import Exists, OuterRef, Q, Sum

from campaigns.models.campaigns import Campaign, check_currency
from campaigns.models.disputes import Dispute
from campaigns.models.gifts import Donation
from campaigns.models.papers import LegalEntity
from newsroom import money


class LedgerQuerySet(models.QuerySet["LedgerEntry"]):
    def total(self) -> int:
        """The sum in minor units: what came less what went back."""
        return self.aggregate(total=Sum("amount"))["total"] or 0

    def on_paper(self) -> "LedgerQuerySet":
        """What stands on receipts and statements: all but the money of disputes that nobody has decided. It is gone from
        every total, and the paper holds until it is gone for good."""
        undecided = Dispute.objects.filter(processor=OuterRef("processor"), processor_ref=OuterRef("processor_ref"))
        return self.exclude(Exists(undecided.filter(status__in=Dispute.UNDECIDED)), kind="dispute")


class LedgerEntry(models.Model):
    """Money that moved. Append-only, by a trigger in the database: a correction is another row."""

    class Kind(models.TextChoices):
        GIFT = "gift", "Gift"
        REFUND = "refund", "Refund"
        REFUND_FAILED = "refund_failed", "Refund came back"
        DISPUTE = "dispute", "Dispute"
        DISPUTE_WON = "dispute_won", "Dispute won"

    donation = models.ForeignKey(Donation, on_delete=models.PROTECT, related_name="entries")
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="entries")
    kind = models.CharField(max_length=14, choices=Kind)
    amount = models.BigIntegerField(help_text="Minor units; negative when money went back.")
    currency = models.CharField(max_length=3, validators=[check_currency])
    processor = models.CharField(max_length=40)
    processor_ref = models.CharField(max_length=200, help_text="What the processor calls this movement; ours for offline gifts.")
    at = models.DateTimeField(help_text="When the money moved.")
    recorded_at = models.DateTimeField(auto_now_add=True)
    recorded_by = models.ForeignKey("auth.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(max_length=300, blank=True)

    objects = LedgerQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = "ledger entry"
        verbose_name_plural = "ledger entries"
        constraints = [
            models.UniqueConstraint(fields=["processor", "kind", "processor_ref"], name="a_movement_of_money_is_one_entry"),
            models.UniqueConstraint(fields=["donation"], condition=Q(kind="gift"), name="a_donation_arrives_once"),
            models.CheckConstraint(
                condition=Q(kind__in=["gift", "refund_failed", "dispute_won"], amount__gt=0)
                | Q(kind__in=["refund", "dispute"], amount__lt=0),
                name="ledger_sign_follows_its_kind",
            ),
        ]
        indexes = [
            models.Index("campaign", "donation", include=["amount", "currency"], name="ledger_of_a_campaign"),
            models.Index("campaign", "at", "id", include=["amount", "currency"], name="ledger_of_a_campaign_by_day"),
            models.Index("at", include=["donation", "campaign", "kind", "amount", "currency", "processor"], name="ledger_by_day"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {money.display(self.amount, self.currency)}"


class Refund(models.Model):
    """Money we asked a processor to send back. Written before the call; its token is the key sent out."""

    class Status(models.TextChoices):
        ASKED = "asked", "Asked, no answer yet"
        DONE = "done", "Done"
        FAILED = "failed", "Refused"

    token = models.UUIDField(unique=True, editable=False)
    donation = models.ForeignKey(Donation, on_delete=models.PROTECT, related_name="refunds")
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3, validators=[check_currency], help_text="What the gift came in.")
    note = models.CharField(max_length=300, blank=True)
    status = models.CharField(max_length=8, choices=Status, default=Status.ASKED)
    problem = models.CharField(max_length=300, blank=True)
    asked_by = models.ForeignKey("auth.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="refund_is_positive")]

    def __str__(self) -> str:
        return f"Refund {self.pk}"


class ReceiptSeries(models.Model):
    """The last receipt number of an entity's year. Locked while the next one is taken, so that no number is skipped."""

    entity = models.ForeignKey(LegalEntity, on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    last_number = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["entity", "year"], name="a_year_of_receipts_is_one_series")]

    def __str__(self) -> str:
        return f"{self.year}: {self.last_number}"


class Receipt(models.Model):
    donation = models.OneToOneField(Donation, on_delete=models.PROTECT, related_name="receipt")
    entity = models.ForeignKey(LegalEntity, on_delete=models.PROTECT, related_name="receipts")
    prefix = models.CharField(max_length=8, blank=True, help_text="The entity's, when the number was given.")
    year = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField()
    issued_at = models.DateTimeField()
    mailed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-year", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["entity", "year", "number"], name="receipt_number_is_given_once"),
            models.CheckConstraint(condition=Q(number__gt=0), name="receipt_numbers_start_at_one"),
        ]

    def __str__(self) -> str:
        return self.full_number

    @property
    def full_number(self) -> str:
        return f"{self.prefix}{self.year}-{self.number:06d}"


class ProcessorEvent(models.Model):
    """What a processor told us, as it came: stored first, answered 200, then processed from here."""

    class Status(models.TextChoices):
        NEW = "new", "New"
        DONE = "done", "Done"
        PARKED = "parked", "Parked until its gift is known"
        FAILED = "failed", "Set aside"
        IGNORED = "ignored", "No gift of ours"

    processor = models.CharField(max_length=40)
    event_id = models.CharField(max_length=200)
    kind = models.CharField(max_length=100, blank=True)
    object_ref = models.CharField(max_length=200, blank=True, help_text="The payment it is about, as the processor names it.")
    order_key = models.CharField(max_length=64, blank=True, help_text="The key we sent with that payment.")
    headers = models.JSONField(default=dict)
    body = models.BinaryField(help_text="Byte by byte: its signature can be checked again.")
    status = models.CharField(max_length=8, choices=Status, default=Status.NEW)
    problem = models.TextField(blank=True)
    rounds = models.PositiveSmallIntegerField(default=0, help_text="How often it was tried.")
    received_at = models.DateTimeField()
    processed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["processor", "event_id"], name="processor_event_is_stored_once")]
        indexes = [
            models.Index("status", "id", condition=Q(status__in=["new", "parked"]), name="events_still_to_process"),
            models.Index("object_ref", "processor", name="events_of_a_payment_by_ref"),
            models.Index("order_key", name="events_of_a_payment_by_key"),
            models.Index("event_id", name="events_by_their_names"),
            models.Index("processor", "id", condition=Q(status="failed"), name="events_set_aside"),
        ]

    def __str__(self) -> str:
        return f"{self.processor} {self.event_id}"

    @property
    def text(self) -> str:
        """The body for people to read."""
        return bytes(self.body).decode("utf-8", "replace")
