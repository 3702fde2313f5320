"""Whose fault it is, from the SDK's errors. Their texts may name a donor: ours say the code and the request's number alone."""

import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import Enum

import stripe
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError, ProxyError

from campaigns.processors.base import Busy, ProcessorError, ProcessorFault, Refused, TooFast, Uncertain

Concerns = Callable[[stripe.InvalidRequestError], bool]
LOCKED = "lock_timeout"  # a 429 about one object, of which another request is being answered
SENTENCES = {
    "balance_insufficient": "The balance at Stripe is too small for this refund.",
    "charge_already_refunded": "All of this payment was sent back already.",
    "charge_disputed": "The donor's bank disputes this payment: it cannot be sent back meanwhile.",
}


class Asked(Enum):
    """What a lost answer leaves behind."""

    READ = "nothing"
    OPENED = "perhaps a page that nobody has seen"
    MOVED = "perhaps money that moved"


@contextmanager
def answered(asked: Asked, *, refused: Concerns = lambda error: False) -> Iterator[None]:
    """Stripe's errors as ours. `refused` tells which of its 400s concern the donor or the payment; the rest is our account.

    After a 5xx money may have moved: Stripe calls such answers indeterminate, and repeats them for the key's 24 hours.
    """
    try:
        yield
    except stripe.StripeError as error:
        raise _ours(error, asked, refused) from None  # its text and its request stay out of every traceback


def is_in_use(error: stripe.StripeError) -> bool:
    """A twin under the same key is just being answered."""
    return error.http_status == 409


def always(error: stripe.InvalidRequestError) -> bool:
    return True


def _ours(error: stripe.StripeError, asked: Asked, refused: Concerns) -> ProcessorError:
    said = _said(error)
    if isinstance(error, stripe.CardError):
        return Refused(f"The payment was declined{said}.")
    if isinstance(error, stripe.IdempotencyError):
        return Uncertain(f"Stripe was asked under this key before, with other words{said}.")
    if isinstance(error, stripe.InvalidRequestError):
        if refused(error):
            return Refused(SENTENCES.get(error.code or "", f"Stripe does not do this{said}."))
        return ProcessorFault(f"Stripe does not take what we ask{said}.")
    if isinstance(error, stripe.AuthenticationError | stripe.PermissionError):
        return ProcessorFault(f"Stripe refuses our account or its key{said}.")
    if is_in_use(error) and asked is not Asked.READ:
        return Busy(f"Stripe is just answering the same question{said}.")
    if isinstance(error, stripe.RateLimitError):
        if error.code == LOCKED:
            return Busy(f"Stripe is just at work on the same thing{said}.")
        return TooFast(f"Stripe has too much to do just now{said}.")
    if isinstance(error, stripe.APIConnectionError):
        is_lost = asked is not Asked.READ and not _was_never_sent(error)
        return Uncertain("Stripe's answer was lost.") if is_lost else ProcessorFault("Stripe cannot be reached.")
    return (
        Uncertain(f"Stripe did not say what happened{said}.")
        if asked is Asked.MOVED
        else ProcessorFault(f"Stripe is in trouble{said}.")
    )


def _said(error: stripe.StripeError) -> str:
    parts = [error.code or "", str(error.http_status or ""), f"request {error.request_id}" if error.request_id else ""]
    told = ", ".join(part for part in parts if part)
    return f" ({told})" if told else ""


def _was_never_sent(error: stripe.APIConnectionError) -> bool:
    """There was no connection to send it on, or none to Stripe."""
    cause = error.__cause__
    why = getattr(cause.args[0], "reason", None) if cause and cause.args else None
    if isinstance(why, NewConnectionError | ConnectTimeoutError | ProxyError):
        return True
    return isinstance(getattr(why, "args", [None])[0] if why else None, ssl.SSLCertVerificationError)
