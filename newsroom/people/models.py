from django.contrib.auth.models import Group
from django.db import models
from django.db.models import Q


class Invitation(models.Model):
    """Somebody who was asked to work here. The link in the mail names this row and its round; it opens once."""

    email = models.EmailField(max_length=254)  # its domain in small letters: newsroom.addresses.clean
    first_name = models.CharField(max_length=150, blank=True)
    last_name = models.CharField(max_length=150, blank=True)
    groups = models.ManyToManyField(Group, related_name="+")
    invited_by = models.ForeignKey("auth.User", null=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField()
    round = models.PositiveIntegerField(default=1, help_text="Counted up when the mail is sent again: former links end.")
    expires_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    person = models.OneToOneField("auth.User", null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["-pk"]
        default_permissions = ()  # who adds people invites them
        constraints = [
            models.UniqueConstraint(
                models.functions.Lower("email"),
                condition=Q(withdrawn_at=None, accepted_at=None),
                name="somebody_is_invited_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | Q(accepted_at=None), name="a_withdrawn_invitation_is_not_accepted"
            ),
        ]

    def __str__(self) -> str:
        return f"invitation {self.pk}"

    @property
    def is_open(self) -> bool:
        return self.withdrawn_at is None and self.accepted_at is None
