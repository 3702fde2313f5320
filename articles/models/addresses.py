from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

if TYPE_CHECKING:
    from articles.models import Article, Author, Section, Tag


class Came(models.TextChoices):
    CHANGED = "changed", "The address was changed"
    MERGED = "merged", "A tag was merged"
    IMPORTED = "imported", "It came with an import"
    BY_HAND = "by hand", "It was made by hand"


class FormerAddress(models.Model):
    """A path that once led to one of our pages (an earlier slug, an imported permalink). It answers 301.

    It leads to a row and never to a path, so there are no chains; that it is no page's address of today is what
    `articles.readdressing` and the desk's form see to, so there are no loops.
    """

    path = models.CharField(max_length=800, unique=True, help_text="As asked for, decoded: “/2019/05/harbour/” or “/?p=12”.")
    article = models.ForeignKey(
        "articles.Article", null=True, blank=True, on_delete=models.CASCADE, related_name="former_addresses"
    )
    tag = models.ForeignKey("articles.Tag", null=True, blank=True, on_delete=models.CASCADE, related_name="former_addresses")
    section = models.ForeignKey(
        "articles.Section", null=True, blank=True, on_delete=models.CASCADE, related_name="former_addresses"
    )
    author = models.ForeignKey(
        "articles.Author", null=True, blank=True, on_delete=models.CASCADE, related_name="former_addresses"
    )

    came = models.CharField(
        "how it came",
        max_length=8,
        choices=Came,
        blank=True,
        default="",
        db_default="",
        editable=False,
        help_text="Empty: from before anybody noted it.",
    )
    made_at = models.DateTimeField("since", null=True, editable=False, db_default=Now())

    class Meta:
        verbose_name_plural = "former addresses"
        constraints = [
            models.CheckConstraint(condition=Q(path__startswith="/"), name="former_address_is_a_path_of_ours"),
            models.CheckConstraint(
                condition=Q(article__isnull=False, tag=None, section=None, author=None)
                | Q(article=None, tag__isnull=False, section=None, author=None)
                | Q(article=None, tag=None, section__isnull=False, author=None)
                | Q(article=None, tag=None, section=None, author__isnull=False),
                name="former_address_leads_to_one_page",
            ),
        ]

    def __str__(self) -> str:
        return self.path

    def get_absolute_url(self) -> str:
        return self.page.get_absolute_url()

    @property
    def page(self) -> "Article | Tag | Section | Author":
        """What it leads to."""
        return self.article or self.tag or self.section or self.author  # type: ignore[return-value]
