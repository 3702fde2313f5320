"""What subscribers get: the house notice that invites them, who they are, editions, and one row a recipient and edition."""

import uuid
from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Lower
from django.urls import reverse

from articles.models import Article


class Notice(models.Model):
    """The digest's sign-up block on every page. One row."""

    title = models.CharField(max_length=80, default="The day’s stories, by mail")
    pitch = models.TextField(
        default="One mail each morning with what we published. Nothing else, and you can leave with one click."
    )
    button = models.CharField("words on the button", max_length=40, default="Sign up")

    class Meta:
        verbose_name = "sign-up block"
        verbose_name_plural = "sign-up block"
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="notice_is_one_row")]

    def __str__(self) -> str:
        return self.title


class SubscriberQuerySet(models.QuerySet["Subscriber"]):
    def reached(self) -> "SubscriberQuerySet":
        """The one definition of who gets mail."""
        return self.filter(status=Subscriber.Status.CONFIRMED)

    def never_confirmed(self, *, since: datetime) -> "SubscriberQuerySet":
        """Who was asked before that moment and did not say yes; perhaps a stranger typed their address."""
        return self.filter(status=Subscriber.Status.PENDING, asked_at__lt=since)


class Subscriber(models.Model):
    """What was agreed to (`consent`, `place`, `asked_at`) is proof once the reader confirmed: a later sign-up, which anybody
    can send for any address, waits in the `again_` columns until a new yes."""

    class Status(models.TextChoices):
        PENDING = "pending", "Not confirmed yet"
        CONFIRMED = "confirmed", "Confirmed"
        UNSUBSCRIBED = "unsubscribed", "Unsubscribed"
        BOUNCED = "bounced", "Address refuses mail"
        COMPLAINED = "complained", "Complained"

    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField()
    status = models.CharField(max_length=12, choices=Status, default=Status.PENDING)
    language = models.CharField(max_length=10, choices=settings.LANGUAGES, default="en")
    consent = models.TextField(blank=True, help_text="The words the reader saw when signing up.")
    place = models.CharField(max_length=200, blank=True, help_text="The page where the reader signed up.")
    asked_at = models.DateTimeField()
    mailed_at = models.DateTimeField(null=True, blank=True, help_text="When the last answer to a sign-up was ordered: one a day.")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    left_at = models.DateTimeField(null=True, blank=True)
    again_asked_at = models.DateTimeField(
        "asked again at", null=True, blank=True, help_text="A sign-up, perhaps a stranger’s, that was not confirmed."
    )
    again_consent = models.TextField(blank=True, editable=False)
    again_place = models.CharField(max_length=200, blank=True, editable=False)

    objects = SubscriberQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(Lower("email"), name="subscriber_has_one_address"),
            models.CheckConstraint(
                condition=~Q(status="confirmed") | Q(confirmed_at__isnull=False),
                name="confirmed_subscriber_has_the_moment",
            ),
        ]

    def __str__(self) -> str:
        return self.email


class Complaint(models.Model):
    """A mailbox whose owner called our mail spam and was erased: known by a keyed hash, so that a stranger's sign-up does
    not mail them again."""

    code = models.CharField(max_length=64, unique=True)

    def __str__(self) -> str:
        return f"Complaint {self.pk}"


class EditionQuerySet(models.QuerySet["Edition"]):
    def unfinished(self) -> "EditionQuerySet":
        return self.filter(finished_at=None)

    def listed(self) -> "EditionQuerySet":
        """One for each day of which something is left to read, with the headline that leads it now."""
        left = Article.objects.standing().filter(edition_item__edition=OuterRef("pk")).order_by("edition_item__position")
        days = self.filter(number=1).annotate(
            headline=Subquery(left.values("headline")[:1]), lead=Subquery(left.values("pk")[:1])
        )
        return days.exclude(headline=None).only("date")


