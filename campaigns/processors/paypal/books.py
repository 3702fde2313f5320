"""PayPal's own books (Transaction Search v1). They lag up to three hours behind, and reach three years back."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from threading import Lock
from time import monotonic
from typing import Any

from campaigns.processors.base import MovementKind, Transaction, TransactionKind
from campaigns.processors.paypal import amounts, orders
from campaigns.processors.paypal.disputes import of_capture
from campaigns.processors.paypal.reading import disputed, moment
from campaigns.processors.paypal.wire import Malformed, No, Wire, understood

LONGEST_WINDOW = timedelta(days=30)  # 31 at the most, says PayPal
SHORTEST_WINDOW = timedelta(minutes=1)
READ_EVERY = 600  # seconds: they are hours behind anyway
A_PAGE = 500
TOO_MANY = "RESULTSET_TOO_LARGE"  # more than 10,000 lines in one window
Kind = TransactionKind

# developer.paypal.com, “Transaction event codes”. A group's first three characters, where its codes are not told apart.
PAYMENTS, PAYOUTS = "T00", "T04"
REFUND = "T1107"
HOLD, HOLD_ENDED = "T1110", "T1111"  # for the investigation of a dispute
TAKEN = frozenset({"T1106", "T1201"})  # PayPal's reversal and a card's chargeback
GIVEN_BACK = frozenset({"T1202", "T1205", "T1208"})
DISPUTED = TAKEN | GIVEN_BACK | {HOLD, HOLD_ENDED}


def transactions(wire: Wire, *, since: datetime, until: datetime) -> Iterator[Transaction]:
    """The lines that moved the balance, in [since, until), the oldest first. A window at a time is in memory."""
    books = _Books(wire)
    while since < until:
        end = min(since + LONGEST_WINDOW, until)
        lines = sorted(_lines(wire, since, end), key=lambda line: moment(line["transaction_initiation_date"]))
        yield from (line for told in lines for line in books.read(told))
        since = end


class Lately:
    """Our payments of the last month by their keys, read once for all the renewals of a run."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._lock = Lock()
        self._read_at = 0.0
        self._captures: dict[str, str] = {}

    def capture_of(self, key: str, *, fresh: bool) -> str:
        """Empty when the books do not have it (yet)."""
        with self._lock:
            if fresh or not self._read_at or monotonic() > self._read_at + READ_EVERY:
                until = datetime.now(UTC)
                lines = _lines(self._wire, until - LONGEST_WINDOW, until)
                with understood():
                    self._captures = {str(line["custom_field"]): str(line["transaction_id"]) for line in lines if _is_ours(line)}
                self._read_at = monotonic()
            return self._captures.get(key, "")


@cache
def lately(wire: Wire) -> Lately:
    return Lately(wire)


def _is_ours(line: dict[str, Any]) -> bool:
    return bool(line.get("custom_field")) and str(line["transaction_event_code"]).startswith(PAYMENTS)


def order_of(wire: Wire, capture_id: str) -> str:
    """The order that a capture belongs to; empty when it belongs to none."""
    if not orders.ID.fullmatch(capture_id):
        return ""
    try:
        told = wire.get(f"/v2/payments/captures/{capture_id}")
    except No:
        return ""
    with understood():
        related = (told.get("supplementary_data") or {}).get("related_ids") or {}
        return str(related.get("order_id") or "")


def _lines(wire: Wire, since: datetime, until: datetime) -> list[dict[str, Any]]:
    """All lines of one window; a window with too many is cut in two."""
    try:
        found = [line for page in _pages(wire, since, until) for line in page]
    except Malformed as fault:
        if TOO_MANY not in fault.issues or until - since < SHORTEST_WINDOW:
            raise
        middle = since + (until - since) / 2
        return _lines(wire, since, middle) + _lines(wire, middle, until)
    with understood():  # the end belongs to the next window
        return [line for line in found if since <= moment(line["transaction_initiation_date"]) < until]


def _pages(wire: Wire, since: datetime, until: datetime) -> Iterator[list[dict[str, Any]]]:
    page, pages = 1, 1
    while page <= pages:
        told = wire.get(
            "/v1/reporting/transactions",
            start_date=since.isoformat(timespec="milliseconds"),
            end_date=until.isoformat(timespec="milliseconds"),
            fields="transaction_info",
            balance_affecting_records_only="Y",
            page_size=str(A_PAGE),
            page=str(page),
        )
        with understood():
            yield [detail["transaction_info"] for detail in told.get("transaction_details") or []]
            pages = int(told.get("total_pages") or 1)
        page += 1


class _Books:
    """Reads lines, and asks what they do not tell: the order of a capture, the dispute of a reversal."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def read(self, line: dict[str, Any]) -> Iterator[Transaction]:
        with understood():
            if line.get("transaction_status", "S") in {"P", "D"}:
                return  # not yet, or never
            amount, currency = amounts.read(line["transaction_amount"])
            fee = amounts.in_currency(line.get("fee_amount"), currency) or 0
            ref, kind = str(line["transaction_id"]), _kind(str(line["transaction_event_code"]), amount)
            payment = also = ""
            if kind == Kind.PAYMENT:
                also = ref
                ref = payment = order_of(self._wire, ref) or ref
            elif kind in {Kind.REFUND, Kind.DISPUTE, Kind.DISPUTE_WON}:
                also = capture = str(line.get("paypal_reference_id") or "")
                payment = order_of(self._wire, capture) or capture
                if kind != Kind.REFUND:
                    ref, kind = self._dispute(capture, line) or (ref, Kind.OTHER)
            yield Transaction(
                ref=ref,
                kind=kind,
                amount=amount,
                currency=currency,
                at=moment(line["transaction_initiation_date"]),
                payment=payment,
                key=orders.key_in(str(line.get("custom_field") or "")),
                fee=-fee,
                also=also,
            )

    def _dispute(self, capture: str, line: dict[str, Any]) -> tuple[str, TransactionKind] | None:
        """Which dispute a line is of, and as what it counts; None for a line that another one undoes.

        PayPal holds the money, ends the hold, and then takes the money for good of a dispute that is lost: the last of
        the three is the one that counts then, and otherwise the first two.
        """
        code = line["transaction_event_code"]
        found = of_capture(self._wire, capture) if orders.ID.fullmatch(capture) else []
        if not found:
            return str(line["transaction_id"]), Kind.DISPUTE if code in TAKEN | {HOLD} else Kind.DISPUTE_WON
        told = max(found, key=lambda dispute: str(dispute["create_time"]))
        all_of_it = abs(amounts.read(line["transaction_amount"])[0])
        is_won = any(move.kind == MovementKind.DISPUTE_WON for move in disputed(told, left=all_of_it))
        if code in {HOLD, HOLD_ENDED} and told["status"] == "RESOLVED" and not is_won:
            return None
        return str(told["dispute_id"]), Kind.DISPUTE if code in TAKEN | {HOLD} else Kind.DISPUTE_WON


def _kind(code: str, amount: int) -> TransactionKind:
    if code.startswith(PAYMENTS) and amount > 0:
        return Kind.PAYMENT
    if code.startswith(PAYOUTS):
        return Kind.PAYOUT
    if code == REFUND:
        return Kind.REFUND if amount < 0 else Kind.OTHER
    if code in DISPUTED:
        return Kind.DISPUTE if amount < 0 else Kind.DISPUTE_WON
    return Kind.OTHER
