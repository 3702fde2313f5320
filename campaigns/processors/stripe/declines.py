"""Why a payment was declined, whose turn it is then, and what the donor is told (docs.stripe.com/declines/codes)."""

from dataclasses import dataclass

import stripe
from django.utils.translation import gettext_noop

NEEDS_DONOR = frozenset(
    {"authentication_required", "payment_intent_authentication_failure", "offline_pin_required", "online_or_offline_pin_required"}
)
# The same way to pay will never work again, or its owner told the bank to stop us.
ENDS = """
    account_closed bank_account_closed bank_account_restricted bank_account_unusable card_not_supported currency_not_supported
    debit_not_authorized do_not_try_again expired_card fraudulent incorrect_number invalid_account invalid_number
    invalid_account_number lost_card merchant_blacklist no_account payment_method_customer_decline pickup_card restricted_card
    revocation_of_all_authorizations revocation_of_authorization stolen_card stop_payment_order transaction_not_allowed"""
IS_FINAL = frozenset(ENDS.split())
# Whether a card was lost, stolen or taken for fraud is between its bank and its owner: those are told as plain declines.
WORDS = {
    "authentication_required": gettext_noop("The bank wants you to confirm this payment."),
    "payment_intent_authentication_failure": gettext_noop("The payment was not confirmed with the bank."),
    "insufficient_funds": gettext_noop("There was not enough money in the account."),
    "withdrawal_count_limit_exceeded": gettext_noop("The limit of the card is used up."),
    "card_velocity_exceeded": gettext_noop("The limit of the card is used up."),
    "expired_card": gettext_noop("The card has expired."),
    "card_not_supported": gettext_noop("The card does not take payments of this kind."),
    "currency_not_supported": gettext_noop("The card does not take this currency."),
    **dict.fromkeys(
        ["incorrect_number", "invalid_number", "incorrect_cvc", "invalid_cvc"], gettext_noop("The card's number was not right.")
    ),
    **dict.fromkeys(["account_closed", "bank_account_closed", "no_account"], gettext_noop("The bank account is closed.")),
}
DECLINED = gettext_noop("The bank declined the payment.")


@dataclass(frozen=True, slots=True)
class Decline:
    problem: str = DECLINED
    needs_donor: bool = False
    is_final: bool = False


def of(intent: stripe.PaymentIntent) -> Decline | None:
    """The last attempt's decline. Cancelling may wipe the intent's own error out; the failed charge keeps it."""
    error, charge = intent.last_payment_error, intent.latest_charge
    if error:
        return _told({part(error, "code"), part(error, "decline_code")}, part(error, "advice_code"))
    if isinstance(charge, stripe.Charge) and charge.status == "failed":
        return _told({charge.failure_code or "", part(charge.outcome, "reason")}, part(charge.outcome, "advice_code"))
    return None


def part(thing: object, name: str) -> str:
    """What Stripe has nothing to say about may be left out of its errors and outcomes."""
    return getattr(thing, name, None) or ""


def _told(codes: set[str], advice: str) -> Decline:
    words = next((WORDS[code] for code in sorted(codes) if code in WORDS), DECLINED)
    is_final = advice == "do_not_try_again" or bool(codes & IS_FINAL)
    return Decline(words, needs_donor=bool(codes & NEEDS_DONOR), is_final=is_final)
