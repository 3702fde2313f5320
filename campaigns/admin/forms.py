"""What fundraisers type: amounts in the currency's own figures, days as days."""

from datetime import date, datetime, time
from typing import Any
from uuid import uuid4

from babel.numbers import get_currency_name
from django import forms
from django.contrib.admin.widgets import AdminTextInputWidget
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from campaigns import running
from campaigns.giving import MAXIMUM
from campaigns.models import Campaign
from newsroom import addresses, money

EARLIEST = date(2000, 1, 1)
AMOUNTS = {"goal": "the goal", "minimum": "the smallest gift"}
LISTS = ["suggested_amounts", "suggested_monthly"]
WIDE = AdminTextInputWidget()


class CurrencyInput(forms.TextInput):
    """A code to type, and what can be paid with by name to choose from."""

    def __init__(self) -> None:
        super().__init__(attrs={"list": "currencies", "size": 6, "autocomplete": "off", "spellcheck": "false"})

    def render(self, *args: Any, **kwargs: Any) -> SafeString:
        offered = ((code, get_currency_name(code, locale="en")) for code in sorted(money.TENDER))
        options = format_html_join("", '<option value="{}">{}</option>', offered)
        return format_html('{}<datalist id="currencies">{}</datalist>', super().render(*args, **kwargs), options)


class CampaignForm(forms.ModelForm):
    """Money is typed as people write it and kept in minor units."""

    goal = forms.CharField(max_length=30, help_text="In the campaign's currency, for example 40000.")
    minimum = forms.CharField(max_length=30, label="Smallest gift", initial="1")
    suggested_amounts = forms.CharField(
        max_length=200,
        widget=WIDE,
        initial="10, 25, 50, 100",
        help_text="Separated by commas; decimals with a point: 10, 25, 50.",
    )
    suggested_monthly = forms.CharField(
        max_length=200, widget=WIDE, required=False, label="Suggested each month", help_text="Empty: the same as above."
    )

    class Meta:
        model = Campaign
        fields = ["title", "slug", "call", "appeal", "story", "image", "thanks", "currency", "starts_at", "ends_at", "priority"]
        fields += [*AMOUNTS, *LISTS, "is_chosen", "sections", "tags", "has_bar", "has_wall"]
        help_texts = {
            "sections": "Asked for on their articles and lists, before all others. Without sections and tags: everywhere.",
            "tags": "The same for articles with these tags.",
            "is_chosen": "Asked for before the other open campaigns, whatever their priority; also beyond its sections and tags.",
        }
        widgets = {
            "call": forms.Textarea(attrs={"rows": 2, "class": "vLargeTextField"}),
            "appeal": forms.Textarea(attrs={"rows": 4, "class": "vLargeTextField"}),
            "currency": CurrencyInput,
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        campaign = self.instance
        if campaign.pk:
            for name in AMOUNTS:
                self.initial[name] = plain(getattr(campaign, name), campaign.currency)
            for name in LISTS:
                self.initial[name] = ", ".join(plain(amount, campaign.currency) for amount in getattr(campaign, name))

    def clean_currency(self) -> str:
        currency = self.cleaned_data["currency"].strip().upper()
        if self.instance.pk and currency != self.initial["currency"] and self.instance.donations.exists():
            raise forms.ValidationError("Gifts have been made in the present currency: it cannot change any more.")
        return currency

    def _get_validation_exclusions(self) -> set[str]:
        """A currency that was given in stays when its country has new money: the campaign can still be closed."""
        kept = self.instance.pk and self.cleaned_data.get("currency") == self.initial["currency"]
        usual: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]  # Django's own, which its stubs leave out
        return usual | {"currency"} if kept else usual

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        currency = values.get("currency")  # a wrong one has its own sentence
        for name in [*AMOUNTS, *LISTS]:
            self._convert(values, name, currency if currency in money.CURRENCIES else "EUR")
        starts_at, ends_at = values.get("starts_at"), values.get("ends_at")
        if starts_at and ends_at and ends_at <= starts_at:
            self.add_error("ends_at", "The end must come after the start.")
        if not self.errors and "_close" not in self.data:
            self._check_it_can_stay_open(values)
        return values

    def _check_it_can_stay_open(self, values: dict[str, Any]) -> None:
        """Nobody makes an open campaign one that could not open, or a planned one that cannot. An open one may be past
        its end for the minute until it is closed."""
        status = self.instance.status
        if self.instance.pk and status in {Campaign.Status.OPEN, Campaign.Status.PLANNED}:
            planned = status == Campaign.Status.PLANNED
            known = {name: value for name, value in values.items() if name not in {"image", "slug", "sections", "tags"}}
            running.check(Campaign(**known), at=timezone.now() if planned else values["starts_at"])

    def _convert(self, values: dict[str, Any], name: str, currency: str) -> None:
        typed = values.get(name)
        if typed is None:
            return
        try:
            parts = [typed] if name in AMOUNTS else [part for part in typed.split(",") if part.strip()]
            amounts = [sound(money.parse(part, currency)) for part in parts]
        except ValueError as error:
            self.add_error(name, str(error))
            return
        values[name] = amounts[0] if name in AMOUNTS else list(dict.fromkeys(amounts))


