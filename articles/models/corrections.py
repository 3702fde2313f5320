from django.conf import settings
from django.db import models
from django.db.models import F, Q


class CorrectionQuerySet(models.QuerySet["Correction"]):
    def standing(self) -> "CorrectionQuerySet":
        """What readers are told of their articles today, the oldest first: not what was taken back or put otherwise since."""
        return self.filter(withdrawn_at=None).order_by("published_at", "pk")

    def listed(self) -> "CorrectionQuerySet":
        """What stands on the page of all corrections: of articles that readers can open."""
        return self.filter(withdrawn_at=None, article__status="published")

    def as_cards(self) -> "CorrectionQuerySet":
        """What a list shows: one query however many."""
        article = ("headline", "slug", "language", "retracted_at")
        return self.select_related("article").only("kind", "text", "published_at", *(f"article__{name}" for name in article))


class Correction(models.Model):
    """A dated note to readers about a published article. Only `articles.correcting` writes them; a trigger keeps their words.

    Nobody rewrites one: who puts it otherwise publishes another in its place, and this one is withdrawn.
    """

    class Kind(models.TextChoices):
        CORRECTION = "correction", "Correction"
        CLARIFICATION = "clarification", "Clarification"
        NOTE = "note", "Editor’s note"
        RETRACTION = "retraction", "Retraction"

    class Place(models.TextChoices):
        TOP = "top", "Above the text"
        BOTTOM = "bottom", "Under the text"

    article = models.ForeignKey("articles.Article", on_delete=models.CASCADE, related_name="corrections")
    kind = models.CharField(max_length=13, choices=Kind, default=Kind.CORRECTION)
    place = models.CharField(max_length=6, choices=Place, default=Place.BOTTOM)
    text = models.TextField()
    version = models.PositiveIntegerField(help_text="Which version of the article readers saw with it first.")
    published_at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    replaces = models.OneToOneField("self", null=True, on_delete=models.SET_NULL, related_name="replaced_by")
    withdrawn_at = models.DateTimeField(null=True, help_text="When readers saw it no more, or another in its place.")
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    objects = CorrectionQuerySet.as_manager()

    class Meta:
        default_permissions = ()  # who publishes articles publishes them
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="correction_says_something"),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | Q(withdrawn_at__gte=F("published_at")),
                name="correction_is_withdrawn_after_it_is_published",
            ),
            models.CheckConstraint(condition=~Q(kind="retraction") | Q(place="top"), name="retraction_stands_at_the_top"),
            models.UniqueConstraint(
                "article", condition=Q(kind="retraction", withdrawn_at=None), name="article_is_retracted_once"
            ),
        ]
        indexes = [
            models.Index(
                F("published_at").desc(), F("id").desc(), condition=Q(withdrawn_at=None), name="corrections_newest_first"
            ),
        ]

    def __str__(self) -> str:
        return f"Correction {self.pk}"

    def get_absolute_url(self) -> str:
        return f"{self.article.get_absolute_url()}#{self.anchor}"

    @property
    def anchor(self) -> str:
        return f"correction-{self.pk}"
