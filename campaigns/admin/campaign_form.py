"""What is typed into a campaign's form: money as people write it, kept in minor units."""

import re
from typing import Any

from babel.numbers import get_currency_name
from django import forms
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from campaigns import running, tax
from campaigns.admin.forms import WIDE, plain, sound
from campaigns.models import Campaign, MatchingPool, Rhythm
from newsroom import money

SINGLE = ["minimum", "minimum_monthly", "minimum_yearly", "default_once", "default_monthly", "default_yearly"]
LISTS = ["suggested_amounts", "suggested_monthly", "suggested_yearly"]
TYPED = {"goal", *SINGLE, *LISTS}
DEFAULTS = {"default_once": "once", "default_monthly": "monthly", "default_yearly": "yearly"}


class CurrencyInput(forms.TextInput):
    """A code to type, and what can be paid with by name to choose from."""

    def __init__(self) -> None:
        super().__init__(attrs={"list": "currencies", "size": 6, "autocomplete": "off", "spellcheck": "false"})

    def render(self, *args: Any, **kwargs: Any) -> SafeString:
        offered = ((code, get_currency_name(code, locale="en")) for code in sorted(money.TENDER))
        options = format_html_join("", '<option value="{}">{}</option>', offered)
        return format_html('{}<datalist id="currencies">{}</datalist>', super().render(*args, **kwargs), options)


def one_amount(label: str, help_text: str = "", **more: Any) -> forms.CharField:
    return forms.CharField(max_length=30, label=label, help_text=help_text, **more)


def amounts(label: str, **more: Any) -> forms.CharField:
    return forms.CharField(max_length=200, widget=WIDE, label=label, **more)


class CampaignForm(forms.ModelForm):
    goal = one_amount("Goal", "In the campaign’s currency, for example 40000; or how many donors, for example 500.")
    rhythms = forms.MultipleChoiceField(label="How often", choices=Rhythm, widget=forms.CheckboxSelectMultiple)
    suggested_amounts = amounts("Once: amounts", initial="10, 25, 50, 100")
    suggested_monthly = amounts("Monthly: amounts", required=False)
    suggested_yearly = amounts("Yearly: amounts", required=False)
    default_once = one_amount("Once: chosen at first", required=False)
    default_monthly = one_amount("Monthly: chosen at first", required=False)
    default_yearly = one_amount("Yearly: chosen at first", required=False)
    minimum = one_amount("Once: smallest gift", initial="1")
    minimum_monthly = one_amount("Monthly: smallest gift", required=False)
    minimum_yearly = one_amount("Yearly: smallest gift", required=False)
    tax_country = forms.ChoiceField(
        label="Tax receipt",
        choices=tax.choices,
        required=False,
        help_text="Asks donors who want such a receipt for what that country’s tax office wants to see on it.",
    )

    class Meta:
        model = Campaign
        fields = ["title", "slug", "call", "appeal", "story", "image", "thanks", "language", "currency", "starts_at", "ends_at"]
        fields += ["priority", "goal_kind", "rhythms", "takes_own_amount", "offers_fee_cover", "offers_tribute", "has_wall"]
        fields += ["asks_address", "tax_country", "goal", *SINGLE, *LISTS, "is_chosen", "sections", "tags", "has_bar"]
        help_texts = {
            "sections": "Asked for on their articles and lists, before all others. Without sections and tags: everywhere.",
            "tags": "The same for articles with these tags.",
            "is_chosen": "Asked for before the other open campaigns, whatever their priority; also beyond its sections and tags.",
        }
        widgets = {
            "call": forms.Textarea(attrs={"rows": 2, "class": "vLargeTextField"}),
            "appeal": forms.Textarea(attrs={"rows": 4, "class": "vLargeTextField"}),
            "currency": CurrencyInput,
            "goal_kind": forms.RadioSelect,
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        campaign = self.instance
        if not campaign.pk:
            this_minute = timezone.localtime().replace(second=0, microsecond=0)
            self.initial = {"starts_at": this_minute, "rhythms": [Rhythm.ONCE, Rhythm.MONTHLY], **self.initial}
            return
        self.initial["goal"] = as_typed(campaign.goal, "" if self._counts_donors(campaign.goal_kind) else campaign.currency)
        for name in SINGLE:
            self.initial[name] = as_typed(getattr(campaign, name), campaign.currency)
        for name in LISTS:
            self.initial[name] = ", ".join(plain(amount, campaign.currency) for amount in getattr(campaign, name))

    def clean_currency(self) -> str:
        currency = self.cleaned_data["currency"].strip().upper()
        if self.instance.pk and currency != self.initial["currency"] and self.instance.donations.exists():
            raise forms.ValidationError("Gifts have been made in the present currency: it cannot change any more.")
        return currency

    def clean_language(self) -> str:
        language: str = self.cleaned_data["language"]
        if self.instance.pk and self.instance.translations.filter(language=language).exists():
            raise forms.ValidationError("There is a translation into this language: delete it first.")
        return language

    def _get_validation_exclusions(self) -> set[str]:
        """A currency that was given in stays when its country has new money: the campaign can still be closed."""
        kept = self.instance.pk and self.cleaned_data.get("currency") == self.initial["currency"]
        usual: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]  # Django's own, which its stubs leave out
        return usual | {"currency"} if kept else usual

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        currency = values.get("currency")  # a wrong one has its own sentence
        for name in sorted(TYPED & values.keys()):
            self._convert(values, name, currency if currency in money.CURRENCIES else "EUR")
        self._check_defaults(values)
        starts_at, ends_at = values.get("starts_at"), values.get("ends_at")
        if starts_at and ends_at and ends_at <= starts_at:
            self.add_error("ends_at", "The end must come after the start.")
        if not self.errors and "_close" not in self.data:
            self._check_it_can_stay_open(values)
        return values

    def _check_defaults(self, values: dict[str, Any]) -> None:
        for name, rhythm in DEFAULTS.items():
            offered = values.get(f"suggested_{rhythm}") or values.get("suggested_amounts") or []
            if values.get(name) and values[name] not in offered:
                self.add_error(name, "Choose one of the amounts beside it.")

    def _check_it_can_stay_open(self, values: dict[str, Any]) -> None:
        """Nobody makes an open campaign one that could not open, or a planned one that cannot. An open one may be past
        its end for the minute until it is closed."""
        status = self.instance.status
        if self.instance.pk and status in {Campaign.Status.OPEN, Campaign.Status.PLANNED}:
            planned = status == Campaign.Status.PLANNED
            columns = {field.name for field in Campaign._meta.fields} - {"image", "slug"}
            known = {name: value for name, value in values.items() if name in columns}
            running.check(Campaign(**known), at=timezone.now() if planned else values["starts_at"])

    def _counts_donors(self, kind: str) -> bool:
        return kind == Campaign.GoalKind.DONORS

    def _convert(self, values: dict[str, Any], name: str, currency: str) -> None:
        typed = values[name]
        try:
            if name in LISTS:
                parts = [part for part in typed.split(",") if part.strip()]
                values[name] = list(dict.fromkeys(sound(money.parse(part, currency)) for part in parts))
            elif name == "goal" and self._counts_donors(values.get("goal_kind", "")):
                values[name] = number_of_donors(typed)
            else:
                values[name] = sound(money.parse(typed, currency)) if typed.strip() else None
        except ValueError as error:
            self.add_error(name, str(error))


