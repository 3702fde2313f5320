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
    The rest is what the caches in front were told of it (newsroom.pages.edge.outbox).
    """

    keys = ArrayField(models.TextField())
    made_at = models.DateTimeField(db_index=True)
    xid = models.BigIntegerField(db_index=True)

    due_at = models.DateTimeField(null=True)  # when to tell, no sooner; null: at once
    claim = models.UUIDField(null=True)  # of who is telling, until `due_at`
    failures = models.PositiveIntegerField(db_default=0)  # since it went well last
    told = models.PositiveSmallIntegerField(db_default=0)  # how often it went well
    confirmed_at = models.DateTimeField(null=True)  # told often enough

    class Meta:
        verbose_name_plural = "touches"
        default_permissions = ()
        indexes = [
            models.Index(fields=["due_at"], condition=models.Q(confirmed_at=None), name="touch_waits"),
        ]

    def __str__(self) -> str:
        return ", ".join(self.keys)
