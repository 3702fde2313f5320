from django.conf import settings
from django.db import models

from articles.richtext import RichTextField
from campaigns.models.campaigns import Campaign


class CampaignTranslation(models.Model):
    """A campaign in another language than its own, with a page of its own. What is left empty is said in the campaign's."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="translations")
    language = models.CharField(max_length=10, choices=settings.LANGUAGES)
    title = models.CharField(max_length=160)
    call = models.CharField(max_length=240, help_text="One or two sentences: the short call.")
    appeal = models.TextField(blank=True, help_text="The longer appeal. Plain text, a few sentences.")
    story = RichTextField(blank=True, help_text="What the money is for. Empty: the text in the campaign’s own language.")
    thanks = RichTextField("thank-you text", blank=True, help_text="Empty: the text in the campaign’s own language.")

    class Meta:
        ordering = ["language"]
        verbose_name = "translation"
        constraints = [
            models.UniqueConstraint(fields=["campaign", "language"], name="campaign_speaks_a_language_once"),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.get_language_display()})"
