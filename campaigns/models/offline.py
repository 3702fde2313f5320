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
    account_holder = models.CharField(max_length=70, blank=True, help_text="For transfers: whose account it is.")
    iban = models.CharField(
        "IBAN", max_length=42, blank=True, help_text="Donors to a campaign in euros get a code for their banking app with it."
    )
    bic = models.CharField("BIC", max_length=11, blank=True, help_text="Only where the bank is outside the euro countries.")

    class Meta:
        verbose_name = "cheque and transfer instructions"
        verbose_name_plural = "cheque and transfer instructions"
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="offline_instructions_are_one_row")]

    def __str__(self) -> str:
        return "Cheque and transfer instructions"
