"""What donors type. Amounts come in as words and leave as minor units."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from babel.lists import format_list
from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from articles import frame
from campaigns import hints, pledges, processors, ways
from campaigns.costs import Cost
from campaigns.giving import MAXIMUM, Gift
from campaigns.models import Campaign, Donation, Rhythm
from campaigns.particulars import ADDRESS, ParticularsForm
from campaigns.typed import LEFT_OUT, readable
from campaigns.wording import Words, in_words
from newsroom import addresses, money, tongues

OR = {"en": "en_GB", "es": "es"}  # British lists have no comma before the last
STILL_AT_IT = timedelta(minutes=30)
LABELS = {
    Rhythm.ONCE: lazy("Amount"),
    Rhythm.MONTHLY: lazy("Amount each month"),
    Rhythm.YEARLY: lazy("Amount each year"),
}

NO_ADDRESS = lazy("We cannot write to this. An e-mail address has plain letters, an @, and what comes after it.")


class GiveForm(ParticularsForm):
    """The give form of a campaign. What is typed into the own amount wins over a chosen tile."""

    key = forms.CharField(required=False)
    after = forms.CharField(required=False)
    hint = forms.CharField(required=False)  # which article brought the donor: campaigns/hints.py
    rhythm = forms.ChoiceField()
    amount_once = forms.CharField(required=False)
    amount_monthly = forms.CharField(required=False)
    amount_yearly = forms.CharField(required=False)
    own_amount = forms.CharField(required=False, max_length=30, label=lazy("Another amount"))
    cover = forms.BooleanField(required=False)
    name = forms.CharField(required=False, max_length=160)
    email = forms.EmailField(
        max_length=254,
        label=lazy("E-mail"),
        error_messages={
            "required": lazy("Type your e-mail address: the receipt goes there."),
            "invalid": NO_ADDRESS,
        },
    )
    wants_news = forms.BooleanField(required=False)
    anonymous = forms.BooleanField(required=False)
    on_wall = forms.BooleanField(required=False)
    message = forms.CharField(required=False, max_length=1000)
    processor = forms.CharField(required=False)

    def __init__(
        self, campaign: Campaign, data: Any = None, *, initial: dict[str, Any] | None = None, words: Words | None = None
    ) -> None:
        self.campaign = campaign
        self.words = words or in_words(campaign)
        self._unreadable: set[str] = set()
        if data is not None:
            data, self._unreadable = readable(data, [*self.base_fields, "source"])
        self.rhythms = [(rhythm.value, str(rhythm.label)) for rhythm in Rhythm if rhythm in campaign.rhythms]
        chosen = {f"amount_{rhythm}": campaign.first_choice(rhythm) for rhythm, _label in self.rhythms}
        first = {"rhythm": self.rhythms[0][0] if self.rhythms else "once"}
        super().__init__(data, initial=chosen | first | (initial or {}))
        field = self.fields["rhythm"]
        field.choices = self.rhythms  # type: ignore[attr-defined]
        either = format_list([label.lower() for _value, label in self.rhythms], "or", OR[tongues.labels() or "en"])
        field.error_messages |= {
            "required": _("Choose {either}.").format(either=either),
            "invalid_choice": _("This campaign takes gifts {either}.").format(either=either),
        }

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

    @property
    def consent(self) -> str:
        return str(pledges.CONSENT)

    @property
    def language(self) -> str:
        """Whose manner of writing figures holds, for the script of the page."""
        return tongues.manner()

    @property
    def is_regular(self) -> bool:
        """Whether anything but a single gift can be chosen."""
        return any(rhythm != Rhythm.ONCE for rhythm, _label in self.rhythms)

    @property
    def amounts(self) -> list[dict[str, Any]]:
        """What the template draws: for each rhythm its tiles, [(amount, chosen)]."""
        return [self._drawn(rhythm) for rhythm, _label in self.rhythms]

    @property
    def costs(self) -> list[Cost]:
        """Of the ways whose fee a donor may cover, with the amount that is chosen in each rhythm."""
        if not self.campaign.offers_fee_cover:
            return []
        chosen = [(rhythm, self._chosen(rhythm)) for rhythm, _label in self.rhythms]
        return [
            Cost(offer, self.campaign.currency, [(name, ways.cover(amount, offer), amount) for name, amount in chosen if amount])
            for offer in self.ways
            if offer.fee_rate or offer.fee_fixed
        ]

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

    def _drawn(self, rhythm: str) -> dict[str, Any]:
        chosen = str(self[f"amount_{rhythm}"].value())
        tiles = [(amount, str(amount) == chosen) for amount in self.campaign.suggested(rhythm)]
        return {"name": rhythm, "legend": LABELS[Rhythm(rhythm)], "tiles": tiles, "least": self.campaign.least(rhythm)}

    def _chosen(self, rhythm: str) -> int:
        """The amount that stands in the form for a rhythm; 0 for none that can be read."""
        if own := self["own_amount"].value():
            try:
                return min(money.parse(own, self.campaign.currency), MAXIMUM)
            except ValueError:
                return 0
        return min(whole(str(self[f"amount_{rhythm}"].value() or "")), MAXIMUM)

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
            raise forms.ValidationError(_("There is no way to give just now. Please come back in some minutes."))
        chosen: str = self.cleaned_data["processor"] or self.ways[0].name
        if chosen in {way.name for way in self.ways}:
            return chosen
        if chosen in processors.names():
            told = _("This way to pay does not work just now. The next one is chosen: {way}.")
            raise forms.ValidationError(told.format(way=self.ways[0].label))
        raise forms.ValidationError(_("Choose one of the ways to pay."))

    def typed(self) -> list[tuple[str, str]]:
        """All that was sent, for a page that sends it once more."""
        return [(name, value) for name, values in self.data.lists() for value in values]  # type: ignore[attr-defined]

    def move_on(self) -> None:
        """Offer what works now, with the first of it chosen; whatever else was typed stays."""
        self.ways = ways.offered(self.campaign.currency)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if values.get("rhythm"):
            values["amount"] = self._amount(values)
        if values.get("amount") and values.get("processor"):
            self._check_way(values)
        self.check_particulars(values)
        for name in sorted(self._unreadable & self.shown):
            self.add_error(name, LEFT_OUT)
        return values

    @property
    def shown(self) -> set[str]:
        """The fields that somebody types into, as far as this campaign has them."""
        asked = set(ADDRESS) if self.asks_address else set()
        asked |= {"tax_number"} if self.rules and self.rules.number else set()
        return {"own_amount", "name", "email", "message"} | asked | ({"tribute_name"} if self.campaign.offers_tribute else set())

    def _amount(self, values: dict[str, Any]) -> int | None:
        try:
            typed = values.get("own_amount")
            if typed and not self.campaign.takes_own_amount:
                raise ValueError(_("Choose one of the amounts."))
            tile = values.get(f"amount_{values['rhythm']}") or "0"
            amount = money.parse(typed, self.campaign.currency) if typed else whole(tile)
            self._check(amount, values["rhythm"])
        except ValueError as error:
            self.add_error("own_amount", str(error))
            return None
        return amount

    def _check(self, amount: int, rhythm: str) -> None:
        least, takes_any = self.campaign.least(rhythm), self.campaign.takes_own_amount
        if not amount or not (takes_any or amount in self.campaign.suggested(rhythm)):
            raise ValueError(_("Choose an amount or type one.") if takes_any else _("Choose one of the amounts."))
        if amount < least:
            raise ValueError(_("The smallest gift is {sum}.").format(sum=money.display(least, self.campaign.currency)))
        if amount > MAXIMUM:
            raise ValueError(_("That is a very large gift. Please write to us first."))

    def _check_way(self, values: dict[str, Any]) -> None:
        """What is added for the fee, and whether this way takes the two together."""
        offer = next(way for way in self.ways if way.name == values["processor"])
        is_covered = values.get("cover") and self.campaign.offers_fee_cover
        values["covered"] = ways.cover(values["amount"], offer) if is_covered else 0
        total, currency = values["amount"] + values["covered"], self.campaign.currency
        if total < offer.least:
            self._refuse_way(_("{way} takes gifts from {sum}."), offer.label, offer.least)
        elif offer.most is not None and total > offer.most:
            self._refuse_way(_("{way} takes gifts up to {sum}."), offer.label, offer.most)
        elif not processors.get(offer.name).takes(total, currency):
            self._refuse_way(_("{way} does not take {sum}."), offer.label, total)
        elif values["rhythm"] != Rhythm.ONCE and not (offer.saves_methods or offer.by_hand):
            self.add_error("processor", _("{way} takes single gifts only. Choose another way.").format(way=offer.label))

    def _refuse_way(self, why: str, way: str, amount: int) -> None:
        told = why.format(way=way, sum=money.display(amount, self.campaign.currency))
        self.add_error("processor", f"{told} {ELSE}")

    def gift(self) -> Gift:
        values = self.cleaned_data
        return Gift(
            amount=values["amount"] + values["covered"],
            covered=values["covered"],
            email=values["email"],
            processor=values["processor"],
            name=values["name"],
            rhythm=values["rhythm"],
            anonymous=values["anonymous"],
            on_wall=values["on_wall"] and self.campaign.has_wall,
            message=values["message"],
            wants_news=values["wants_news"],
            language=self.words.language,
            article=hints.read(values["hint"]),
            **self.tribute_values(),
            **self.tax_values(self._organisation()),
        )

    def _organisation(self) -> str:
        """Whose name stands in a declaration; only asked where there is one."""
        return frame.masthead().name if self.rules and self.rules.declaration else ""


ELSE = lazy("Choose another amount or another way.")


class LinkForm(forms.Form):
    """The way to a donor's own page."""

    email = forms.EmailField(
        max_length=254,
        error_messages={
            "required": lazy("Type the e-mail address that you gave with."),
            "invalid": NO_ADDRESS,
        },
    )

    def clean_email(self) -> str:
        return addresses.clean(self.cleaned_data["email"])


