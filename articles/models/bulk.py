from django.conf import settings
from django.db import models
from django.db.models import Q


class BulkDeed(models.Model):
    """One thing done to many articles. `articles.bulk` makes, begins, runs and undoes it."""

    class Kind(models.TextChoices):
        PUBLISH = "publish", "Publish now"
        WITHDRAW = "withdraw", "Withdraw"
        HAND_IN = "hand_in", "Hand in for review"
        APPROVE = "approve", "Approve"
        ADD_TAG = "add_tag", "Add a tag"
        REMOVE_TAG = "remove_tag", "Take a tag away"
        SECTION = "section", "Move to another section"

    kind = models.CharField(max_length=10, choices=Kind)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    made_at = models.DateTimeField()
    tag = models.CharField(max_length=100, blank=True)
    section = models.ForeignKey("articles.Section", null=True, on_delete=models.SET_NULL, related_name="+")
    begun_at = models.DateTimeField(null=True, help_text="Empty: it waits for somebody to say yes.")
    done_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    undo_begun_at = models.DateTimeField(null=True)
    undo_done_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(undo_begun_at=None) | Q(done_at__isnull=False), name="deed_is_undone_after_it_is_done"
            ),
        ]
        indexes = [
            models.Index("made_at", condition=Q(begun_at=None), name="deeds_nobody_began"),
            models.Index("by", models.F("id").desc(), name="deeds_of_somebody"),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


class BulkItem(models.Model):
    """One article of a deed, in the order of the list it was ticked in."""

    class Outcome(models.TextChoices):
        WAITING = "waiting"
        DONE = "done"
        SAME = "same", "left as it was"
        REFUSED = "refused"
        UNDONE = "undone"
        KEPT = "kept", "not undone"

    deed = models.ForeignKey(BulkDeed, on_delete=models.CASCADE, related_name="items")
    article = models.ForeignKey("articles.Article", on_delete=models.CASCADE, related_name="+")
    outcome = models.CharField(max_length=7, choices=Outcome, default=Outcome.WAITING)
    reason = models.CharField(max_length=500, blank=True)
    before = models.JSONField(default=dict, help_text="What an undo brings back, of the text readers see and of the newest one.")
    after = models.JSONField(
        default=dict, help_text="The article's status and version when it was done: nobody changed it since."
    )

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["deed", "article"], name="deed_is_done_to_an_article_once")]
        indexes = [models.Index("deed", "outcome", "id", name="items_of_a_deed")]

    def __str__(self) -> str:
        return f"{self.article_id}: {self.get_outcome_display()}"
