from django.conf import settings
from django.db import models
from django.db.models import F, Q


class Comment(models.Model):
    """What somebody at the desk said about an article. Only `articles.talking` writes them; a trigger keeps their words."""

    class Kind(models.TextChoices):
        SAID = "said", "said"
        RETURNED = "returned", "returned it to the writer"
        WANTED = "wanted", "asks for a correction"

    article = models.ForeignKey("articles.Article", on_delete=models.CASCADE, related_name="comments", db_index=False)
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.SAID)
    text = models.TextField()
    version = models.PositiveIntegerField(help_text="Which version of the article it was said of.")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, help_text="When a correction that was asked for was seen to.")
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["-pk"]
        default_permissions = ()  # who sees the article sees what was said of it
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="comment_says_something"),
            models.CheckConstraint(condition=Q(done_at=None) | Q(kind="wanted"), name="a_correction_is_seen_to"),
        ]
        indexes = [
            models.Index("article", F("id").desc(), name="comments_of_an_article"),
            models.Index("id", condition=Q(kind="wanted", done_at=None), name="corrections_due"),
        ]

    def __str__(self) -> str:
        return f"Comment {self.pk}"


class Unread(models.Model):
    """A comment that somebody it concerns has not seen yet. Gone once they look at the article."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)
    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="unread")
    mailed_at = models.DateTimeField(null=True, help_text="When it was told by mail as well: what was returned to its writer.")

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["user", "comment"], name="comment_is_told_once")]

    def __str__(self) -> str:
        return f"{self.comment_id} for {self.user_id}"
