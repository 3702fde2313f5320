"""What a donor changes about a pledge, as it is typed on their own page."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from campaigns import steering
from campaigns.models import Pledge
from newsroom import money

DAYS = [(str(day), f"{day}.") for day in range(1, 32)]


def months() -> list[tuple[str, str]]:
    return [
        (str(n), ngettext("{number} month", "{number} months", n).format(number=n)) for n in range(1, steering.LONGEST_REST + 1)
    ]


class PledgeForm(forms.Form):
    """One deed at a time: which one says the button. Only what belongs to it is looked at."""

    amount = forms.CharField(required=False, max_length=30)
    day = forms.TypedChoiceField(
        required=False, choices=DAYS, coerce=int, error_messages={"invalid_choice": lazy("Choose a day.")}
    )
    months = forms.TypedChoiceField(
        required=False, choices=months, coerce=int, error_messages={"invalid_choice": lazy("Choose how long.")}
    )

    def __init__(self, pledge: Pledge, data: Any = None, *, deed: str = "") -> None:
        self.pledge, self.deed = pledge, deed
        super().__init__(data, initial={"day": str(pledge.day), "months": "1"}, auto_id=f"pledge-{pledge.pk}-%s")

    def clean_amount(self) -> int | None:
        if self.deed not in {"amount", "lower"}:
            return None
        try:
            return money.parse(self.cleaned_data["amount"], self.pledge.currency)
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        wanted = {"day": _("Choose a day."), "months": _("Choose how long.")}
        field = {"day": "day", "rest": "months"}.get(self.deed)
        if field and field not in self.errors and not values.get(field):
            self.add_error(field, wanted[field])
        return values
