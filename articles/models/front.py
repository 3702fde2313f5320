from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

MOST_ENTRIES = 12


class FrontPage(models.Model):
    """An arrangement of the front page. Those that readers saw are numbered, the newest of them is live; the one without a
    number is the draft that editors work on, whose `version` counts their changes. Without slots the page arranges itself."""

    number = models.PositiveIntegerField(null=True, editable=False)
    at = models.DateTimeField(null=True, editable=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, editable=False, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    version = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = "front page"
        verbose_name_plural = "front page"
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["number"], nulls_distinct=False, name="front_page_has_one_draft"),
        ]

    def __str__(self) -> str:
        return f"Front page {self.number}" if self.number else "Front page, draft"


class Place(models.TextChoices):
    LEAD = "lead", "Lead"
    SECOND = "second", "Second"
    STRIP = "strip", "Strip"


class Slot(models.Model):
    """A place on the front page. An article that an editor chose stands in it while it may, until its end if it has one."""

    front = models.ForeignKey(FrontPage, on_delete=models.CASCADE, related_name="slots", db_index=False)
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=6, choices=Place)
    article = models.ForeignKey("articles.Article", null=True, on_delete=models.SET_NULL, related_name="+")
    until = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    # Of a strip: what it is filled from, with how many stories, under which title.
    section = models.ForeignKey("articles.Section", null=True, on_delete=models.CASCADE, related_name="+")
    tag = models.ForeignKey("articles.Tag", null=True, on_delete=models.CASCADE, related_name="+")
    entries = models.PositiveSmallIntegerField(default=1, validators=[MinValueValidator(1), MaxValueValidator(MOST_ENTRIES)])
    title = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["front", "position"], name="slot_has_its_place"),
            models.UniqueConstraint(fields=["front"], condition=Q(kind="lead"), name="front_page_has_one_lead"),
            models.UniqueConstraint(fields=["front", "article"], condition=Q(ended_at=None), name="article_stands_in_one_slot"),
            models.CheckConstraint(
                condition=Q(kind="strip", section__isnull=False, tag=None)
                | Q(kind="strip", section=None, tag__isnull=False)
                | Q(kind__in=["lead", "second"], section=None, tag=None),
                name="strip_is_of_a_section_or_a_tag",
            ),
            models.CheckConstraint(condition=Q(entries__range=(1, MOST_ENTRIES)), name="strip_has_some_entries"),
        ]
        indexes = [
            models.Index("until", condition=Q(until__isnull=False, ended_at=None), name="pin_that_ends_next_first"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of the front page"
