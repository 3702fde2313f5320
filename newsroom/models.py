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


class AuditEntry(models.Model):
    """Who looked at what, and did what. Append-only, by a trigger in the database: nobody edits it, not even by SQL from here."""

    at = models.DateTimeField(db_index=True)
    user = models.ForeignKey("auth.User", null=True, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=150, help_text="What the person was called then; “the newsroom” for a job.")
    deed = models.CharField(max_length=40, help_text="looked at, exported, changed …")
    subject = models.CharField(max_length=100, help_text="What it was, without names: “campaigns.donor 12”.", db_index=True)
    detail = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-pk"]
        verbose_name_plural = "audit log"
        default_permissions = ("view",)
        indexes = [
            models.Index(fields=["deed", "-id"], name="audit_of_a_deed"),
            models.Index(fields=["user", "-id"], name="audit_of_a_person"),
            models.Index(fields=["subject", "-id"], name="audit_of_a_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.deed} {self.subject}"


class Alarm(models.Model):
    """Something that people must know of. One row while it lasts; told once by mail, and on the desk until it is over."""

    key = models.CharField(max_length=200)
    sentence = models.CharField(max_length=500)
    link = models.CharField(max_length=300, blank=True, help_text="A page of the desk.")
    raised_at = models.DateTimeField()
    mailed_at = models.DateTimeField(null=True)
    over_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-pk"]
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(fields=["key"], condition=models.Q(over_at=None), name="an_alarm_is_raised_once"),
        ]

    def __str__(self) -> str:
        return self.sentence


from newsroom.people.models import Invitation  # noqa: E402, F401  # a model of this app, in a file of its own
