"""What is known of those who test stolen cards on our forms. Keyed hashes, no addresses; forgotten after days."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from campaigns.models.campaigns import Campaign
from campaigns.models.gifts import Donation


class GuardCount(models.Model):
    """What came lately under one key: sums that fade, so that nothing has to be forgotten by hand.

    `key` is a keyed hash (campaigns/guard/counting.py); its sum is that of its shards. The `_long` ones fade more slowly.
    """

    key = models.CharField(max_length=32)
    shard = models.PositiveSmallIntegerField()
    tries = models.FloatField(default=0)
    declined = models.FloatField(default=0)
    paid = models.FloatField(default=0)
    turned = models.FloatField(default=0, help_text="Asked to wait or to work, and not come through since.")
    declined_long = models.FloatField(default=0)
    paid_long = models.FloatField(default=0)
    at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["key", "shard"], name="a_key_is_counted_once_a_shard")]

    def __str__(self) -> str:
        return self.key


class GuardHour(models.Model):
    """What the guard did in one hour, for the desk and for knowing what is normal."""

    hour = models.DateTimeField()
    shard = models.PositiveSmallIntegerField()
    tries = models.PositiveIntegerField(default=0)
    asked = models.PositiveIntegerField(default=0, help_text="Asked to wait or to work before going on.")
    passed = models.PositiveIntegerField(default=0, help_text="Did so.")
    refused = models.PositiveIntegerField(default=0, help_text="Below the raised minimum.")
    held = models.PositiveIntegerField(default=0, help_text="Let through to be held for review.")
    declined = models.PositiveIntegerField(default=0)
    paid = models.PositiveIntegerField(default=0)

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["hour", "shard"], name="an_hour_is_counted_once_a_shard")]

    def __str__(self) -> str:
        return f"{self.hour}"


class GuardState(models.Model):
    """How hard it is just now to reach a payment page, for everybody. One row; changed by campaigns/guard/standing.py."""

    class Step(models.IntegerChoices):
        NORMAL = 0, "Normal"
        SLOWER = 1, "Slower"
        WORK = 2, "Proof of work"
        RAISED = 3, "Proof of work, raised minimum"
        HELD = 4, "Held for review"

    step = models.PositiveSmallIntegerField(choices=Step, default=Step.NORMAL)
    since = models.DateTimeField(null=True, help_text="When this attack began; null without one.")
    changed_at = models.DateTimeField(null=True)
    pressed_at = models.DateTimeField(null=True, help_text="When there was last reason for this step.")
    reason = models.CharField(max_length=300, blank=True)
    forced_step = models.PositiveSmallIntegerField(choices=Step, null=True)
    forced_until = models.DateTimeField(null=True)
    normal_ratio = models.FloatField(default=0.1, help_text="The part of payments that is declined without an attack.")
    normal_hours = models.JSONField(default=list, help_text="Payments begun in each hour of a usual week, Monday 0 h UTC first.")

    class Meta:
        verbose_name = "guard against card testing"
        verbose_name_plural = "guard against card testing"
        default_permissions = ("view",)
        permissions = [("steer_guardstate", "Can set the step of the guard against card testing")]
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="the_guard_is_one"),
            models.CheckConstraint(condition=Q(step__lte=4), name="the_guard_has_five_steps"),
            models.CheckConstraint(
                condition=Q(forced_step=None, forced_until=None) | Q(forced_step__isnull=False, forced_until__isnull=False),
                name="a_forced_step_ends",
            ),
        ]

    def __str__(self) -> str:
        return self.get_step_display()


class GuardTrace(models.Model):
    """Under which keys a gift was tried, so that its outcome is counted there, once."""

    donation = models.OneToOneField(Donation, primary_key=True, on_delete=models.CASCADE, related_name="trace")
    keys = ArrayField(models.CharField(max_length=32))
    declines = models.PositiveSmallIntegerField(default=0)
    paid = models.BooleanField(default=False)
    at = models.DateTimeField(db_index=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.donation_id}"


class GuardTicket(models.Model):
    """A ticket that was spent: the row's name is unique, so that one piece of work opens one payment."""

    name = models.CharField(max_length=64, primary_key=True)
    donation = models.ForeignKey(Donation, null=True, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(db_index=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.name


class WaitingForm(models.Model):
    """A filled-in form whose donor asked for a link by mail. What was typed, for two days at most."""

    token = models.UUIDField(primary_key=True)
    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="+")
    path = models.CharField(max_length=300, help_text="Where the form is sent.")
    email = models.EmailField()
    fields = models.JSONField()
    at = models.DateTimeField(db_index=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.pk}"


class Hold(models.Model):
    """A gift whose money is reserved and not taken: somebody decides. The wish is written before the processor hears of it."""

    class Wish(models.TextChoices):
        TAKE = "take", "Take it"
        LET_GO = "let_go", "Let it go"

    donation = models.OneToOneField(Donation, on_delete=models.PROTECT, related_name="hold")
    held_at = models.DateTimeField()
    wish = models.CharField(max_length=6, choices=Wish, blank=True)
    asked_by = models.ForeignKey("auth.User", null=True, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=300, blank=True, help_text="What went wrong at the last try.")

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=Q(wish="") | Q(asked_at__isnull=False), name="a_wish_about_a_hold_has_its_moment"),
        ]
        indexes = [models.Index("asked_at", condition=~Q(wish=""), name="holds_decided")]

    def __str__(self) -> str:
        return f"{self.donation_id}"


class HeldGift(Donation):
    """The gifts that wait for somebody to look at them, as a list of its own."""

    class Meta:
        proxy = True
        default_permissions = ()
        ordering = ["pk"]  # the oldest first: its time runs out first
        verbose_name = "gift held for review"
        verbose_name_plural = "held for review"
