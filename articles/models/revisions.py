from django.conf import settings
from django.db import models
from django.db.models import Q


class Revision(models.Model):
    """What an article said when somebody saved it. `articles.drafting` makes them; nothing changes one afterwards."""

    article = models.ForeignKey("articles.Article", on_delete=models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    content = models.JSONField()  # articles.contents.Content.as_json
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", help_text="None: the newsroom itself."
    )
    at = models.DateTimeField()
    note = models.CharField(max_length=200, blank=True)
    form = models.UUIDField(null=True, help_text="Key of the form it was typed into: what comes late of it is here.")

    class Meta:
        ordering = ["-number"]
        indexes = [models.Index("form", condition=Q(form__isnull=False), name="revision_of_a_form")]
        constraints = [
            models.UniqueConstraint(fields=["article", "number"], name="revision_is_numbered_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="revision_counts_from_one"),
        ]

    def __str__(self) -> str:
        return f"Version {self.number}"


class Autosave(models.Model):
    """What somebody typed and did not save: one row for each form that is open, written over every few seconds.

    A form is known by the key its page was opened with; it has an article once that was saved for the first time.
    `typed` are the form's fields as a browser would send them, right or wrong.
    """

    key = models.UUIDField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    article = models.ForeignKey("articles.Article", null=True, on_delete=models.CASCADE, related_name="autosaves")
    version = models.PositiveIntegerField(help_text="Of the article, when the form was opened.")
    typed = models.JSONField()
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="form_is_kept_once")]
        indexes = [models.Index("article", "user", name="kept_forms_of_an_article")]

    def __str__(self) -> str:
        return f"What {self.user_id} typed into {self.article_id or 'a new article'}"


class EndedForm(models.Model):
    """A form that was saved: what is still on its way from its page must not bring it back as words that wait."""

    key = models.UUIDField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    ended_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="form_ends_once")]

    def __str__(self) -> str:
        return f"A form of {self.user_id}, saved"
