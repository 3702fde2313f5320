import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from campaigns.models.campaigns import Campaign, check_currency, site_language


class Donor(models.Model):
    """A person who gives, known by an e-mail address. Only Fundraisers and Administrators see these rows."""

    email = models.EmailField(blank=True, help_text="Empty for somebody who sent a cheque and no address.")
    name = models.CharField(max_length=160, blank=True)
    language = models.CharField(max_length=10, choices=settings.LANGUAGES, default=site_language)
    street = models.CharField(max_length=200, blank=True)
    postcode = models.CharField(max_length=20, blank=True)
    city = models.CharField(max_length=100, blank=True)
    region = models.CharField(max_length=100, blank=True)
    country = models.CharField(max_length=2, blank=True, help_text="ISO 3166, for example PE.")
    tax_number = models.CharField(max_length=40, blank=True, help_text="Where the law wants it on a receipt.")
    wants_news = models.BooleanField("news from campaigns", default=False)
    erased_at = models.DateTimeField(null=True, blank=True, editable=False, help_text="When they asked to be forgotten.")
    created_at = models.DateTimeField(auto_now_add=True, editable=False)
    link_mailed_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="When the last mail with the link to the donor's own page left."
    )

    class Meta:
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(Lower("email"), condition=~Q(email=""), name="donor_has_one_address")]

    def __str__(self) -> str:
        return self.name or self.email or f"Donor {self.pk}"


class Farewell(models.Model):
    """The last mail to an erased donor. It holds their address until it has left, and goes with it."""

    donor = models.OneToOneField(Donor, primary_key=True, on_delete=models.CASCADE, related_name="+")
    email = models.EmailField()
    at = models.DateTimeField(db_index=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.donor_id}"


class Pledge(models.Model):
    """A promise to give again and again. Ours: the processor is only today's way to collect it."""

    class Rhythm(models.TextChoices):
        MONTHLY = "monthly", _("Monthly")
        YEARLY = "yearly", _("Yearly")

    class Status(models.TextChoices):
        BEGUN = "begun", "Begun, first gift not yet there"
        ACTIVE = "active", "Active"
        PAUSED = "paused", "Paused"
        STRANDED = "stranded", "Needs a new way"  # its processor is gone: the donor has a link to another one
        ENDED = "ended", "Ended"

    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    donor = models.ForeignKey(Donor, on_delete=models.PROTECT, related_name="pledges")
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="pledges")
    amount = models.BigIntegerField()
    covered = models.BigIntegerField(default=0, help_text="What of the amount is there to cover the processor's fee.")
    currency = models.CharField(max_length=3, validators=[check_currency])
    rhythm = models.CharField(max_length=8, choices=Rhythm)
    day = models.PositiveSmallIntegerField(help_text="Day of the month; in shorter months the last day.")
    anonymous = models.BooleanField(default=False)
    status = models.CharField(max_length=8, choices=Status, default=Status.BEGUN)
    processor = models.CharField(max_length=40)
    mandate = models.CharField(max_length=200, blank=True, help_text="The saved way to pay, as the processor names it.")
    method = models.CharField(max_length=100, blank=True, help_text="The saved way to pay, as its owner knows it.")
    consent = models.TextField(help_text="The sentence the donor agreed to.")
    consented_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    next_due = models.DateField(null=True, blank=True)
    paused_until = models.DateField(null=True, blank=True, help_text="When a pause that the donor asked for ends by itself.")
    ended_at = models.DateTimeField(null=True, blank=True)
    import_key = models.CharField(max_length=200, null=True, blank=True, unique=True, help_text="Its name where it came from.")
    problem = models.CharField(max_length=300, blank=True, help_text="Why nothing could be claimed for it, for the newsroom.")

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="pledge_is_positive"),
            models.CheckConstraint(condition=Q(covered__gte=0, covered__lt=F("amount")), name="pledge_is_more_than_its_fee"),
            models.CheckConstraint(condition=Q(day__gte=1, day__lte=31), name="pledge_day_is_a_day"),
            models.CheckConstraint(
                condition=~Q(status="active") | Q(next_due__isnull=False), name="active_pledge_knows_when_it_is_due"
            ),
            # Until somebody said that the system it came from collects nothing any more, it would be charged twice.
            models.CheckConstraint(
                condition=~Q(status="active") | Q(import_key=None) | Q(started_at__isnull=False),
                name="an_imported_pledge_is_started_by_a_person",
            ),
        ]
        indexes = [
            models.Index("next_due", condition=Q(status="active"), name="pledges_due_first"),
            models.Index("paused_until", condition=Q(paused_until__isnull=False), name="pledges_that_wake"),
            models.Index("started_at", name="pledges_by_beginning"),
        ]

    def __str__(self) -> str:
        return f"Pledge {self.pk}"

    @property
    def waits_for_its_start(self) -> bool:
        """Taken over from another system, which may collect it still: a person starts it."""
        return self.import_key is not None and self.started_at is None


