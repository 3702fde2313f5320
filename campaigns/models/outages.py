"""A processor that is gone for us, and the pledges that need another way."""

from django.db import models
from django.db.models import Q

from campaigns.models.gifts import Pledge


class Outage(models.Model):
    """From `processor_down` to `processor_up`. One at a time for each processor."""

    processor = models.CharField(max_length=40)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["processor"], condition=Q(ended_at=None), name="a_processor_is_down_once_at_a_time")
        ]

    def __str__(self) -> str:
        return f"{self.processor} since {self.began_at:%Y-%m-%d}"


class Stranding(models.Model):
    """A pledge that an outage hit. Written before its donor is mailed. The sum is what the pledge was worth then."""

    outage = models.ForeignKey(Outage, on_delete=models.PROTECT, related_name="strandings")
    pledge = models.ForeignKey(Pledge, on_delete=models.PROTECT, related_name="strandings")
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    rhythm = models.CharField(max_length=8, choices=Pledge.Rhythm)
    at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True, blank=True, help_text="When the page behind its link was first opened.")
    recovered_at = models.DateTimeField(null=True, blank=True, help_text="When its donor chose another way.")
    recovered_to = models.CharField(max_length=40, blank=True)
    restored_at = models.DateTimeField(null=True, blank=True, help_text="When its old way came back.")

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["outage", "pledge"], name="an_outage_strands_a_pledge_once")]

    def __str__(self) -> str:
        return f"Pledge {self.pledge_id} in outage {self.outage_id}"
