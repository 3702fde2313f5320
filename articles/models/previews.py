from django.conf import settings
from django.db import models
from django.db.models import F, Q


class PreviewLink(models.Model):
    """An address by which somebody outside reads an article before it is out. `articles.sharing` makes and ends them."""

    article = models.ForeignKey("articles.Article", on_delete=models.CASCADE, related_name="preview_links", db_index=False)
    nonce = models.CharField(max_length=32, help_text="Part of what is signed: a key that is given again opens nothing.")
    made_for = models.CharField(max_length=100, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(null=True, help_text="When it was opened last.")
    openings = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-pk"]
        default_permissions = ()  # who may change the article makes and ends them
        constraints = [models.CheckConstraint(condition=Q(expires_at__gt=F("made_at")), name="preview_link_lasts")]
        indexes = [
            models.Index("article", F("id").desc(), name="preview_links_of_an_article"),
            models.Index("expires_at", name="preview_links_by_their_end"),
        ]

    def __str__(self) -> str:
        return f"Preview link {self.pk}"
