from django.db import models
from django.db.models import Q

from campaigns.models.campaigns import Campaign
from campaigns.models.gifts import Donation


class WallName(models.Model):
    """A gift whose donor agreed to stand on the campaign's page of thanks. Numbered in the order of arrival, so that the
    page finds its names by their numbers, however many there are, and a new one changes the newest page alone."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="wall")
    donation = models.OneToOneField(Donation, on_delete=models.CASCADE, related_name="wall_name")
    number = models.PositiveIntegerField()

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "number"], name="wall_number_is_given_once"),
            models.CheckConstraint(condition=Q(number__gt=0), name="wall_numbers_start_at_one"),
        ]

    def __str__(self) -> str:
        return f"{self.number} of campaign {self.campaign_id}"
