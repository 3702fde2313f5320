from django.db import models
from django.db.models import Q


class PartnerHost(models.Model):
    """A site that may show our give form in a frame. Nobody else may: browsers refuse it."""

    host = models.CharField(
        max_length=259,
        unique=True,
        help_text="As it stands in the browser's address line, for example news.example.org. Each host by itself: "
        "example.org does not include www.example.org.",
    )
    name = models.CharField(max_length=160, blank=True, help_text="Who that is, for the newsroom.")
    created_at = models.DateTimeField(auto_now_add=True, editable=False)

    class Meta:
        ordering = ["host"]
        verbose_name = "partner site"
        constraints = [
            models.CheckConstraint(condition=Q(host__regex=r"^[a-z0-9.-]+(:[0-9]{1,5})?$"), name="partner_host_is_a_host")
        ]

    def __str__(self) -> str:
        return self.host
