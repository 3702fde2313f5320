from django.db import models
from django.db.models import F, Q

from campaigns.models.campaigns import Campaign
from campaigns.models.gifts import Donor


class MatchingPool(models.Model):
    """Somebody's promise to add to each gift of a campaign, up to a cap. What it comes to is reckoned from the ledger
    (campaigns/matching.py), never kept. The sponsor's own money counts when it arrives, as a gift like any other."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="pools")
    sponsor = models.CharField(max_length=160, help_text="The name that readers see.")
    numerator = models.PositiveSmallIntegerField("adds", default=1, help_text="1 for each 1 doubles a gift.")
    denominator = models.PositiveSmallIntegerField("for each", default=1, help_text="1 for each 2 adds half of it.")
    cap = models.BigIntegerField("up to", help_text="In minor units, in the campaign's currency.")
    starts_at = models.DateTimeField("from", help_text="Gifts that arrive from this moment on are matched.")
    ends_at = models.DateTimeField("until", null=True, blank=True, help_text="Empty: as long as the campaign.")
    note = models.CharField(max_length=240, blank=True, help_text="A sentence that readers see: why the sponsor does it.")
    donor = models.ForeignKey(
        Donor,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name="sponsor as a donor",
        help_text="If the sponsor is among the donors: what they pay in is not matched by their own promise.",
    )

    class Meta:
        ordering = ["starts_at", "pk"]
        verbose_name = "matching pool"
        constraints = [
            models.CheckConstraint(condition=Q(numerator__gt=0, denominator__gt=0), name="pool_ratio_is_positive"),
            models.CheckConstraint(condition=Q(cap__gt=0), name="pool_cap_is_positive"),
            models.CheckConstraint(condition=Q(ends_at=None) | Q(ends_at__gt=F("starts_at")), name="pool_ends_after_it_starts"),
        ]

    def __str__(self) -> str:
        return f"{self.sponsor}: {self.numerator} for each {self.denominator}"
