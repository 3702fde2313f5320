from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q

from articles.richtext import RichTextField
from campaigns.models.campaigns import Campaign
from campaigns.models.gifts import Donor


class CampaignUpdate(models.Model):
    """News from a campaign: on its page, and by mail to its donors who want it."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="updates")
    headline = models.CharField(max_length=160)
    text = RichTextField()
    image = models.ForeignKey("articles.Image", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField(null=True, blank=True, editable=False)
    mailed_from = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="When somebody wished it mailed: its recipients were fixed then."
    )
    mailed_until = models.DateTimeField(null=True, blank=True, editable=False, help_text="When the last mail was settled.")
    created_at = models.DateTimeField(auto_now_add=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering = ["-pk"]
        permissions = [("mail_campaignupdate", "Can mail news to donors")]
        constraints = [
            models.CheckConstraint(
                condition=Q(mailed_from=None) | Q(published_at__isnull=False), name="what_is_mailed_is_published"
            )
        ]
        indexes = [models.Index("campaign", models.F("published_at").desc(), "id", name="updates_newest_first")]

    def __str__(self) -> str:
        return self.headline


class UpdateMailQuerySet(models.QuerySet["UpdateMail"]):
    def ready(self, *, at: datetime) -> "UpdateMailQuerySet":
        return self.filter(status=UpdateMail.Status.DUE, due_at__lte=at).order_by("due_at", "pk")


class UpdateMail(models.Model):
    """One update for one donor. Claimed, and that is committed, before the mail server hears of it; settled after it
    answered. A worker that dies between leaves a row of which nobody knows: it is not sent again."""

    class Status(models.TextChoices):
        DUE = "due", "Due"
        CLAIMED = "claimed", "Being sent"
        SENT = "sent", "Sent"
        REFUSED = "refused", "Refused"
        UNKNOWN = "unknown", "Unknown: interrupted before the answer"
        SKIPPED = "skipped", "Wanted no more news"

    update = models.ForeignKey(CampaignUpdate, on_delete=models.CASCADE, related_name="mails")
    donor = models.ForeignKey(Donor, on_delete=models.CASCADE, related_name="+")
    status = models.CharField(max_length=8, choices=Status, default=Status.DUE)
    due_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    claimed_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(max_length=300, blank=True)

    objects = UpdateMailQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["update", "donor"], name="donor_gets_an_update_once"),
            models.CheckConstraint(
                condition=~Q(status="claimed") | Q(claimed_at__isnull=False), name="claimed_update_mail_has_its_moment"
            ),
        ]
        indexes = [
            models.Index("update", "due_at", "id", condition=Q(status="due"), name="update_mails_still_due"),
            models.Index("update", condition=Q(status="claimed"), name="update_mails_being_sent"),
        ]

    def __str__(self) -> str:
        return f"Mail {self.pk} of update {self.update_id}"