class PoolForm(forms.ModelForm):
    """A sponsor's promise; the cap in the campaign's currency, which stands in the form above."""

    cap = one_amount("Up to", "The most that the sponsor adds, in the campaign’s currency.")

    class Meta:
        model = MatchingPool
        fields = ["sponsor", "numerator", "denominator", "cap", "starts_at", "ends_at", "donor", "note"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["cap"] = plain(self.instance.cap, self.instance.campaign.currency)

    def clean_cap(self) -> int:
        typed = self.data.get("currency", "") or getattr(self.instance.campaign, "currency", "")
        currency = typed.strip().upper()
        try:
            return sound(money.parse(self.cleaned_data["cap"], currency if currency in money.CURRENCIES else "EUR"))
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        starts_at, ends_at = values.get("starts_at"), values.get("ends_at")
        if starts_at and ends_at and ends_at <= starts_at:
            self.add_error("ends_at", "The end must come after the start.")
        for name in ("numerator", "denominator"):
            if values.get(name) == 0:
                self.add_error(name, "Type 1 or more.")
        return values


def as_typed(amount: int | None, currency: str) -> str:
    """Empty for none; a plain number without a currency."""
    if amount is None:
        return ""
    return plain(amount, currency) if currency else str(amount)


def number_of_donors(typed: str) -> int:
    """“500”, “1,500”, “1 500”. ValueError for everything else."""
    if not re.fullmatch(r"[0-9]{1,9}|[0-9]{1,3}([ .,’'][0-9]{3}){1,2}", typed.strip()):
        raise ValueError("Type how many donors there are to be, in figures, for example 500.")
    number = int(re.sub("[^0-9]", "", typed))
    if not number:
        raise ValueError("Type how many donors there are to be: one at least.")
    return number
