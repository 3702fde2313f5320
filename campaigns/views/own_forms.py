"""What donors type about themselves on their own page."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as lazy

from campaigns.forms import LinkForm
from campaigns.models import Donor
from campaigns.particulars import countries as countries_in
from campaigns.wishes import DETAILS
from newsroom import tongues

AS_IT_IS = ("", lazy("Leave each as it is"))


def countries() -> list[tuple[str, str]]:
    """ISO 3166 codes with their names in the language that is spoken, by name."""
    return [("", "–"), *countries_in(tongues.manner())]


def languages() -> list[tuple[str, str]]:
    """Each by its own name for itself."""
    return [(code, get_language_info(code)["name_local"].capitalize()) for code, _name in settings.LANGUAGES]


LABELS = {
    "name": lazy("Name"),
    "street": lazy("Street, number"),
    "postcode": lazy("Postcode"),
    "city": lazy("Town"),
    "region": lazy("State or region"),
    "country": lazy("Country"),
    "tax_number": lazy("Tax number"),
    "language": lazy("Language of mails and receipts"),
    "wants_news": lazy("Mail me news from the campaigns I gave to"),
}


class DetailsForm(forms.ModelForm):
    country = forms.ChoiceField(choices=countries, required=False)

    class Meta:
        model = Donor
        fields = DETAILS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        completions = {"name": "name", "street": "street-address", "postcode": "postal-code", "city": "address-level2"}
        completions |= {"region": "address-level1", "country": "country"}
        for name, token in completions.items():
            self.fields[name].widget.attrs["autocomplete"] = token
        for name, label in LABELS.items():
            self.fields[name].label = label
        self.fields["language"].choices = languages()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """One line each: what has several could pass for more than one line of an address."""
        return {name: " ".join(value.split()) if isinstance(value, str) else value for name, value in self.cleaned_data.items()}


class ShownForm(forms.Form):
    """Three questions, each of which may be left as it is."""

    past = forms.ChoiceField(
        required=False,
        label=lazy("My gifts so far"),
        choices=[AS_IT_IS, ("no", lazy("Make all of them anonymous")), ("yes", lazy("Show my name with all of them"))],
    )
    future = forms.ChoiceField(
        required=False,
        label=lazy("Regular gifts to come"),
        choices=[AS_IT_IS, ("no", lazy("Make them anonymous")), ("yes", lazy("Show my name"))],
    )
    wall = forms.ChoiceField(
        required=False,
        label=lazy("The wall of donors"),
        choices=[AS_IT_IS, ("no", lazy("Take my name off it")), ("yes", lazy("Put my name on it, where a campaign has one"))],
    )

    def wish(self, name: str) -> bool | None:
        return {"yes": True, "no": False}.get(self.cleaned_data[name])


class AddressForm(LinkForm):
    """Another address to be known by."""
