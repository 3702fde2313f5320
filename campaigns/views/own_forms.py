"""What donors type about themselves on their own page."""

from typing import Any

from babel.core import Locale
from django import forms

from campaigns.forms import LinkForm
from campaigns.models import Donor
from campaigns.wishes import DETAILS

NO_COUNTRIES = {"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"}
AS_IT_IS = ("", "Leave each as it is")


def countries() -> list[tuple[str, str]]:
    """ISO 3166 codes with their English names, by name."""
    named = [(code, name) for code, name in Locale("en").territories.items() if len(code) == 2 and code not in NO_COUNTRIES]
    return [("", "–"), *sorted(named, key=lambda one: one[1])]


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
        labels = {"tax_number": "Tax number", "language": "Language of mails and receipts", "region": "State or region"}
        labels |= {"wants_news": "Mail me news from the campaigns I gave to"}
        for name, label in labels.items():
            self.fields[name].label = label

    def clean(self) -> dict[str, Any]:
        """One line each: what has several could pass for more than one line of an address."""
        return {name: " ".join(value.split()) if isinstance(value, str) else value for name, value in self.cleaned_data.items()}


class ShownForm(forms.Form):
    """Three questions, each of which may be left as it is."""

    past = forms.ChoiceField(
        required=False,
        label="My gifts so far",
        choices=[AS_IT_IS, ("no", "Make all of them anonymous"), ("yes", "Show my name with all of them")],
    )
    future = forms.ChoiceField(
        required=False,
        label="Regular gifts to come",
        choices=[AS_IT_IS, ("no", "Make them anonymous"), ("yes", "Show my name")],
    )
    wall = forms.ChoiceField(
        required=False,
        label="The wall of donors",
        choices=[AS_IT_IS, ("no", "Take my name off it"), ("yes", "Put my name on it, where a campaign has one")],
    )

    def wish(self, name: str) -> bool | None:
        return {"yes": True, "no": False}.get(self.cleaned_data[name])


class AddressForm(LinkForm):
    """Another address to be known by."""
