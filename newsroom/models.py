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
