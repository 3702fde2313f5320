"""From a line of an export to a past gift, money that went back, or the reason why it is neither."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from campaigns import processors
from campaigns.donors import ADDRESS
from campaigns.giving.past import Name, PastGift, PastRefund, Person
from campaigns.moving import cells
from campaigns.moving.reading import Broken
from campaigns.moving.systems import System
from newsroom import money

GOOD = {
    *("complete", "completed", "publish", "published", "renewal", "paid", "succeeded", "active", "cleared", "donation"),
    *("abgeschlossen", "bezahlt", "verlängerung", "erneuerung", "terminé", "effectué", "complété", "payé", "renouvellement"),
    *("completado", "completada", "pagado", "completato", "completata", "pagato", "concluído", "concluída", "pago"),
}
RETURNED = {"refunded", "erstattet", "rückerstattet", "zurückgezahlt", "remboursé", "reembolsado", "rimborsato"}
PARTLY = {"partially refunded", "partial refund", "partial_refund", "teilweise erstattet", "partiellement remboursé"}
TEST = {"test", "testmode", "test mode", "sandbox", "testmodus"}
LOST = {"lost", "charge refunded"}
TRANSACTION = re.compile(r"[\w.\-]{4,100}", re.ASCII)
MANDATE = re.compile(r"(cus_\w+)/((?:pm|card|src|ba)_\w+)", re.ASCII)
# Of PayPal's kinds of lines with money that comes in: those that are no payment of anybody.
NO_PAYMENT = re.compile(
    r"conversion|währungsumrechnung|withdrawal|abbuchung|bank deposit|bankgutschrift|transfer from bank|hold|einbehalt|reserve"
    r"|reversal of|cancell?ation of|rückgängig|adjustment|cashback|bonus|funding|virement bancaire|memo|authori[sz]ation",
    re.IGNORECASE,
)
GONE_BACK = re.compile(
    r"refund|rückzahlung|erstattung|remboursement|reembolso|rimborso|reversal|chargeback|dispute", re.IGNORECASE
)
NO_BALANCE = {"memo", "notiz", "mémo"}


@dataclass(frozen=True, slots=True)
class Skipped:
    """A line that is no gift. `line` is told where somebody should look at it."""

    reason: str
    line: int = 0


@dataclass(frozen=True, slots=True)
class Reader:
    """How the lines of one file are read."""

    system: System
    columns: Mapping[str, int]
    order: str
    currency: str
    at: datetime

    def cell(self, row: Sequence[str], field: str) -> str:
        column = self.columns.get(field)
        return row[column] if column is not None and column < len(row) else ""

    def when(self, row: Sequence[str]) -> datetime:
        told = [self.cell(row, field) for field in ("day", "time", "zone")]
        return cells.moment(*told, order=self.order, zone=self.system.zone, at=self.at)

    def person(self, row: Sequence[str], *, with_email: bool = True) -> Person:
        """Broken for an e-mail address that is none, unless it is left out."""
        parts = [cells.text(self.cell(row, field), 80) for field in ("first_name", "last_name")]
        name = (
            " ".join(filter(None, parts)) or cells.text(self.cell(row, "name"), 160) or cells.text(self.cell(row, "company"), 160)
        )
        lines = [cells.text(self.cell(row, field), 100) for field in ("street", "street2")]
        told = {
            "street": ", ".join(filter(None, lines))[:200],
            "postcode": cells.text(self.cell(row, "postcode"), 20),
            "city": cells.text(self.cell(row, "city"), 100),
            "region": cells.text(self.cell(row, "region"), 100),
            "country": cells.country_of(self.cell(row, "country")),
        }
        address = {part: told[part] for part in ADDRESS if told.get(part)}
        email = cells.address_of(self.cell(row, "email")) if with_email else ""
        return Person(email, name[:160], address)

    def giver(self, row: Sequence[str]) -> tuple[Person, str]:
        """Who gave, and why without an e-mail address: the money came all the same, and history is whole only with it."""
        try:
            person = self.person(row)
        except Broken as sentence:
            return self.person(row, with_email=False), str(sentence)
        return person, "" if person.email else "The line has no e-mail address."

    def read(self, line: int, row: Sequence[str]) -> PastGift | PastRefund | Skipped:
        """Broken, with a sentence, for a line that cannot be understood."""
        if cells.text(self.cell(row, "mode"), 20).casefold() in TEST:
            return Skipped("made in test mode")
        if self.system.name == "paypal":
            return self._paypal(line, row)
        status = cells.text(self.cell(row, "status"), 60)
        small = status.casefold()
        if small and small not in GOOD | RETURNED | PARTLY:
            return Skipped(f"not received: “{status}”")
        amount, currency = self._worth(row)
        if amount == 0:
            return Skipped("of nothing")
        if amount < 0:
            raise Broken("The amount is below nothing.")
        back = self._back(row, currency, amount, all_of_it=small in RETURNED)
        return self._gift(line, row, amount=amount, currency=currency, back=back, when=self.when(row))

    def _worth(self, row: Sequence[str]) -> tuple[int, str]:
        currency = cells.currency_of(self.cell(row, "currency"), self.currency)
        return cells.sum_of(self.cell(row, "amount"), currency), currency

    def _back(self, row: Sequence[str], currency: str, amount: int, *, all_of_it: bool) -> int:
        told = self.cell(row, "refunded")
        back = abs(cells.sum_of(told, currency, what="sum sent back")) if told else 0
        if self.cell(row, "disputed") and self.cell(row, "dispute").casefold() in LOST:
            back += abs(cells.sum_of(self.cell(row, "disputed"), currency, what="disputed sum"))
        if all_of_it and not back:
            return amount
        if back > amount:
            raise Broken("More was sent back than came.")
        return back

    def _gift(self, line: int, row: Sequence[str], *, amount: int, currency: str, back: int, when: datetime) -> PastGift:
        names = self._names(row)
        processor, ref = booked_under(self.system.name, names, back)
        customer, method = self.cell(row, "customer").strip(), self.cell(row, "method").strip()
        person, without = self.giver(row)
        mandate = f"{customer}/{method}" if MANDATE.fullmatch(f"{customer}/{method}") else ""
        return PastGift(
            line=line,
            system=self.system.name,
            names=names,
            processor=processor,
            ref=ref,
            amount=amount,
            currency=currency,
            at=when,
            person=person,
            without=without,
            fee=self._fee(row, amount, currency),
            refunded=back,
            message=cells.text(self.cell(row, "message"), 1000),
            anonymous=cells.truth(self.cell(row, "anonymous")),
            receipt=cells.text(self.cell(row, "receipt"), 60),
            customer=customer[:80] if mandate else "",
            mandate=mandate,
            subscription=cells.text(self.cell(row, "subscription"), 80),
            key=_key(self.cell(row, "key")),
        )

    def _names(self, row: Sequence[str]) -> tuple[Name, ...]:
        """The system's own number first, then those of the payment, under the processor whose they are."""
        own = cells.text(self.cell(row, "id"), 100)
        paid = [cells.text(self.cell(row, field), 100) for field in ("transaction", "intent")]
        gateway = self.cell(row, "gateway")
        names = [(self.system.name, own)] if own else []
        names += [(whose(number, gateway), number) for number in paid if TRANSACTION.fullmatch(number)]
        named = tuple(dict.fromkeys((source, name) for source, name in names if source))
        if not named:
            raise Broken("The line has no number of its own: it could not be told from the same one in another file.")
        return named

    def _fee(self, row: Sequence[str], amount: int, currency: str) -> int | None:
        """None where it is not told, or cannot be right. PayPal writes it as what went away."""
        told = self.cell(row, "fee")
        paid_in = cells.currency_of(self.cell(row, "fee_currency"), currency)
        if not told:
            return None
        try:
            fee = abs(cells.sum_of(told, paid_in, what="fee"))
            if paid_in != currency:
                whole = cells.sum_of(self.cell(row, "fee_amount"), paid_in, what="amount in the fee's currency")
                fee = cells.share(fee, amount, money.to_decimal(whole, paid_in).scaleb(money.exponent(paid_in)))
        except Broken:
            return None
        return fee if fee <= amount else None

    def _paypal(self, line: int, row: Sequence[str]) -> PastGift | PastRefund | Skipped:
        kind, status = cells.text(self.cell(row, "type"), 80), cells.text(self.cell(row, "status"), 60)
        small = status.casefold()
        if self.cell(row, "impact").strip().casefold() in NO_BALANCE:
            return Skipped("a note that moved no money")
        if small and small not in GOOD | RETURNED | PARTLY:
            return Skipped(f"not received: “{status}”")
        amount, currency = self._worth(row)
        if amount < 0:
            reference = cells.text(self.cell(row, "reference"), 100)
            if GONE_BACK.search(kind) and reference and not NO_PAYMENT.search(kind):
                return self._paypal_back(line, row, reference, (-amount, currency), kind)
            return Skipped("money that went out")
        if amount == 0 or NO_PAYMENT.search(kind) or GONE_BACK.search(kind):
            return Skipped(f"no gift: “{kind}”" if kind else "of nothing")
        return self._gift(line, row, amount=amount, currency=currency, back=0, when=self.when(row))

    def _paypal_back(self, line: int, row: Sequence[str], payment: str, worth: tuple[int, str], kind: str) -> PastRefund:
        ref = cells.text(self.cell(row, "id"), 100)
        if not ref:
            raise Broken("The line has no number of its own.")
        return PastRefund(line, "paypal", ("paypal", payment), ref, *worth, self.when(row), kind)


def whose(number: str, gateway: str) -> str:
    """The processor that a payment's number belongs to; empty when nobody can tell (a cheque's, by hand)."""
    if re.match(r"(ch|pi|py)_", number):
        return "stripe"
    if "paypal" in gateway.casefold() or re.fullmatch(r"[0-9A-Z]{17}", number):
        return "paypal"
    name = re.sub(r"\W+", "", gateway.casefold(), flags=re.ASCII)[:10]
    return "" if name in {"", "manual", "offline"} else name


def booked_under(system: str, names: Sequence[Name], back: int) -> tuple[str, str]:
    """Stripe itself, where it can send the money back: by a PaymentIntent, of which nothing went back yet. The exports name
    no refunds, and the next look at Stripe would count them a second time. PayPal's numbers are no orders of ours."""
    intent = next((name for source, name in names if source == "stripe" and name.startswith("pi_")), "")
    if intent and not back and "stripe" in processors.names():
        return "stripe", intent
    source, name = names[0]
    return f"import:{system}", name if source == system else f"{source}:{name}"


def _key(cell: str) -> str:
    try:
        return str(UUID(cell.strip()))
    except ValueError:
        return ""
