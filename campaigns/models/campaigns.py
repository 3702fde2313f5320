from collections.abc import Iterable
from datetime import datetime
from typing import Self

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from articles.richtext import RichTextField
from campaigns.models.asking import Place, in_turn
from campaigns.models.papers import LegalEntity
from newsroom import money
from newsroom.paths import path_to


def check_currency(code: str) -> None:
    """Money that donors have. Gold (XAU), test codes and past money are ISO codes too, and nobody can pay with them."""
    if code not in money.TENDER:
        raise ValidationError("Use the three-letter currency code of money that people pay with today, for example EUR or USD.")


def site_language() -> str:
    return settings.LANGUAGE_CODE


def once_and_monthly() -> list[str]:
    return ["once", "monthly"]


def first_entity() -> int | None:
    """The legal entity of a new campaign: the oldest."""
    return LegalEntity.objects.order_by("pk").values_list("pk", flat=True).first()


class Rhythm(models.TextChoices):
    """How often somebody gives. A pledge has every one but the first."""

    ONCE = "once", _("Once")
    MONTHLY = "monthly", _("Monthly")
    YEARLY = "yearly", _("Yearly")


class CampaignQuerySet(models.QuerySet["Campaign"]):
    def public(self, *, at: datetime | None = None) -> "CampaignQuerySet":
        """Campaigns that have a page at that moment, now by default: asking or thanking. One that is to open again keeps its
        page until then; one whose start has come has it, whether or not the verb has run yet."""
        at = at or timezone.now()
        again = Q(opened_at__isnull=False)
        begun = Q(starts_at__lte=at, schedule_error="") & (Q(ends_at=None) | Q(ends_at__gt=at))
        planned = Q(status=Campaign.Status.PLANNED) & (again | begun)
        return self.filter(planned | Q(status__in=[Campaign.Status.OPEN, Campaign.Status.CLOSED]))

    def on_its_way(self) -> "CampaignQuerySet":
        """Those that ask now or by the plan will, with what tells where: `.section_pks` and `.tag_pks`. There are few."""
        sections = Campaign.sections.through._default_manager.filter(campaign=OuterRef("pk")).order_by("section_id")
        tags = Campaign.tags.through._default_manager.filter(campaign=OuterRef("pk")).order_by("tag_id")
        return (
            self.filter(status__in=[Campaign.Status.OPEN, Campaign.Status.PLANNED])
            .annotate(section_pks=ArraySubquery(sections.values("section_id")), tag_pks=ArraySubquery(tags.values("tag_id")))
            .order_by("pk")
        )

    def asked_for(self, *, at: datetime, section: int | None = None, tags: Iterable[int] = ()) -> "list[Campaign]":
        """Campaigns that ask at that moment, the one that is asked for first: beside articles and on lists of that section
        and those tags (primary keys), or everywhere else. One query."""
        place = Place(frozenset({section} if section else ()), frozenset(tags))
        return in_turn(self.on_its_way(), place, at=at)


