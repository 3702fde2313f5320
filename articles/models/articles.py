from datetime import UTC, datetime
from functools import cache

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce, JSONObject
from taggit.managers import TaggableManager

from articles.models.taxonomy import Author, TaggedArticle
from articles.richtext import RichTextField
from newsroom.paths import path_to


class Status(models.TextChoices):
    DRAFT = "draft", "Draft"
    IN_REVIEW = "in_review", "In review"
    APPROVED = "approved", "Approved"
    SCHEDULED = "scheduled", "Scheduled"
    PUBLISHED = "published", "Published"
    WITHDRAWN = "withdrawn", "Withdrawn"


NEVER = datetime(9999, 12, 30, tzinfo=UTC)
# For the desk's list: an order that an index has, in which what is not published yet is newer than everything that is.
BY_PUBLICATION = Coalesce("published_at", models.Value(NEVER))

ONCE_PUBLIC = (Status.PUBLISHED, Status.WITHDRAWN)


CARD = ["headline", "slug", "teaser", "language", "published_at", "retracted_at", "source_outlet", "source_author"]
CARD += ["section__name", "section__slug"]
CARD += [f"lead_image__{name}" for name in ("file", "width", "height", "alt", "renditions")]


@cache  # nothing ever changes it
def signatures() -> ArraySubquery:
    bylines = Byline.objects.filter(article=models.OuterRef("pk")).order_by("position", "pk")
    return ArraySubquery(bylines.values(row=JSONObject(pk="author", name="author__name", slug="author__slug")))


class ArticleQuerySet(models.QuerySet["Article"]):
    def published(self) -> "ArticleQuerySet":
        """The one definition of public, newest first."""
        return self.filter(status=Status.PUBLISHED).order_by("-published_at", "-pk")

    def standing(self) -> "ArticleQuerySet":
        """What we offer to be read: published and not retracted. A retracted article keeps its address and its places in lists,
        but no front page, no digest and no other article leads to it."""
        return self.published().filter(retracted_at=None)

    def once_public(self) -> "ArticleQuerySet":
        """What readers see or have seen: its address answers for ever, with the article or with 410."""
        return self.filter(status__in=ONCE_PUBLIC)

    def let_out(self) -> "ArticleQuerySet":
        """What a publisher has approved: published, scheduled to be, or ready for it."""
        return self.filter(status__in=[Status.PUBLISHED, Status.SCHEDULED, Status.APPROVED])

    def due(self, *, at: datetime) -> "ArticleQuerySet":
        """What the clock is to publish, bring up to date or withdraw by then (`articles.scheduling`)."""
        return self.filter(Q(publish_at__lte=at) | Q(withdraw_at__lte=at))

    def with_signatures(self) -> "ArticleQuerySet":
        """`.signatures`, [{"pk": …, "name": …, "slug": …}] in the order of the byline, in the same query."""
        return self.annotate(signatures=signatures())

    def as_cards(self, *further: str) -> "ArticleQuerySet":
        """What a card in a list shows, and `further` columns: one query however many cards."""
        return self.select_related("section", "lead_image").with_signatures().only(*CARD, *further)

    def as_lines(self) -> "ArticleQuerySet":
        """What a headline with its date shows, and no more."""
        return self.only("headline", "slug", "published_at", "language", "retracted_at")


