"""The processors' own books beside ours: their lines, the days that were read, and where the two differ."""

from django.db import models
from django.db.models import Q

from campaigns.models.ledger import LedgerEntry


class ProcessorTransaction(models.Model):
    """A line of a processor's books, as `Processor.transactions` told it. Read again, it is the same row."""

    class Kind(models.TextChoices):
        PAYMENT = "payment", "Payment"
        REFUND = "refund", "Refund"
        REFUND_FAILED = "refund_failed", "Refund came back"
        DISPUTE = "dispute", "Dispute"
        DISPUTE_WON = "dispute_won", "Dispute won"
        PAYOUT = "payout", "Payout"
        OTHER = "other", "Fees and corrections"

    processor = models.CharField(max_length=40)
    kind = models.CharField(max_length=14, choices=Kind)
    ref = models.CharField(max_length=200, help_text="What the processor calls it.")
    amount = models.BigIntegerField(help_text="Minor units, as the newsroom's balance there moves.")
    currency = models.CharField(max_length=3)
    at = models.DateTimeField()
    payment = models.CharField(max_length=200, blank=True, help_text="The payment that a movement belongs to.")
    also = models.CharField(max_length=200, blank=True, help_text="Another name of that payment: the charge, the capture.")
    key = models.CharField(max_length=200, blank=True, help_text="The key we sent with it.")
    fee = models.BigIntegerField(default=0, help_text="What the processor kept of it, in minor units.")
    payout = models.CharField(max_length=200, blank=True, help_text="The payout that it went into.")
    read_at = models.DateTimeField()

    class Meta:
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["processor", "kind", "ref"], name="a_line_of_their_books_is_one_row")]
        indexes = [
            models.Index("processor", "payout", condition=~Q(payout=""), name="lines_of_a_payout"),
            models.Index("processor", "at", name="lines_of_a_day"),
            models.Index("processor", "also", condition=~Q(also=""), name="lines_also_called"),
            models.Index("processor", "payment", condition=~Q(kind="payment") & ~Q(payment=""), name="movements_of_a_payment"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.ref}"


class BooksDay(models.Model):
    """A day (UTC) of a processor's books that was read to its end, or as far as it had come then."""

    processor = models.CharField(max_length=40)
    day = models.DateField()
    read_at = models.DateTimeField()

    class Meta:
        default_permissions = ()  # a note of the reader's, for nobody to look at
        constraints = [models.UniqueConstraint(fields=["processor", "day"], name="a_day_of_their_books_is_one_row")]

    def __str__(self) -> str:
        return f"{self.processor} {self.day}"


class Difference(models.Model):
    """Where a processor's books and ours do not agree. Found by `reconcile`, which also sees when it has passed."""

    class Side(models.TextChoices):
        THEIRS = "theirs", "Theirs only"
        OURS = "ours", "Ours only"
        BOTH = "both", "Differs"

    class Status(models.TextChoices):
        OPEN = "open", "Open"
        ADOPTED = "adopted", "Adopted"
        EXPLAINED = "explained", "Looked into"
        GONE = "gone", "Passed by itself"

    processor = models.CharField(max_length=40)
    side = models.CharField(max_length=6, choices=Side)
    transaction = models.ForeignKey(ProcessorTransaction, null=True, on_delete=models.PROTECT, related_name="differences")
    entry = models.ForeignKey(LedgerEntry, null=True, on_delete=models.PROTECT, related_name="differences")
    status = models.CharField(max_length=9, choices=Status, default=Status.OPEN)
    problem = models.CharField(max_length=300, blank=True, help_text="Why it could not be adopted by itself.")
    note = models.CharField(max_length=300, blank=True)
    found_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey("auth.User", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["side", "transaction"], condition=Q(transaction__isnull=False), name="a_line_of_theirs_differs_once"
            ),
            models.UniqueConstraint(fields=["side", "entry"], condition=Q(side="ours"), name="an_entry_of_ours_is_missed_once"),
            models.CheckConstraint(
                condition=Q(side="theirs", transaction__isnull=False, entry=None)
                | Q(side="ours", transaction=None, entry__isnull=False)
                | Q(side="both", transaction__isnull=False, entry__isnull=False),
                name="a_difference_has_its_sides",
            ),
        ]
        indexes = [models.Index("processor", "side", "id", condition=Q(status="open"), name="differences_still_open")]

    def __str__(self) -> str:
        return f"{self.get_side_display()}: {self.processor}"

    @property
    def is_open(self) -> bool:
        return self.status == self.Status.OPEN