class Campaign(models.Model):
    class Status(models.TextChoices):
        DRAFT = "draft", "Draft"
        PLANNED = "planned", "Opens at its start"
        OPEN = "open", "Open"
        CLOSED = "closed", "Closed"

    class GoalKind(models.TextChoices):
        AMOUNT = "amount", "An amount of money"
        DONORS = "donors", "A number of donors"

    title = models.CharField(max_length=160)
    slug = models.SlugField(max_length=160, unique=True, allow_unicode=True)
    call = models.CharField(max_length=240, help_text="One or two sentences: the short call, shown on every page.")
    appeal = models.TextField(blank=True, help_text="The longer appeal, shown under articles. Plain text, a few sentences.")
    story = RichTextField(blank=True, help_text="What the money is for: the text of the campaign's own page.")
    image = models.ForeignKey("articles.Image", null=True, blank=True, on_delete=models.PROTECT, related_name="campaigns")
    goal_kind = models.CharField("goal is", max_length=8, choices=GoalKind, default=GoalKind.AMOUNT)
    goal = models.BigIntegerField(help_text="In minor units (cents), or the number of donors.")
    currency = models.CharField(max_length=3, default="EUR", validators=[check_currency])
    starts_at = models.DateTimeField("start")
    ends_at = models.DateTimeField("end", null=True, blank=True, help_text="Gifts are taken until this moment. Empty: no end.")
    suggested_amounts = ArrayField(models.BigIntegerField(), default=list, help_text="In minor units.")
    suggested_monthly = ArrayField(models.BigIntegerField(), default=list, blank=True, help_text="In minor units.")
    suggested_yearly = ArrayField(models.BigIntegerField(), default=list, blank=True, help_text="In minor units.")
    default_once = models.BigIntegerField(null=True, blank=True, help_text="In minor units. Empty: the middle one.")
    default_monthly = models.BigIntegerField(null=True, blank=True, help_text="In minor units. Empty: the middle one.")
    default_yearly = models.BigIntegerField(null=True, blank=True, help_text="In minor units. Empty: the middle one.")
    rhythms = ArrayField(
        models.CharField(max_length=8, choices=Rhythm), default=once_and_monthly, help_text="How often one may give."
    )
    takes_own_amount = models.BooleanField("another amount", default=True, help_text="Donors may type an amount of their own.")
    offers_fee_cover = models.BooleanField("cover the fee", default=True, help_text="Donors may add what the payment costs us.")
    offers_tribute = models.BooleanField(
        "tributes", default=False, help_text="Donors may give in honour or in memory of somebody."
    )
    has_wall = models.BooleanField("donor wall", default=False, help_text="Names of donors who agreed stand on a page of thanks.")
    minimum = models.BigIntegerField(default=100, help_text="The smallest gift taken, in minor units.")
    minimum_monthly = models.BigIntegerField(null=True, blank=True, help_text="In minor units. Empty: the same as once.")
    minimum_yearly = models.BigIntegerField(null=True, blank=True, help_text="In minor units. Empty: the same as once.")
    asks_address = models.BooleanField("postal address", default=False, help_text="Donors may add their address, if they like.")
    tax_country = models.CharField(
        max_length=2, blank=True, help_text="Ask for what the tax office of this country wants to see on a receipt."
    )
    thanks = RichTextField("thank-you text", blank=True, help_text="Shown after a gift and printed in the receipt mail.")
    priority = models.SmallIntegerField(default=0, help_text="Of several open campaigns the highest is the one asked for.")
    language = models.CharField(max_length=10, choices=settings.LANGUAGES, default=site_language)
    is_chosen = models.BooleanField(
        "ask for it now",
        default=False,
        help_text="Asked for before any other open campaign, wherever no narrower choice applies.",
    )
    sections = models.ManyToManyField("articles.Section", blank=True, related_name="+", help_text="Asked for on their articles.")
    tags = models.ManyToManyField(
        "articles.Tag", blank=True, related_name="+", help_text="Asked for on articles with these tags."
    )
    has_bar = models.BooleanField("bar", default=False, help_text="Also ask by a quiet bar at the top of every page.")
    status = models.CharField(max_length=10, choices=Status, default=Status.DRAFT, editable=False)
    opened_at = models.DateTimeField(null=True, blank=True, editable=False)
    closed_at = models.DateTimeField(null=True, blank=True, editable=False)
    entity = models.ForeignKey(
        LegalEntity,
        default=first_entity,
        on_delete=models.PROTECT,
        related_name="campaigns",
        verbose_name="legal entity",
        help_text="Whom the gifts go to by law: it issues the receipts.",
    )
    schedule_error = models.CharField(
        max_length=300, blank=True, editable=False, help_text="Why it could not open or close by itself."
    )
    created_at = models.DateTimeField(auto_now_add=True, editable=False)

    section_pks: list[int]  # annotated by `on_its_way`
    tag_pks: list[int]

    objects = CampaignQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(slug=""), name="campaign_has_a_slug"),
            models.CheckConstraint(condition=Q(goal__gt=0), name="campaign_goal_is_positive"),
            models.CheckConstraint(condition=Q(minimum__gt=0), name="campaign_minimum_is_positive"),
            models.CheckConstraint(
                condition=Q(minimum_monthly=None) | Q(minimum_monthly__gt=0), name="campaign_monthly_minimum_is_positive"
            ),
            models.CheckConstraint(
                condition=Q(minimum_yearly=None) | Q(minimum_yearly__gt=0), name="campaign_yearly_minimum_is_positive"
            ),
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gt=F("starts_at")), name="campaign_ends_after_it_starts"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return path_to("campaigns:campaign", self.slug)

    @property
    def is_open(self) -> bool:
        return self.status == self.Status.OPEN

    def has_page_at(self, at: datetime) -> bool:
        """Whether it is one of the `public()` ones."""
        opens_again = self.status == self.Status.PLANNED and self.opened_at is not None
        return opens_again or self.status_at(at) in {self.Status.OPEN, self.Status.CLOSED} or self.status == self.Status.OPEN

    def status_at(self, at: datetime) -> str:
        """Start and end are obeyed to the second: what the status says once the verbs have run that the clock calls for."""
        if self.status not in {self.Status.OPEN, self.Status.PLANNED}:
            return self.status
        was_open = self.status == self.Status.OPEN or self.opened_at is not None
        if self.ends_at and self.ends_at <= at:
            return self.Status.CLOSED if was_open else self.status
        if self.starts_at > at or (self.status == self.Status.PLANNED and self.schedule_error):
            return self.Status.PLANNED
        return self.Status.OPEN

    def turns_at(self, at: datetime) -> datetime | None:
        """When `status_at` will be another one; None: not by the clock."""
        moments = sorted(moment for moment in (self.starts_at, self.ends_at) if moment and moment > at)
        return next((moment for moment in moments if self.status_at(moment) != self.status_at(at)), None)

    def by_the_clock(self, *, at: datetime) -> Self:
        """As readers see it at that moment. For showing, never for saving."""
        status = self.status_at(at)
        if status == self.Status.CLOSED:
            self.closed_at = self.closed_at or self.ends_at
        self.status = status
        return self

    def suggested(self, rhythm: str) -> list[int]:
        """The amounts that stand there to choose from, in minor units: those of giving once where a rhythm has none."""
        own = {Rhythm.MONTHLY: self.suggested_monthly, Rhythm.YEARLY: self.suggested_yearly}.get(Rhythm(rhythm))
        return list(own or self.suggested_amounts)

    def first_choice(self, rhythm: str) -> int | None:
        """The one of them that is chosen at first: the default, or the middle one."""
        offered = self.suggested(rhythm)
        default: int | None = getattr(self, f"default_{Rhythm(rhythm)}")
        return default if default in offered else offered[(len(offered) - 1) // 2] if offered else None

    def least(self, rhythm: str) -> int:
        """The smallest gift of a rhythm, in minor units."""
        own = {Rhythm.MONTHLY: self.minimum_monthly, Rhythm.YEARLY: self.minimum_yearly}.get(Rhythm(rhythm))
        return own or self.minimum

    def takes_gifts(self, *, at: datetime) -> bool:
        """Obeyed to the second, whether or not the opening or closing verb has run yet."""
        return self.status_at(at) == self.Status.OPEN