class Edition(models.Model):
    """A day's digest, or an extra one sent by hand. Composed once; its articles and its audience are rows."""

    date = models.DateField()
    number = models.PositiveSmallIntegerField(default=1, help_text="1: the day's digest. Higher: sent by hand after it.")
    subject = models.CharField(max_length=250)
    articles = models.ManyToManyField("articles.Article", through="digest.EditionItem", related_name="editions")
    composed_at = models.DateTimeField()
    covers_until = models.DateTimeField(
        help_text="Articles published up to this moment belong to this edition or an earlier one."
    )
    finished_at = models.DateTimeField(null=True, blank=True)
    outcome = models.JSONField(default=dict, help_text="How many deliveries ended how, counted when the last was settled.")

    objects = EditionQuerySet.as_manager()

    class Meta:
        ordering = ["-date", "-number"]
        permissions = [("send_edition", "Can compose the digest and send it now")]
        constraints = [models.UniqueConstraint(fields=["date", "number"], name="edition_has_a_number_of_its_own")]

    def __str__(self) -> str:
        return f"Digest of {self.date}" + (f", number {self.number}" if self.number > 1 else "")

    def get_absolute_url(self) -> str:
        return reverse("digest:edition", args=[self.date])


class EditionItem(models.Model):
    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="items")
    article = models.OneToOneField("articles.Article", on_delete=models.CASCADE, related_name="edition_item")
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return f"{self.article_id} in {self.edition_id}"


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def ready(self, *, at: datetime) -> "DeliveryQuerySet":
        """Due by `at`, in the order in which they are to be sent."""
        return self.filter(status=Delivery.Status.DUE, due_at__lte=at).order_by("due_at", "pk")

    def unsettled(self, *, at: datetime) -> "DeliveryQuerySet":
        """Being sent, or to be sent now."""
        return self.filter(Q(status=Delivery.Status.CLAIMED) | Q(status=Delivery.Status.DUE, due_at__lte=at))

    def tally(self) -> dict[str, int]:
        """How many stand in which state; states nobody is in are left out."""
        return dict(self.order_by("status").values_list("status").annotate(count=Count("pk")))


class Delivery(models.Model):
    """One recipient of one edition. Claimed before the mail server hears of it, settled after it answered.

    A subscriber who asks to be erased leaves the row behind without a name, so that an edition's figures stay true.
    """

    class Status(models.TextChoices):
        DUE = "due", "Due"
        CLAIMED = "claimed", "Being sent"
        ACCEPTED = "accepted", "Accepted by the mail server"
        REFUSED = "refused", "Refused"
        UNKNOWN = "unknown", "Unknown: interrupted before the answer"
        SKIPPED = "skipped", "Left before it was sent"

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="deliveries")
    subscriber = models.ForeignKey(Subscriber, null=True, on_delete=models.SET_NULL, related_name="deliveries")
    status = models.CharField(max_length=8, choices=Status, default=Status.DUE)
    due_at = models.DateTimeField(help_text="Not tried before this moment.")
    attempts = models.PositiveSmallIntegerField(default=0, help_text="How often the mail server said “not now”.")
    claimed_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(max_length=300, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name_plural = "deliveries"
        constraints = [
            models.UniqueConstraint(fields=["edition", "subscriber"], name="subscriber_gets_an_edition_once"),
            models.CheckConstraint(
                condition=~Q(status="claimed") | Q(claimed_at__isnull=False), name="claimed_delivery_has_the_moment"
            ),
            models.CheckConstraint(
                condition=Q(status__in=["due", "claimed"], settled_at=None)
                | (~Q(status__in=["due", "claimed"]) & Q(settled_at__isnull=False)),
                name="settled_delivery_has_the_moment",
            ),
        ]
        indexes = [
            models.Index("edition", "due_at", "id", condition=Q(status="due"), name="deliveries_still_due"),
            models.Index("claimed_at", condition=Q(status="claimed"), name="deliveries_being_sent"),
        ]

    def __str__(self) -> str:
        return f"Delivery {self.pk}"
