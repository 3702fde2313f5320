"""Processors that misbehave as real ones do, on top of the sandbox."""

from typing import Any

from django.db import connection

from campaigns.models import Donation
from campaigns.processors.base import Instructions, Movement, Order, Payment, ProcessorFault, Redirect, Refused, Uncertain
from campaigns.processors.sandbox import Sandbox, _terms
from campaigns.sandbox import bank


class Watching(Sandbox):
    """Takes down every call in `seen`, and whether it came inside a transaction."""

    def __init__(self, seen: list[tuple[str, bool]]) -> None:
        self.seen = seen

    def begin(self, order: Order) -> Redirect | Instructions:
        return self._watch("begin", super().begin, order)

    def look_up(self, ref: str) -> Payment | None:
        return self._watch("look_up", super().look_up, ref)

    def find(self, key: str) -> Payment | None:
        return self._watch("find", super().find, key)

    def collect(self, mandate: str, order: Order) -> Payment | Instructions:
        return self._watch("collect", super().collect, mandate, order)

    def refund(self, ref: str, *, amount: int, key: str) -> Movement:
        return self._watch("refund", super().refund, ref, amount=amount, key=key)

    def _watch(self, name: str, call: Any, *args: Any, **options: Any) -> Any:
        self.seen.append((name, connection.in_atomic_block))
        return call(*args, **options)


class Down(Sandbox):
    """Answers nothing but errors."""

    def begin(self, order: Order) -> Redirect | Instructions:
        raise ProcessorFault("The bank is closed.")

    def look_up(self, ref: str) -> Payment | None:
        raise ProcessorFault("The bank is closed.")

    def find(self, key: str) -> Payment | None:
        raise ProcessorFault("The bank is closed.")

    def collect(self, mandate: str, order: Order) -> Payment | Instructions:
        raise ProcessorFault("The bank is closed.")


class LosesAnswers(Sandbox):
    """Does what it is asked, and then the line drops before the answer."""

    def begin(self, order: Order) -> Redirect | Instructions:
        super().begin(order)
        raise Uncertain("The line dropped.")

    def collect(self, mandate: str, order: Order) -> Payment | Instructions:
        super().collect(mandate, order)
        raise Uncertain("The line dropped.")

    def refund(self, ref: str, *, amount: int, key: str) -> Movement:
        super().refund(ref, amount=amount, key=key)
        raise Uncertain("The line dropped.")


class NeverAsked(Sandbox):
    """The line drops before the question."""

    def collect(self, mandate: str, order: Order) -> Payment | Instructions:
        raise Uncertain("The line dropped.")


class Broken(Sandbox):
    """Stumbles over its own feet."""

    def look_up(self, ref: str) -> Payment | None:
        raise ZeroDivisionError("nonsense")


class Stumbles(Sandbox):
    """Breaks over one donor's payments as an SDK does, with the donor's address in the exception's text."""

    def find(self, key: str) -> Payment | None:
        self._stumble(token=key)
        return super().find(key)

    def look_up(self, ref: str) -> Payment | None:
        self._stumble(processor_ref=ref)
        return super().look_up(ref)

    def refund(self, ref: str, *, amount: int, key: str) -> Movement:
        self._stumble(processor_ref=ref)
        return super().refund(ref, amount=amount, key=key)

    def _stumble(self, **which: str) -> None:
        if Donation.objects.filter(donor__email="bad@example.org", **which).exists():
            raise KeyError("bad@example.org")


class DownForRefunds(Sandbox):
    def refund(self, ref: str, *, amount: int, key: str) -> Movement:
        raise ProcessorFault("The bank is closed.")


class Elsewhere(Sandbox):
    """Has its hosted page on another host, as real ones do."""

    def begin(self, order: Order) -> Redirect | Instructions:
        return Redirect(url="https://pay.example/c/1?a=1&b=2", ref=super().begin(order).ref)


class DownToProbes(Sandbox):
    def probe(self) -> None:
        raise ProcessorFault("Still closed.")


class Refuses(Sandbox):
    """Takes nothing of this kind."""

    def begin(self, order: Order) -> Redirect | Instructions:
        raise Refused("Not this amount.")


class Keyless(Sandbox):
    def missing(self) -> tuple[str, ...]:
        return ("BANK_KEY",)


class Poor(Sandbox):
    """Declines whatever is collected by a saved card, and not for good: there is no money on it today."""

    def collect(self, mandate: str, order: Order) -> Payment | Instructions:
        opened = bank.open_payment(_terms(order))
        bank.decline(opened.ref, tell=False)
        payment = self.look_up(opened.ref)
        assert payment
        return payment


class NothingSmall(Sandbox):
    """Takes nothing below fifteen euros."""

    def takes(self, amount: int, currency: str) -> bool:
        return amount >= 1500


class SecondBank(Sandbox):
    label = "The other bank"


class KeepsNothing(Sandbox):
    saves_methods = False


class OtherNames(Sandbox):
    """Knows its payments by a second name too, as Stripe does."""

    def look_up(self, ref: str) -> Payment | None:
        return super().look_up(ref.removeprefix("other_"))