class Article(models.Model):  # type: ignore[django-manager-missing]  # taggit has no types: the plug-in cannot see `taggings`
    headline = models.CharField(max_length=250)
    slug = models.SlugField(
        max_length=200,
        unique=True,
        allow_unicode=True,
        help_text="The last part of the address. Changing it later keeps the old address working.",
    )
    standfirst = models.TextField(blank=True, help_text="One or two sentences between headline and text.")
    summary = models.TextField(
        blank=True,
        help_text="Up to about 100 words, for lists, feeds and the digest. Left empty, it is made from the text.",
    )
    body = RichTextField(blank=True)
    lead_image = models.ForeignKey("articles.Image", null=True, blank=True, on_delete=models.PROTECT, related_name="leads")
    section = models.ForeignKey("articles.Section", null=True, blank=True, on_delete=models.PROTECT, related_name="articles")
    authors = models.ManyToManyField(Author, through="articles.Byline", related_name="articles", blank=True)
    tags = TaggableManager(through=TaggedArticle, blank=True, help_text="Separate tags with commas.")
    language = models.CharField(max_length=10, choices=settings.LANGUAGES, default="en")

    source_outlet = models.CharField("outlet", max_length=160, blank=True, help_text="Who published it first.")
    source_author = models.CharField("author there", max_length=160, blank=True)
    source_url = models.URLField("original address", max_length=500, blank=True)
    source_licence = models.CharField(
        "licence", max_length=120, blank=True, help_text="For example “CC BY 4.0”, or “by permission”."
    )

    without_appeal = models.BooleanField(
        "no appeal for gifts",
        default=False,
        help_text="Where asking would hurt, as beside an obituary: then nothing on its page asks.",
    )

    status = models.CharField(max_length=12, choices=Status, default=Status.DRAFT, editable=False)
    # When the clock publishes it; of a published one, when the changes saved by then are.
    publish_at = models.DateTimeField(null=True, blank=True, editable=False)
    withdraw_at = models.DateTimeField(null=True, editable=False)
    embargo_until = models.DateTimeField(null=True, editable=False, help_text="Nobody publishes it before.")
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, editable=False, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    schedule_error = models.TextField(blank=True, editable=False)
    published_at = models.DateTimeField(null=True, blank=True, editable=False)
    updated_at = models.DateTimeField(null=True, blank=True, editable=False, help_text="When readers last got a changed text.")
    withdrawn_at = models.DateTimeField(null=True, blank=True, editable=False)
    # Since when readers are told not to rely on it; why stands in its Correction of the kind “retraction”.
    retracted_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True, editable=False)
    modified_at = models.DateTimeField(auto_now=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )

    # Drafts over what is live: `version` numbers the newest revision, `live_version` the one that readers see or saw last.
    version = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    live_version = models.PositiveIntegerField(null=True, editable=False)

    begun_with = models.UUIDField(
        null=True, unique=True, editable=False, help_text="Of the form it was sent with: the same form sent twice is one article."
    )

    # Derived by articles.writing.derive and articles.search.index whenever an article is kept.
    teaser = models.TextField(blank=True, editable=False)
    word_count = models.PositiveIntegerField(default=0, editable=False)
    search = SearchVectorField(null=True, editable=False)

    objects = ArticleQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        permissions = [
            ("publish_article", "Can publish, schedule, withdraw and restore articles"),
            ("edit_any_article", "Can change articles of others and published ones"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(slug=""), name="article_has_a_slug"),
            models.CheckConstraint(condition=~Q(headline=""), name="article_has_a_headline"),
            models.CheckConstraint(
                condition=~Q(status__in=["published", "withdrawn"]) | Q(published_at__isnull=False),
                name="published_article_has_its_moment",
            ),
            models.CheckConstraint(
                condition=Q(status="scheduled", publish_at__isnull=False)
                | Q(status="published")
                | (~Q(status__in=["scheduled", "published"]) & Q(publish_at=None)),
                name="scheduled_article_has_its_moment",
            ),
            models.CheckConstraint(
                condition=Q(withdraw_at=None) | Q(status__in=["scheduled", "published"]),
                name="what_comes_out_may_have_an_end",
            ),
            models.CheckConstraint(
                condition=Q(withdraw_at=None) | Q(publish_at=None) | Q(withdraw_at__gt=F("publish_at")),
                name="article_ends_after_it_is_published",
            ),
            models.CheckConstraint(
                condition=Q(embargo_until=None)
                | (
                    (Q(publish_at=None) | Q(publish_at__gte=F("embargo_until")))
                    & (Q(published_at=None) | Q(published_at__gte=F("embargo_until")))
                ),
                name="embargo_is_kept",
            ),
            models.CheckConstraint(
                condition=Q(updated_at=None) | Q(updated_at__gte=F("published_at")),
                name="article_is_updated_after_it_is_published",
            ),
            models.CheckConstraint(
                condition=Q(retracted_at=None) | Q(status__in=["published", "withdrawn"], retracted_at__gte=F("published_at")),
                name="only_what_readers_saw_is_retracted",
            ),
        ]
        indexes = [
            models.Index(
                F("published_at").desc(), F("id").desc(), condition=Q(status="published"), name="published_newest_first"
            ),
            models.Index(
                "section",
                F("published_at").desc(),
                F("id").desc(),
                condition=Q(status="published"),
                name="published_in_section",
            ),
            # By a function of migration 0010: the month in UTC.
            models.Index(
                models.Func(models.Value("latest"), "published_at", function="articles_bucket", output_field=models.DateField()),
                Coalesce("updated_at", "published_at").desc(),
                condition=Q(status="published"),
                name="changed_in_month",
            ),
            models.Index("publish_at", condition=Q(publish_at__isnull=False), name="due_next_first"),
            models.Index("withdraw_at", condition=Q(withdraw_at__isnull=False), name="withdrawn_next_first"),
            models.Index("assigned_to", F("id").desc(), condition=Q(assigned_to__isnull=False), name="assigned_newest_first"),
            GinIndex("search", condition=Q(status="published"), name="published_text"),
            GinIndex("search", condition=~Q(status="published"), name="unpublished_text"),
            models.Index("status", F("id").desc(), name="by_status_newest_first"),
            models.Index("section", F("id").desc(), name="by_section_newest_first"),
            models.Index("language", F("id").desc(), name="by_language_newest_first"),
            models.Index(BY_PUBLICATION.desc(), F("id").desc(), name="by_publication"),
        ]

    def __str__(self) -> str:
        return self.headline

    def get_absolute_url(self) -> str:
        return path_to("articles:article", self.slug)

    @property
    def is_public(self) -> bool:
        return self.status == Status.PUBLISHED

    @property
    def was_once_public(self) -> bool:
        return self.status in ONCE_PUBLIC

    @property
    def is_retracted(self) -> bool:
        return self.retracted_at is not None

    @property
    def asks_for_nothing(self) -> bool:
        """Nothing on its page asks for gifts."""
        return self.without_appeal or self.is_retracted

    @property
    def has_changes(self) -> bool:
        """Something is saved that readers do not see yet."""
        return self.was_once_public and self.live_version is not None and self.version > self.live_version

    @property
    def is_republished(self) -> bool:
        return bool(self.source_outlet or self.source_url)


class Byline(models.Model):
    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="bylines")
    author = models.ForeignKey(Author, on_delete=models.PROTECT, related_name="bylines")
    position = models.PositiveSmallIntegerField(default=0)
    # The article's, while it is public: triggers keep it (migration 0010), so that an author's page is one range of an index.
    published_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["article", "author"], name="author_signs_an_article_once")]
        indexes = [
            models.Index(
                "author",
                F("published_at").desc(),
                F("article").desc(),
                condition=Q(published_at__isnull=False),
                name="published_by_author",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.author_id} signs {self.article_id}"
