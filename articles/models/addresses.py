from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from articles.models import Article, Author, Section, Tag


class FormerAddress(models.Model):
    """A path that once led to one of our pages (an earlier slug, an imported permalink). It answers 301."""

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
