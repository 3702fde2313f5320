"""What a give form asks beside the gift: a dedication, an address, what a tax office wants to see."""

from functools import cache
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from campaigns import tax
from campaigns.models import Campaign
from newsroom import money, tongues

ADDRESS = ("street", "postcode", "city", "region", "country")
TRIBUTES = [("honour", lazy("In honour of")), ("memory", lazy("In memory of"))]
MISSING = {
    "full_name": lazy("The receipt needs your full name: first name and last name."),
    "name": lazy("The receipt needs your name."),
    "street": lazy("The receipt needs your street and number."),
    "postcode": lazy("The receipt needs your postcode."),
    "city": lazy("The receipt needs your town."),
}


@cache
def countries(language: str) -> list[tuple[str, str]]:
    """The countries of the world by name; CLDR lists groups of them and tests too."""
    names = money.locale_of(language).territories
    known = [(code, name) for code, name in names.items() if len(code) == 2 and code.isalpha() and code not in NO_COUNTRIES]
    return sorted(known, key=lambda country: country[1])


NO_COUNTRIES = {"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"}


class ParticularsForm(forms.Form):
    """Each part is asked for only where the campaign says so; what comes of it all the same is not looked at."""

    campaign: Campaign
    cleaned_data: dict[str, Any]

    tribute = forms.ChoiceField(
        required=False,
        choices=TRIBUTES,
        initial="honour",
        error_messages={"invalid_choice": lazy("Choose in honour or in memory.")},
    )
    tribute_name = forms.CharField(required=False, max_length=160)
    wants_tax = forms.BooleanField(required=False)
    street = forms.CharField(required=False, max_length=200)
    postcode = forms.CharField(required=False, max_length=20)
    city = forms.CharField(required=False, max_length=100)
    region = forms.CharField(required=False, max_length=100)
    country = forms.CharField(required=False)
    tax_number = forms.CharField(required=False, max_length=40)

    @property
    def rules(self) -> tax.Rules | None:
        """What the campaign's tax office wants to know of a donor, if anything."""
        rules = tax.rules_for(self.campaign.tax_country)
        return rules if rules and rules.wish else None

    @property
    def asks_address(self) -> bool:
        return self.campaign.asks_address or self.rules is not None

    @property
    def countries(self) -> list[tuple[str, str]]:
        return countries(tongues.manner())

    @property
    def chosen_country(self) -> str:
        return str(self["country"].value() or self.campaign.tax_country)

    @property
    def particulars_are_open(self) -> bool:
        """Whether the part of the form that asks for them stands open: something is in it, or wrong with it."""
        names = ["wants_tax", "tax_number", *ADDRESS[:4]]
        return any(self[name].value() or self[name].errors for name in names) or bool(self["country"].errors)

    def clean_tribute_name(self) -> str:
        return " ".join(self.cleaned_data["tribute_name"].split())

    def clean_country(self) -> str:
        country: str = self.cleaned_data["country"].upper()
        if country and country not in dict(self.countries):
            raise forms.ValidationError(_("Choose a country from the list."))
        return country

    def check_particulars(self, values: dict[str, Any]) -> None:
        """Whether a receipt can be made as its tax office wants it, for those who want one."""
        rules = self.rules
        if rules is None or not values.get("wants_tax"):
            return
        for name in rules.needs:
            if not _is_there(name, values) and (field := FIELDS.get(name, name)) not in self.errors:
                self.add_error(field, MISSING.get(name) or _("The receipt needs your {number}.").format(number=_(rules.number)))
        at_home = values.get("country") in {"", self.campaign.tax_country}
        checks = {"tax_number": rules.check_number, "postcode": rules.check_postcode if at_home else None}
        for name, check in checks.items():
            if check and values.get(name):
                try:
                    values[name] = check(values[name])
                except ValueError as error:
                    self.add_error(name, str(error))

    def tribute_values(self) -> dict[str, Any]:
        """For `Gift`."""
        values = self.cleaned_data
        if not self.campaign.offers_tribute or not values["tribute_name"]:
            return {}
        return {"tribute": values["tribute"] or "honour", "tribute_name": values["tribute_name"]}

    def tax_values(self, organisation: str) -> dict[str, Any]:
        """For `Gift`: the address, and what the tax office wants to know besides."""
        values, country = self.cleaned_data, self.campaign.tax_country
        told: dict[str, Any] = {}
        address = {name: values[name] for name in ADDRESS if values[name]} if self.asks_address else {}
        if address.keys() - {"country"}:  # which is chosen from the start
            told["address"] = address
        rules = tax.rules_for(country)
        if rules is None or (rules.wish and not values["wants_tax"]):
            return told
        told["tax"] = {"country": country}
        if rules.declaration:
            told["tax"]["declaration"] = rules.declaration.format(organisation=organisation)
            told["gift_aid"] = True
        if rules.number and values["tax_number"]:
            told["address"] = told.get("address", {}) | {"tax_number": values["tax_number"]}
        return told


FIELDS = {"full_name": "name"}


def _is_there(name: str, values: dict[str, Any]) -> bool:
    if name == "full_name":
        return len((values.get("name") or "").split()) > 1
    return bool(values.get(name))
