"""People who give and people who test cards, at one form: both through the real view, with the pretended bank behind it."""

import html
import json
import random
import re
from base64 import b64encode
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import altcha
from django.test import Client
from django.utils import timezone

from campaigns import giving
from campaigns.models import Campaign, Donation, SandboxPayment
from campaigns.sandbox import bank
from tests.campaigns.forms import filled_in

MINUTE = timedelta(minutes=1)


@dataclass
class Clock:
    """The moment that views see; `monkeypatch` puts it in the place of theirs."""

    at: datetime

    def now(self) -> datetime:
        return self.at

    def localdate(self, at: datetime | None = None) -> date:
        return timezone.localdate(at or self.at)


@dataclass
class Visitor:
    """A browser at an address. `solves`: it runs scripts, or is a machine whose owner took the trouble."""

    address: str
    clock: Clock
    solves: bool = True
    client: Client = field(init=False)

    def __post_init__(self) -> None:
        self.client = Client(REMOTE_ADDR=self.address, HTTP_USER_AGENT=f"Browser of {self.address}")

    def send(self, campaign: Campaign, **typed: str) -> Any:
        return self.client.post(campaign.get_absolute_url(), filled_in(**typed))

    def go_on(self, campaign: Campaign, response: Any) -> Any:
        return self.go_on_at(campaign.get_absolute_url(), response)

    def go_on_at(self, path: str, response: Any) -> Any:
        """Do what the page asks for: wait, and solve its challenge."""
        for _ in range(4):
            if response.status_code != 202:
                return response
            page = response.content.decode()
            fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page))
            fields = {name: html.unescape(value) for name, value in fields.items()}
            self.clock.at += timedelta(seconds=int(re.findall(r'data-wait="(\d+)"', page)[0]))
            if challenge := re.search(r'<script id="guard-challenge"[^>]*>(.*?)</script>', page):
                fields["altcha"] = solved(json.loads(challenge[1]))
            response = self.client.post(path, fields)
        return response

    def give(self, campaign: Campaign, **typed: str) -> Donation | None:
        """The gift that reached the bank's page, or None."""
        response = self.send(campaign, **typed)
        if response.status_code == 202 and self.solves:
            response = self.go_on(campaign, response)
        found = re.search(r"/processors/sandbox/pay/(\w+)/", response.headers.get("Location", ""))
        return Donation.objects.get(processor_ref=found[1]) if found else None


def solved(challenge: dict[str, Any]) -> str:
    solution = altcha.solve_challenge(altcha.Challenge.from_dict(challenge))
    assert solution
    return b64encode(json.dumps({"challenge": challenge, "solution": solution.to_dict()}).encode()).decode()


def pays(donation: Donation, *, at: datetime) -> Donation:
    bank.pay(donation.processor_ref, at=at, tell=False)
    return giving.settle(donation, at=at, mail=False)


def is_declined(donation: Donation, *, at: datetime) -> None:
    bank.decline(donation.processor_ref, at=at, tell=False)
    giving.settle(donation, at=at, mail=False)


@dataclass
class Shape:
    """How the testers go about it."""

    name: str
    addresses: int = 1  # different networks they come from
    hosts: tuple[str, ...] = ("mail.example",)
    amount: int | None = None  # minor units; None: any
    every: timedelta = timedelta(seconds=0.5)
    good: float = 0.03  # stolen cards that work
    solves: float = 0.0  # the part of tries whose machine does what the page asks for

    def a_try(self, number: int, dice: random.Random) -> tuple[str, dict[str, str], bool]:
        place = number % self.addresses
        amount = self.amount or dice.randrange(100, 20000)
        host = self.hosts[number % len(self.hosts)]
        name = "".join(dice.choice("abcdefghij0123456789") for _ in range(10))
        typed = {"email": f"{name}@{host}", "own_amount": f"{amount / 100:.2f}", "amount_once": ""}
        return f"10.{place // 250}.{place % 250}.7", typed, dice.random() < self.solves


def run(shapes: list[Shape], campaign: Campaign, clock: Clock, *, many: int, donors: int, first: int = 0) -> Counter[str]:
    """`many` tries, the shapes one after the other, with `donors` real people spread among them: what became of whom."""
    figures: Counter[str] = Counter()
    dice, before = random.Random(4 + first), SandboxPayment.objects.count()
    turns = set(dice.sample(range(many), donors))
    for number in range(many):
        shape = shapes[number * len(shapes) // many]
        address, typed, solves = shape.a_try(first + number, dice)
        clock.at += shape.every
        donation = Visitor(address, clock, solves=solves).give(campaign, **typed)
        figures["let through" if donation else "blocked"] += 1
        if donation:
            pays(donation, at=clock.at) if dice.random() < shape.good else is_declined(donation, at=clock.at)
        if number in turns:
            figures["arrived" if real_donor(first + number, campaign, clock) else "lost"] += 1
    assert SandboxPayment.objects.count() - before == figures["let through"] + donors
    return figures


def real_donor(number: int, campaign: Campaign, clock: Clock) -> bool:
    """With a home, a name, and one of the amounts on the form. One whose gift is held has arrived as far as it can."""
    visitor = Visitor(f"2001:db8:{number:x}::7", clock)
    typed = {"email": f"{NAMES[number % len(NAMES)]}.{number}@{HOSTS[number % len(HOSTS)]}"}
    donation = visitor.give(campaign, **typed, amount_once=str([1000, 2500, 5000][number % 3]))
    return bool(donation) and pays(donation, at=clock.at).status in {"received", "held"}  # type: ignore[arg-type]


NAMES = ["ada", "grace", "jo.berg", "m-ruiz", "olga", "tshering", "liu", "kwame", "ines", "sven"]
HOSTS = ["post.example", "mail.example", "web.example", "home.example"]
