from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q

from articles.models.licences import LICENCES

SAID = ("alt", "caption", "credit", "licence")  # what a search of the library reads


def searched() -> SearchVector:
    return SearchVector(*SAID, config="newsroom_simple")


class Image(models.Model):
    """A picture in the library. `articles.images.receive` makes it; nothing else writes the file."""

    file = models.ImageField(upload_to="images/%Y/%m", width_field="width", height_field="height", max_length=200)
    width = models.PositiveIntegerField(editable=False)
    height = models.PositiveIntegerField(editable=False)
    sha256 = models.CharField(max_length=64, editable=False, unique=True)
    alt = models.CharField(
        "alternative text",
        max_length=500,
        blank=True,
        help_text="What a reader who cannot see the picture should be told. One sentence; leave empty only for pure ornament.",
    )
    caption = models.TextField(blank=True, help_text="Printed under the picture.")
    credit = models.CharField(max_length=200, blank=True, help_text="Who made it, and for whom: “Photo: Ana Ruiz / The Lamp”.")
    licence = models.CharField(
        max_length=200,
        blank=True,
        db_default="",
        help_text="Under what terms we may show it: one of those that are suggested, or in words of your own.",
    )
    licence_shown = models.BooleanField(
        "print the licence after the credit",
        default=False,
        db_default=False,
        help_text="Creative Commons licences ask for it.",
    )
    focal_x = models.PositiveSmallIntegerField(
        "focal point, from the left",
        default=50,
        validators=[MaxValueValidator(100)],
        help_text="In per cent of the width. Crops keep this point in sight.",
    )
    focal_y = models.PositiveSmallIntegerField(
        "focal point, from the top",
        default=50,
        validators=[MaxValueValidator(100)],
        help_text="In per cent of the height.",
    )
    # [{"shape": "card", "format": "avif", "width": 640, "height": 427, "name": "images/…"}]: what the worker has made so far.
    renditions = models.JSONField(default=list, editable=False)
    created_at = models.DateTimeField(auto_now_add=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, editable=False, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    sent_with = models.UUIDField(null=True, editable=False, unique=True)  # the key of the sending that brought it
    # Its look in 64 bits (decoding.dhash); 0: too plain to be known by its look; null: from before, a job fills it in.
    # The indexes over its four quarters stand in migration 0082.
    dhash = models.BigIntegerField(null=True, editable=False)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(focal_x__lte=100, focal_y__lte=100), name="focal_point_is_inside_the_image"),
        ]
        indexes = [
            GinIndex(searched(), name="pictures_by_words"),
            models.Index(F("id").desc(), condition=Q(alt=""), name="pictures_without_words"),
            models.Index("licence", F("id").desc(), name="pictures_by_licence"),
            models.Index("created_by", F("id").desc(), name="pictures_by_sender"),
            models.Index(F("created_at").desc(), F("id").desc(), name="pictures_by_day"),
            models.Index("id", condition=Q(dhash__isnull=True), name="pictures_not_looked_at"),
        ]

    def __str__(self) -> str:
        return self.alt[:80] or str(self.file).rsplit("/", 1)[-1]

    @property
    def printed_licence(self) -> str:
        """What readers see of the licence; nothing where the newsroom does not want it."""
        return self.licence if self.licence_shown else ""

    @property
    def licence_address(self) -> str:
        """Where the text of the printed licence stands, if anywhere."""
        return LICENCES.get(self.printed_licence, "")

    @property
    def credit_line(self) -> str:
        return " · ".join(words for words in (self.credit.strip(), self.printed_licence.strip()) if words)
