from django.contrib.postgres.fields import ArrayField
from django.db import models


class Share(models.Model):
    """How much of its share somebody has had of something within a span of time. Who stands as a keyed hash only."""

    who = models.CharField(max_length=64)
    until = models.DateTimeField(db_index=True)
    count = models.PositiveIntegerField(default=1)

    class Meta:
        default_permissions = ()  # counted by newsroom/limits.py, for nobody to look at
        constraints = [models.UniqueConstraint(fields=["who", "until"], name="share_is_counted_once_a_span")]

    def __str__(self) -> str:
        return f"{self.count} until {self.until}"


class Touch(models.Model):
    """Keys that a transaction touched, for the stores of other hosts and for caches in front. Written by `pages.touch`.

    `xid` is the transaction that wrote the row: a host reads again what no snapshot of its own has seen.
    """

    keys = ArrayField(models.TextField())
    made_at = models.DateTimeField(db_index=True)
    xid = models.BigIntegerField(db_index=True)

    class Meta:
        verbose_name_plural = "touches"
        default_permissions = ()

    def __str__(self) -> str:
        return ", ".join(self.keys)
