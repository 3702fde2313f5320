from django.db import models


class SandboxPayment(models.Model):
    """The books of the pretended bank behind the `sandbox` processor (campaigns/sandbox/). Nothing of ours reads them."""

    class Status(models.TextChoices):
        OPEN = "open", "Open"
        PENDING = "pending", "Pending"
        PAID = "paid", "Paid"
        DECLINED = "declined", "Declined"

    ref = models.CharField(max_length=64, unique=True)
    key = models.CharField(max_length=64, unique=True, help_text="The idempotency key: the same key is the same payment.")
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    description = models.CharField(max_length=200)
    return_url = models.CharField(max_length=500)
    save_method = models.BooleanField(default=False)
    mandate = models.CharField(max_length=64, blank=True)
    status = models.CharField(max_length=8, choices=Status, default=Status.OPEN)
    refunded = models.BigIntegerField(default=0)
    created_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.ref
