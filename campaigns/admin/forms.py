"""What fundraisers type: amounts in the currency's own figures, days as days."""

from datetime import date, datetime, time
from typing import Any
from uuid import uuid4

from django import forms
from django.contrib.admin.widgets import AdminTextInputWidget
from django.utils import timezone

from campaigns.giving import MAXIMUM
from campaigns.models import Campaign
from newsroom import addresses, money

EARLIEST = date(2000, 1, 1)
WIDE = AdminTextInputWidget()


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


class AsksOnce(forms.Form):
    """A form that makes money move once for its key, and asks before the same is done under another one: gone back to, it
    is drawn anew. `after` is the last of its like that its sender was told of."""

    after = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0, max_value=2**62)

    def clean_after(self) -> int:
        return self.cleaned_data["after"] or 0

    def ask(self, last: int) -> None:
        """Whatever is sent next knows of it, under the same key."""
        self.data = {**dict(self.data.items()), "after": f"{last}"}


class ArrivalForm(HandForm):
    """A promised cheque or transfer is here."""


class RefundForm(AsksOnce, SumForm):
    """Money to send back. The key makes one refund of a double click. A processor sends it now, and its books have the day."""

    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)


class OfflineRefundForm(RefundForm, HandForm):
    """Money that the newsroom sends back by its own bank."""


class ChequeForm(AsksOnce, HandForm):
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

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "language" in self.fields:
            self.fields["language"].required = False

    def clean_language(self) -> str:
        return self.cleaned_data["language"] or self.instance.language

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