def whole(figures: str) -> int:
    """A number that came with a page of ours, else 0: no longer than any of them, for Python refuses to read thousands of
    digits with an error of its own."""
    return int(figures) if len(figures) <= 18 and figures.isdecimal() else 0


def typed_again(donation: Donation, *, at: datetime) -> dict[str, Any]:
    """The form as the donor filled it in, for another attempt. Its page's address stays in a browser's history: what is
    personal stands there only as long as somebody may still be at it."""
    rhythm = donation.pledge.rhythm if donation.pledge else "once"
    amount = donation.amount - donation.covered
    own = "" if amount in donation.campaign.suggested(rhythm) else str(money.to_decimal(amount, donation.currency))
    return {
        "rhythm": rhythm,
        **({} if own else {f"amount_{rhythm}": amount}),
        "own_amount": own,
        **(_personal(donation) if at - donation.created_at < STILL_AT_IT else {}),
        "anonymous": donation.anonymous,
        "on_wall": donation.on_wall,
        "cover": bool(donation.covered),
        "processor": donation.processor,
        "hint": hints.of(donation.article_id),
    }


def _personal(donation: Donation) -> dict[str, Any]:
    told = donation.particulars
    return {
        "name": donation.name,
        "email": donation.donor.email,
        "message": donation.message,
        "tribute": donation.tribute,
        "tribute_name": donation.tribute_name,
        "wants_news": told.get("wants_news", False),
        "wants_tax": "tax" in told,
        **told.get("address", {}),
    }
