from django.db import models
from django.db.models import Q


class SandboxPayment(models.Model):
    """The books of the pretended bank behind the `sandbox` processor (campaigns/sandbox/). Nothing of ours reads them."""

    class Status(models.TextChoices):
        OPEN = "open", "Open"
        PENDING = "pending", "Pending"
        HELD = "held", "Held"
        PAID = "paid", "Paid"
        DECLINED = "declined", "Declined"
        CANCELLED = "cancelled", "Cancelled"

    ref = models.CharField(max_length=64, unique=True)
    key = models.CharField(max_length=64, unique=True, help_text="The idempotency key: the same key is the same payment.")
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    description = models.CharField(max_length=200)
    return_url = models.CharField(max_length=500)
    save_method = models.BooleanField(default=False)
    mandate = models.CharField(max_length=64, blank=True)
    hold = models.BooleanField(default=False, help_text="Authorise only; captured or let go later.")
    wants_donor = models.BooleanField(default=False, help_text="Collecting by this card needs its owner's confirmation.")
    blocked = models.BooleanField(default=False, help_text="The card is used up: further collection is declined.")
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN)
    created_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.ref


class SandboxMovement(models.Model):
    """Money that went back, or came again, after a payment: a line in the pretended bank's books."""

    payment = models.ForeignKey(SandboxPayment, on_delete=models.CASCADE, related_name="movements")
    ref = models.CharField(max_length=64, unique=True)
    key = models.CharField(max_length=64, unique=True)
    kind = models.CharField(max_length=14)
    amount = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="sandbox_movement_is_positive")]

    def __str__(self) -> str:
        return self.ref
