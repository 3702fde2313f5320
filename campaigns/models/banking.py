from django.db import models
from django.db.models import Q

from campaigns.models.campaigns import check_currency
from campaigns.models.gifts import Donation


class BankStatement(models.Model):
    """A file of the newsroom's bank, as somebody uploaded it; its lines are its own rows."""

    name = models.CharField(max_length=200)
    uploaded_at = models.DateTimeField()
    uploaded_by = models.ForeignKey("auth.User", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-pk"]
        permissions = [("read_bankstatement", "Can upload bank statements and record what they show")]

    def __str__(self) -> str:
        return self.name


class BankLine(models.Model):
    """Money that came to the newsroom's account. `key` tells it from every other, in whichever file it stands: a statement
    that overlaps with the last one brings no line twice."""

    class Status(models.TextChoices):
        OPEN = "open", "To be looked at"
        RECORDED = "recorded", "Recorded"
        IGNORED = "ignored", "Not a gift"

    statement = models.ForeignKey(BankStatement, on_delete=models.PROTECT, related_name="lines")
    key = models.CharField(max_length=64, unique=True)
    day = models.DateField()
    amount = models.BigIntegerField(help_text="In minor units.")
    currency = models.CharField(max_length=3, validators=[check_currency])
    payer = models.CharField(max_length=200, blank=True)
    text = models.CharField(max_length=500, blank=True)
    status = models.CharField(max_length=8, choices=Status, default=Status.OPEN)
    donation = models.OneToOneField(Donation, null=True, blank=True, on_delete=models.PROTECT, related_name="bank_line")

    class Meta:
        ordering = ["day", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="bank_line_is_money_that_came"),
            models.CheckConstraint(
                condition=Q(status="recorded", donation__isnull=False) | (~Q(status="recorded") & Q(donation=None)),
                name="recorded_bank_line_has_its_gift",
            ),
        ]
        indexes = [models.Index("statement", "status", name="lines_of_a_statement")]

    def __str__(self) -> str:
        return f"{self.day} {self.amount} {self.currency}"