class SumForm(forms.Form):
    """Money that moves, now."""

    amount = forms.CharField(max_length=30)
    note = forms.CharField(
        max_length=300, required=False, widget=WIDE, help_text="For the books: the cheque's number, the reason."
    )
    currency = ""

    def clean_amount(self) -> int:
        try:
            return sound(money.parse(self.cleaned_data["amount"], self.currency))
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error

    def moment(self) -> datetime:
        return timezone.now()

    def begin_anew(self) -> None:
        """After a refusal: what was typed stays, and whatever is sent next is another wish, under another key."""
        if "key" in self.fields:
            self.data = {**dict(self.data.items()), "key": f"{self['key'].initial}"}


class HandForm(SumForm):
    """What came or goes by hand, on a day that a person knows."""

    day = forms.DateField(
        label="Day", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), initial=timezone.localdate
    )
    field_order = ["amount", "day", "note"]

    def clean_day(self) -> date:
        day: date = self.cleaned_data["day"]
        if day > timezone.localdate():
            raise forms.ValidationError("This day is still to come.")
        if day < EARLIEST:
            raise forms.ValidationError(f"This day is long gone: type the year in full, {EARLIEST.year} or later.")
        return day

    def moment(self) -> datetime:
        """Now for today, else the day's noon in the newsroom's zone."""
        day = self.cleaned_data["day"]
        return timezone.now() if day == timezone.localdate() else timezone.make_aware(datetime.combine(day, time(12)))


class ArrivalForm(HandForm):
    """A promised cheque or transfer is here."""


class RefundForm(SumForm):
    """Money to send back. The key makes one refund of a double click. A processor sends it now, and its books have the day."""

    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)


class OfflineRefundForm(RefundForm, HandForm):
    """Money that the newsroom sends back by its own bank."""


class ChequeForm(HandForm):
    """A gift that came without a form."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=64, initial=lambda: uuid4().hex)
    campaign = forms.ModelChoiceField(Campaign.objects.exclude(status="draft"))
    name = forms.CharField(max_length=160, required=False, widget=WIDE)
    email = forms.EmailField(max_length=254, required=False, label="E-mail", help_text="The receipt goes there, if there is one.")
    anonymous = forms.BooleanField(required=False)
    field_order = ["campaign", "amount", "day", "name", "email", "anonymous", "note", "key"]

    def clean_campaign(self) -> Campaign:
        campaign: Campaign = self.cleaned_data["campaign"]
        self.currency = campaign.currency
        return campaign

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        return addresses.clean(email) if email else ""

    def clean_amount(self) -> int:
        return super().clean_amount() if self.currency else 0


class DonorForm(forms.ModelForm):
    """A donor's name and address, put right."""

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        return addresses.clean(email) if email else ""


def sound(amount: int) -> int:
    if not 0 < amount <= MAXIMUM:
        raise ValueError("The amount must be more than nothing and less than a fortune.")
    return amount


def plain(amount: int, currency: str) -> str:
    """An amount as it is typed: "40000", "12.50"."""
    value = money.to_decimal(amount, currency)
    return str(int(value)) if value == value.to_integral_value() else str(value)
