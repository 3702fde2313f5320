from django.db import models


class PublishRule(models.Model):
    """What the administrator chose about one finding of `articles.checking`. No row: it warns."""

    code = models.CharField(max_length=40, unique=True)
    blocks = models.BooleanField(default=False, db_default=False, help_text="Nothing is published while this is found.")

    class Meta:
        verbose_name = "rule before publishing"
        verbose_name_plural = "rules before publishing"

    def __str__(self) -> str:
        return f"{self.code} {'blocks' if self.blocks else 'warns'}"
