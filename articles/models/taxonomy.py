from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper
from taggit.models import ItemBase, TagBase

from newsroom.paths import path_to


class Section(models.Model):
    name = models.CharField(max_length=80, unique=True)
    slug = models.SlugField(max_length=80, unique=True, allow_unicode=True)
    description = models.TextField(blank=True, help_text="One or two sentences, shown at the top of the section's page.")
    position = models.PositiveSmallIntegerField(default=0, help_text="Lower numbers come first in the navigation.")
    in_navigation = models.BooleanField("in the navigation", default=True)

    class Meta:
        ordering = ["position", "name"]
        constraints = [models.CheckConstraint(condition=~Q(slug=""), name="section_has_a_slug")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return path_to("articles:section", self.slug)


class Author(models.Model):
    """Somebody who signs articles. Authors are not necessarily staff; `user` ties those who are to their sign-in."""

    name = models.CharField(max_length=160)
    slug = models.SlugField(max_length=160, unique=True, allow_unicode=True)
    bio = models.TextField(blank=True, help_text="A few sentences, shown on the author's page.")
    email = models.EmailField(blank=True, help_text="Shown on the author's page when filled in.")
    portrait = models.ForeignKey("articles.Image", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    user = models.OneToOneField(
        "auth.User",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="author",
        help_text="The sign-in of this author, if the author is staff.",
    )

    class Meta:
        ordering = ["name", "pk"]
        constraints = [models.CheckConstraint(condition=~Q(slug=""), name="author_has_a_slug")]
        indexes = [
            models.Index("name", "id", name="authors_by_name"),
            models.Index(OpClass(Upper("name"), "text_pattern_ops"), name="author_called"),  # iexact and istartswith
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return path_to("articles:author", self.slug)


class Tag(TagBase):
    description = models.TextField(blank=True, help_text="One or two sentences, shown at the top of the tag's page.")
    image = models.ForeignKey(
        "articles.Image",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name="picture",
        help_text="From the library; shown at the top of the tag's page.",
    )
    related = models.ManyToManyField(
        "self", blank=True, verbose_name="related tags", help_text="Readers of this tag's page are led to these, and back."
    )

    def slugify(self, tag: str, i: int | None = None) -> str:
        """Some characters become several in an address (½ → 1⁄2): cut where the column ends, with room for the number."""
        number = "" if i is None else f"_{i}"
        slug = super().slugify(tag)
        return slug[: 100 - len(number)] + number

    class Meta(TagBase.Meta):
        verbose_name = "tag"
        verbose_name_plural = "tags"
        ordering = ["name"]
        constraints = [models.CheckConstraint(condition=~Q(slug=""), name="tag_has_a_slug")]
        indexes = [models.Index(OpClass(Upper("name"), "text_pattern_ops"), name="tag_called")]  # iexact and istartswith

    def get_absolute_url(self) -> str:
        return path_to("articles:tag", self.slug)


class Synonym(models.Model):
    """Another name of a tag: who types it means the tag. No tag has the name, and no other synonym, whatever the capitals;
    triggers keep the two tables apart (migration 0085)."""

    name = models.CharField(max_length=100)
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="synonyms")

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(OpClass(Upper("name"), "text_pattern_ops"), name="synonym_means_one_tag"),
            models.CheckConstraint(condition=~Q(name=""), name="synonym_is_a_word"),
        ]

    def __str__(self) -> str:
        return self.name


class TaggedArticle(ItemBase):
    content_object = models.ForeignKey("articles.Article", on_delete=models.CASCADE, related_name="taggings")
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="taggings")
    # The article's, while it is public: triggers keep it (migration 0010), so that a tag's page is one range of an index.
    published_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tag", "content_object"], name="article_carries_a_tag_once")]
        indexes = [
            models.Index(
                "tag",
                F("published_at").desc(),
                F("content_object").desc(),
                condition=Q(published_at__isnull=False),
                name="published_with_tag",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.tag_id} on {self.content_object_id}"
