from django.conf import settings
from django.db import models
from django.db.models import Q


class SavedFilter(models.Model):
    """A way to look at the list of articles, under a name: somebody's own, or for the whole desk."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=1000, help_text="As in the address, without the question mark.")
    shared = models.BooleanField(default=False)

    class Meta:
        ordering = ["shared", "name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["owner", "name"], name="filter_has_a_name_of_its_own"),
            models.CheckConstraint(condition=~Q(name="") & ~Q(query=""), name="filter_says_something"),
        ]
        indexes = [models.Index("name", condition=Q(shared=True), name="shared_filters")]

    def __str__(self) -> str:
        return self.name
