from django.conf import settings
from django.db import models


class Presence(models.Model):
    """Somebody has the form of an article open. A browser says so again and again; who is not heard of is gone.

    `articles.presence` keeps them. Without a key: the form was just saved, and its next page has not spoken yet.
    """

    article = models.ForeignKey("articles.Article", on_delete=models.CASCADE, related_name="presences")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.UUIDField(null=True, help_text="Of the open form, as in Autosave.")
    since = models.DateTimeField()
    seen_at = models.DateTimeField()
    hidden = models.BooleanField(default=False, help_text="Its tab is behind others: the browser lets it speak once a minute.")
    took_over_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["article", "user", "key"], name="open_form_is_noted_once")]
        indexes = [models.Index("seen_at", name="seen_last")]

    def __str__(self) -> str:
        return f"{self.user_id} has {self.article_id} open"
