from django.conf import settings
from django.db import models
from django.db.models import Q


class Masthead(models.Model):
    """What the newsroom calls itself. One row."""

    name = models.CharField(max_length=80, default="Newsroom")
    tagline = models.CharField(max_length=160, blank=True, help_text="One line under the name on the front page.")
    description = models.TextField(blank=True, help_text="For search engines and feeds: who you are, in two sentences.")
    footer = models.TextField(
        blank=True, help_text="Printed at the foot of every page: publisher, address, what the law asks for."
    )
    contact_email = models.EmailField(blank=True, help_text="Printed in the footer and used for security.txt.")
    language = models.CharField(max_length=10, choices=settings.LANGUAGES, default="en")

    class Meta:
        verbose_name = "masthead"
        verbose_name_plural = "masthead"
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="masthead_is_one_row")]

    def __str__(self) -> str:
        return self.name
