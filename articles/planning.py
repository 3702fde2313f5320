"""Form fields beside an article's text: they belong to buttons, and none is part of what is saved."""

from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminTextareaWidget
from django.contrib.auth.models import User
from django.utils import timezone

from articles import rules, talking
from articles.models import Article
from articles.moments import MomentField

WHEN = "Say when: choose a day and a time."
# button → the field it needs, and what is said where that is empty
NEEDED = {
    "_schedule": ("schedule_for", WHEN),
    "_schedule_changes": ("schedule_for", WHEN),
    "_withdraw_at": ("withdraw_for", WHEN),
    "_embargo": ("embargo_for", "Say until when: choose a day and a time."),
    "_comment": ("comment", "Write what you want to say."),
    "_sendback": ("comment", "Say what is to be done before you return it."),
}


class PersonField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return str(obj.get_full_name() or obj.get_username())


def writers() -> Any:
    """Who may have an article assigned."""
    backend = "django.contrib.auth.backends.ModelBackend"
    people = User.objects.with_perm("articles.change_article", backend=backend).filter(is_staff=True)
    return people.order_by("first_name", "last_name", "username")


class PlanningFields(forms.Form):
    instance: Article
    by: User | None

    schedule_for = MomentField(label="Publish at", required=False)
    withdraw_for = MomentField(label="Withdraw at", required=False)
    embargo_for = MomentField(label="Embargoed until", required=False)
    assign_to = PersonField(User.objects.none(), label="Assigned to", required=False, empty_label="Nobody")
    comment = forms.CharField(
        label="Comment",
        required=False,
        max_length=talking.LONGEST,
        widget=AdminTextareaWidget(attrs={"rows": 3}),
        help_text="For colleagues; readers never see it. It is kept with whatever button you press.",
    )

    def plan(self) -> None:
        """Fill in what stands in the article's row."""
        moments = {"schedule_for": "publish_at", "withdraw_for": "withdraw_at", "embargo_for": "embargo_until"}
        for name, column in moments.items():
            if name in self.fields:
                self.fields[name].help_text = f"In {timezone.get_current_timezone_name()} time."
                self.initial.setdefault(name, getattr(self.instance, column))
        if "assign_to" in self.fields and self.by and rules.may_publish(self.by):
            self.fields["assign_to"].queryset = writers()  # type: ignore[attr-defined]
            self.initial.setdefault("assign_to", self.instance.assigned_to_id)

    def refuse_buttons_without_their_field(self, cleaned: dict[str, Any]) -> None:
        for button, (name, sentence) in NEEDED.items():
            if button in self.data and name in cleaned and not cleaned[name]:
                self.add_error(name, sentence)