class Donation(models.Model):
    """One gift on its way or arrived. Its row is written before any processor hears of it; its `token` is the key sent out."""

    class Status(models.TextChoices):
        BEGUN = "begun", "Begun"
        HELD = "held", "Held for review"  # authorised, not taken yet
        AWAITED = "awaited", "Awaited"  # told to the processor, or promised by cheque or transfer
        RECEIVED = "received", "Received"
        DECLINED = "declined", "Declined"
        CANCELLED = "cancelled", "Cancelled"

    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    submit_key = models.CharField(max_length=64, unique=True, editable=False)
    fingerprint = models.CharField(max_length=64, editable=False, db_index=True)
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="donations")
    donor = models.ForeignKey(Donor, on_delete=models.PROTECT, related_name="donations")
    pledge = models.ForeignKey(Pledge, null=True, blank=True, on_delete=models.PROTECT, related_name="donations")
    amount = models.BigIntegerField()
    covered = models.BigIntegerField(default=0, help_text="What of the amount is there to cover the processor's fee.")
    fee = models.BigIntegerField(null=True, blank=True, help_text="What the processor kept, in minor units, once it said so.")
    currency = models.CharField(max_length=3, validators=[check_currency])
    name = models.CharField(max_length=160, blank=True)
    anonymous = models.BooleanField(default=False)
    message = models.TextField(blank=True, max_length=1000)
    on_wall = models.BooleanField("on the donor wall", default=False)
    tribute = models.CharField(max_length=8, blank=True, choices=[("honour", _("In honour of")), ("memory", _("In memory of"))])
    tribute_name = models.CharField(max_length=160, blank=True)
    gift_aid = models.BooleanField(default=False, help_text="The donor's tax declaration, where the country knows one.")
    particulars = models.JSONField(
        default=dict,
        blank=True,
        help_text="What was typed beside the gift: address, tax fields, wishes. The donor's once it arrives.",
    )
    article = models.ForeignKey(
        "articles.Article",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="The article that asked.",
    )
    source = models.CharField(max_length=100, blank=True, help_text="Where the form stood, if not on our own page.")
    hold_reason = models.CharField(max_length=300, blank=True, help_text="Why it is looked at before it is taken.")
    method = models.CharField(max_length=100, blank=True, help_text="The way to pay, as its owner knows it.")
    language = models.CharField(max_length=10, choices=settings.LANGUAGES, default="en")
    status = models.CharField(max_length=10, choices=Status, default=Status.BEGUN)
    processor = models.CharField(max_length=40)
    processor_ref = models.CharField(max_length=200, blank=True)
    retry_of = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="retries", help_text="The first try of this gift."
    )
    reference = models.CharField(max_length=20, unique=True, help_text="What the donor writes on a transfer.")
    checkout_url = models.CharField(max_length=1000, blank=True, help_text="The hosted page this gift was sent to.")
    problem = models.CharField(max_length=300, blank=True, help_text="Why it did not go through, in words for the donor.")
    created_at = models.DateTimeField()
    received_at = models.DateTimeField(null=True, blank=True)
    look_at = models.DateTimeField(null=True, blank=True, help_text="When its processor is asked next, while it is unfinished.")
    look_problem = models.CharField(max_length=300, blank=True, help_text="What went wrong at the last look, for the newsroom.")

    class Meta:
        ordering = ["-pk"]
        permissions = [("record_donation", "Can record, refund and settle gifts")]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="donation_is_positive"),
            models.CheckConstraint(condition=Q(covered__gte=0, covered__lt=F("amount")), name="donation_is_more_than_its_fee"),
            models.CheckConstraint(
                condition=Q(status="received", received_at__isnull=False) | (~Q(status="received") & Q(received_at=None)),
                name="received_donation_has_its_moment",
            ),
            models.UniqueConstraint(
                fields=["processor", "processor_ref"],
                condition=~Q(processor_ref=""),
                name="processor_reference_is_one_gift",
            ),
        ]
        indexes = [
            models.Index("campaign", F("received_at").desc(), condition=Q(status="received"), name="gifts_of_a_campaign"),
            models.Index("look_at", condition=Q(status__in=["begun", "held", "awaited"]), name="gifts_to_look_up"),
            models.Index("pledge", "received_at", condition=Q(status="received"), name="gifts_of_a_pledge"),
            models.Index(
                "article", "received_at", condition=Q(status="received", article__isnull=False), name="gifts_of_an_article"
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        """Where the donor comes back to: says how the gift stands. Known to the donor alone."""
        return reverse("campaigns:return", args=[self.token])

    @property
    def key(self) -> str:
        """The idempotency key sent out with everything that is asked of a processor for this gift."""
        return str(self.token)

    @property
    def is_received(self) -> bool:
        return self.status == self.Status.RECEIVED

    @property
    def is_ended(self) -> bool:
        """Refused or left: nothing was charged, and there may be another try."""
        return self.status in {self.Status.DECLINED, self.Status.CANCELLED}

    @property
    def first_try(self) -> int | None:
        """What another try after this one is a retry of; None when there is none to repeat."""
        return (self.retry_of_id or self.pk) if self.is_ended else None

    @property
    def is_unfinished(self) -> bool:
        return self.status in {self.Status.BEGUN, self.Status.HELD, self.Status.AWAITED}


class Instalment(models.Model):
    """A pledge's gift for one period, claimed before anybody is charged. `period` is the day it falls due."""

    class Status(models.TextChoices):
        CLAIMED = "claimed", "Claimed"
        ASKED = "asked", "Asked"  # the donor was asked by mail (cheque, transfer), or the answer is still out
        PAID = "paid", "Paid"
        FAILED = "failed", "Failed"
        SKIPPED = "skipped", "Skipped"  # so late that the next one was due too: never charged twice at once; or stopped

    pledge = models.ForeignKey(Pledge, on_delete=models.PROTECT, related_name="instalments")
    period = models.DateField()
    attempt = models.PositiveSmallIntegerField(default=0, help_text="How often it was tried again after a decline.")
    retry_on = models.DateField(null=True, blank=True, help_text="When it is tried again, by the newsroom's calendar.")
    needs_donor = models.BooleanField(default=False, help_text="The same way to pay is not tried again: its donor is asked.")
    donation = models.OneToOneField(Donation, null=True, on_delete=models.PROTECT, related_name="instalment")
    status = models.CharField(max_length=8, choices=Status, default=Status.CLAIMED)
    claimed_at = models.DateTimeField()
    asked_at = models.DateTimeField(null=True, blank=True, help_text="When its processor was asked; written before the call.")
    problem = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-period", "-pk"]
        constraints = [models.UniqueConstraint(fields=["pledge", "period"], name="pledge_is_due_once_a_period")]
        indexes = [
            models.Index("retry_on", condition=Q(retry_on__isnull=False), name="instalments_to_retry"),
            models.Index("period", include=["status", "pledge"], name="instalments_by_day"),
        ]

    def __str__(self) -> str:
        return f"{self.pledge_id} for {self.period}"
