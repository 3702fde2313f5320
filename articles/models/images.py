from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q


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

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(focal_x__lte=100, focal_y__lte=100), name="focal_point_is_inside_the_image"),
        ]

    def __str__(self) -> str:
        return self.alt[:80] or str(self.file).rsplit("/", 1)[-1]
