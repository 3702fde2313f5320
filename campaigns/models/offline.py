from django.db import models
from django.db.models import Q

DEFAULT_TEXT = (
    "Send a cheque to our address, or ask us for our bank account and transfer the amount. "
    "Write the reference on it: that is how we know your gift."
)


class OfflineInstructions(models.Model):
    """How to give by cheque or transfer: on the page after the form and in the mail that follows it. One row."""

    text = models.TextField(
        "instructions",
        default=DEFAULT_TEXT,
        help_text="Where to send a cheque, and your account for transfers. Plain text; amount and reference are added below it.",
    )

    class Meta:
        verbose_name = "cheque and transfer instructions"
        verbose_name_plural = "cheque and transfer instructions"
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="offline_instructions_are_one_row")]

    def __str__(self) -> str:
        return "Cheque and transfer instructions"
