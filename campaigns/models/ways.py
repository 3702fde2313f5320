from django.db import models
from django.db.models import Q


class Way(models.Model):
    """A way to give: a configured processor as the newsroom offers it, and whether it works just now.

    The circuit: `failures` in a row open it (`opened_at`); it is probed at `probe_at` and closes after a good probe.
    `stopped_at` is a person's decision (`manage.py processor_down`) and ends by another one alone.
    """

    processor = models.CharField(max_length=40, unique=True, editable=False)
    position = models.PositiveSmallIntegerField(default=100, help_text="Ways with smaller numbers are offered first.")
    is_offered = models.BooleanField("offered", default=True)
    label = models.CharField(max_length=60, blank=True, help_text="What the donor chooses. Empty: its usual name.")
    hint = models.CharField(max_length=160, blank=True, help_text="One sentence beside it. Empty: its usual one.")
    least = models.JSONField(default=dict, blank=True, help_text="The smallest gift by currency, in minor units.")
    most = models.JSONField(default=dict, blank=True, help_text="The largest gift by currency, in minor units.")
    fee_rate = models.PositiveIntegerField("fee, per cent", default=0, help_text="In hundredths of a per cent: 290 is 2.9 %.")
    fee_fixed = models.JSONField("fee, fixed", default=dict, blank=True, help_text="By currency, in minor units.")
    failures = models.PositiveIntegerField(default=0, editable=False)
    opened_at = models.DateTimeField(null=True, blank=True, editable=False, help_text="Since when it does not work.")
    problem = models.CharField(max_length=300, blank=True, editable=False)
    probe_at = models.DateTimeField(null=True, blank=True, editable=False)
    stopped_at = models.DateTimeField(null=True, blank=True, editable=False, help_text="Since when it is not used any more.")

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = "way to give"
        verbose_name_plural = "ways to give"
        constraints = [
            models.CheckConstraint(condition=Q(fee_rate__lt=5000), name="a_fee_is_less_than_half"),
            models.CheckConstraint(condition=Q(opened_at=None) | Q(probe_at__isnull=False), name="an_open_circuit_is_probed"),
        ]

    def __str__(self) -> str:
        return self.label or self.processor

    @property
    def works(self) -> bool:
        """Whether donors may be sent there now."""
        return self.stopped_at is None and self.opened_at is None
