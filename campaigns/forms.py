"""What donors type. Amounts come in as words and leave as minor units."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.utils.functional import cached_property

from campaigns import pledges, processors, ways
from campaigns.giving import MAXIMUM, Gift, Rhythm
from campaigns.models import Campaign, Donation
from newsroom import addresses, money

STILL_AT_IT = timedelta(minutes=30)
RHYTHMS = [("once", "Once"), ("monthly", "Monthly")]


class GiveForm(forms.Form):
    """The give form of a campaign. What is typed into the own amount wins over a chosen tile."""

    key = forms.CharField(required=False)
    after = forms.CharField(required=False)
    rhythm = forms.ChoiceField(choices=RHYTHMS, initial="once", error_messages={"required": "Choose once or monthly."})
    amount_once = forms.CharField(required=False)
    amount_monthly = forms.CharField(required=False)
    own_amount = forms.CharField(required=False, max_length=30, label="Another amount")
    name = forms.CharField(required=False, max_length=160)
    email = forms.EmailField(
        max_length=254,
        label="E-mail",
        error_messages={
            "required": "Type your e-mail address: the receipt goes there.",
            "invalid": "This does not look like an e-mail address. It needs an @ and what comes after it.",
        },
    )
    anonymous = forms.BooleanField(required=False)
    message = forms.CharField(required=False, max_length=1000)
    processor = forms.CharField(required=False, max_length=40)

    def __init__(self, campaign: Campaign, data: Any = None, *, initial: dict[str, Any] | None = None) -> None:
        self.campaign = campaign
        chosen = {f"amount_{rhythm}": default(self.tiles(rhythm)) for rhythm, _ in RHYTHMS}
        super().__init__(data, initial=chosen | (initial or {}))

    @cached_property
    def ways(self) -> list[ways.Offer]:
        """What works now. Only asked for where the form is drawn or sent: a closed campaign has none."""
        return ways.offered(self.campaign.currency)

    @property
    def chosen_way(self) -> str:
        """The one that is marked: the first where the chosen one does not work any more."""
        names = [way.name for way in self.ways]
        chosen = self["processor"].value()
        return chosen if chosen in names else next(iter(names), "")

    consent = pledges.CONSENT

    @property
    def amounts(self) -> list[dict[str, Any]]:
        """What the template draws: for each rhythm its tiles, [(amount, chosen)]."""
        return [self._drawn("once", "Amount"), self._drawn("monthly", "Amount each month")]

    @property
    def decimals(self) -> int:
        return money.exponent(self.campaign.currency)

    @property
    def grouping(self) -> str:
        return money.grouping()

    @property
    def signs(self) -> str:
        return " ".join(money.signs(self.campaign.currency))

    most = MAXIMUM

    @property
    def only_promises(self) -> bool:
        """Whether this way costs nothing to choose: a mail with instructions leaves, and money may follow."""
        return processors.is_by_hand(self.cleaned_data["processor"])

    def _drawn(self, rhythm: str, legend: str) -> dict[str, Any]:
        chosen = str(self[f"amount_{rhythm}"].value())
        return {"name": rhythm, "legend": legend, "tiles": [(amount, str(amount) == chosen) for amount in self.tiles(rhythm)]}

    def tiles(self, rhythm: str) -> list[int]:
        monthly = self.campaign.suggested_monthly or self.campaign.suggested_amounts
        return monthly if rhythm == "monthly" else self.campaign.suggested_amounts

    def clean_key(self) -> str:
        return self.cleaned_data["key"][:64]

    def clean_after(self) -> UUID | None:
        """The gift that the donor knows of. Whatever else stands there is none."""
        try:
            return UUID(self.cleaned_data["after"])
        except ValueError:
            return None

    def clean_email(self) -> str:
        return addresses.clean(self.cleaned_data["email"])

    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].split())

    def clean_processor(self) -> str:
        """A page that was opened a while ago may offer what does not work any more."""
        if not self.ways:
            raise forms.ValidationError("There is no way to give just now. Please come back in some minutes.")
        chosen: str = self.cleaned_data["processor"] or self.ways[0].name
        if chosen in {way.name for way in self.ways}:
            return chosen
        if chosen in processors.names():
            raise forms.ValidationError(f"This way to pay does not work just now. The next one is chosen: {self.ways[0].label}.")
        raise forms.ValidationError("Choose one of the ways to pay.")

    def move_on(self) -> None:
        """Offer what works now, with the first of it chosen; whatever else was typed stays."""
        self.ways = ways.offered(self.campaign.currency)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if values.get("rhythm"):
            values["amount"] = self._amount(values)
        return values

    def _amount(self, values: dict[str, Any]) -> int | None:
        try:
            typed = values.get("own_amount")
            tile = values.get(f"amount_{values['rhythm']}") or "0"
            amount = money.parse(typed, self.campaign.currency) if typed else whole(tile)
            self._check(amount)
        except ValueError as error:
            self.add_error("own_amount", str(error))
            return None
        return amount

    def _check(self, amount: int) -> None:
        if not amount:
            raise ValueError("Choose an amount or type one.")
        if amount < self.campaign.minimum:
            raise ValueError(f"The smallest gift is {money.display(self.campaign.minimum, self.campaign.currency)}.")
        if amount > MAXIMUM:
            raise ValueError("That is a very large gift. Please write to us first.")

    def gift(self) -> Gift:
        values = self.cleaned_data
        rhythm: Rhythm = "monthly" if values["rhythm"] == "monthly" else "once"
        return Gift(
            amount=values["amount"],
            email=values["email"],
            processor=values["processor"],
            name=values["name"],
            rhythm=rhythm,
            anonymous=values["anonymous"],
            message=values["message"],
            language=settings.LANGUAGE_CODE,
        )


class LinkForm(forms.Form):
    """The way to a donor's own page."""

    email = forms.EmailField(
        max_length=254,
        error_messages={
            "required": "Type the e-mail address that you gave with.",
            "invalid": "This does not look like an e-mail address. It needs an @ and what comes after it.",
        },
    )

    def clean_email(self) -> str:
        return addresses.clean(self.cleaned_data["email"])


def whole(figures: str) -> int:
    """A number that came with a page of ours, else 0: no longer than any of them, for Python refuses to read thousands of
    digits with an error of its own."""
    return int(figures) if len(figures) <= 18 and figures.isdecimal() else 0


def default(tiles: Iterable[int]) -> int | None:
    """The tile that is chosen at first: the middle one."""
    tiles = list(tiles)
    return tiles[(len(tiles) - 1) // 2] if tiles else None


def typed_again(donation: Donation, *, at: datetime) -> dict[str, Any]:
    """The form as the donor filled it in, for another attempt. Its page's address stays in a browser's history: what is
    personal stands there only as long as somebody may still be at it."""
    personal = {"name": donation.name, "email": donation.donor.email, "message": donation.message}
    rhythm = "monthly" if donation.pledge_id else "once"
    tiles = donation.campaign.suggested_monthly if rhythm == "monthly" else []
    suggested = tiles or donation.campaign.suggested_amounts
    own = "" if donation.amount in suggested else str(money.to_decimal(donation.amount, donation.currency))
    return {
        "rhythm": rhythm,
        **({} if own else {f"amount_{rhythm}": donation.amount}),
        "own_amount": own,
        **(personal if at - donation.created_at < STILL_AT_IT else {}),
        "anonymous": donation.anonymous,
        "processor": donation.processor,
    }
