"""What each call does and answers."""

import re
from collections.abc import Callable
from typing import Any

from stripe import params
from stripe.params import checkout

from tests.campaigns.stripe_double.account import Account, Thing
from tests.campaigns.stripe_double.answers import ApiError, invalid, listed, missing, whole

WITH_TWO_NOUGHTS, WITH_THREE = {"isk", "ugx"}, {"bhd", "jod", "kwd", "omr", "tnd"}
CANCELLABLE = {"requires_payment_method", "requires_capture", "requires_confirmation", "requires_action", "processing"}
Told = dict[str, Any]


def create_session(account: Account, told: Told) -> Thing:
    if told.get("mode") != "payment" or not told.get("line_items"):
        raise invalid("You must provide line_items in `payment` mode.", param="line_items")
    if "success_url" not in told:
        raise invalid("Missing required param: success_url.", param="success_url", code="parameter_missing")
    price = told["line_items"][0]["price_data"]
    amount = int(price["unit_amount"]) * int(told["line_items"][0]["quantity"])
    _sound(amount, price["currency"], "line_items[0][price_data]")
    email = told.get("customer_email")
    if email and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", email):
        raise invalid(f"Invalid email address: {email}", param="customer_email", code="email_invalid")
    session = account.make(
        "cs_test",
        "checkout.session",
        adaptive_pricing=told.get("adaptive_pricing", {"enabled": True}),
        amount_subtotal=amount,
        amount_total=amount,
        automatic_tax={"enabled": False, "liability": None, "provider": None, "status": None},
        cancel_url=told.get("cancel_url"),
        client_reference_id=told.get("client_reference_id"),
        currency=price["currency"],
        custom_fields=[],
        custom_text=dict.fromkeys(["after_submit", "shipping_address", "submit", "terms_of_service_acceptance"]),
        customer=None,
        customer_creation=told.get("customer_creation", "if_required"),
        customer_email=email,
        expires_at=account.now() + 24 * 3600,
        livemode=False,
        locale=told.get("locale"),
        metadata=told.get("metadata", {}),
        mode="payment",
        payment_intent=None,
        payment_method_types=["card"],
        payment_status="unpaid",
        shipping_options=[],
        status="open",
        submit_type=told.get("submit_type"),
        success_url=told["success_url"],
    )
    session["url"] = f"https://checkout.stripe.com/c/pay/{session['id']}"
    account.terms[session["id"]] = told.get("payment_intent_data", {})
    return session


def expire_session(account: Account, told: Told, name: str) -> Thing:
    session = _known(account, "checkout.session", name)
    if session["status"] != "open":
        raise invalid('Only Checkout Sessions with a status in ["open"] can be expired.')
    session.update(status="expired", url=None)
    return session


def create_intent(account: Account, told: Told) -> Thing:
    """Off session and confirmed at once; a decline is a 402 that names the intent."""
    _sound(int(told["amount"]), told["currency"], "")
    if told.get("confirm") == "true" and "return_url" not in told:
        raise invalid("You must provide a `return_url`.", param="return_url")
    method, customer = account.get(told.get("payment_method", ""), "payment_method"), told.get("customer", "")
    if not account.get(customer, "customer"):
        raise missing("customer", customer, param="customer", status=400)
    if not method or method["customer"] != customer:
        raise missing("PaymentMethod", told.get("payment_method", ""), param="payment_method", status=400)
    intent = account.intent(
        int(told["amount"]),
        told["currency"],
        customer=customer,
        payment_method=method["id"],
        description=told.get("description"),
        metadata=told.get("metadata", {}),
        capture_method=told.get("capture_method", "automatic_async"),
    )
    if not account.search_lags:
        account.indexed.add(intent["id"])
    return confirm(account, intent, account.charges.get(method["id"], ("", "")))


def detach_method(account: Account, told: Told, name: str) -> Thing:
    method = _known(account, "payment_method", name)
    if method["customer"] is None:
        raise invalid("The payment method you provided is not attached to a customer so detachment is impossible.")
    method["customer"] = None
    return method


def confirm(account: Account, intent: Thing, fate: tuple[str, str]) -> Thing:
    """What the bank says: nothing against it, “later”, or a code with the network's advice."""
    code, advice = fate
    if code == "later":
        debit = {"type": "sepa_debit", "sepa_debit": {"last4": "3000"}}
        account.charge(intent, status="pending", captured=False, details=debit)
        intent["status"] = "processing"
    elif code:
        raise decline(account, intent, code, advice)
    elif intent["capture_method"] == "manual":
        account.charge(intent, captured=False)
        intent.update(status="requires_capture", amount_capturable=intent["amount"])
    else:
        account.succeed(intent, account.charge(intent))
    return intent


def decline(account: Account, intent: Thing, code: str, advice: str = "") -> ApiError:
    outer = code if code in {"authentication_required", "expired_card"} else "card_declined"
    charge = account.charge(intent, status="failed", captured=False)
    charge.update(paid=False, failure_code=outer, failure_message="Your card was declined.")
    charge["outcome"] = {
        "advice_code": advice or None,
        "network_status": "declined_by_network",
        "reason": code,
        "type": "issuer_declined",
    }
    error: Thing = {
        "type": "card_error",
        "code": outer,
        "decline_code": code,
        "message": "Your card was declined.",
        "charge": charge["id"],
    }
    if advice:
        error["advice_code"] = advice
    intent.update(status="requires_payment_method", last_payment_error=dict(error))
    more = {name: value for name, value in error.items() if name not in {"type", "message"}}
    return ApiError(402, "card_error", "Your card was declined.", **more, payment_intent=whole(account, intent, []))


def capture_intent(account: Account, told: Told, name: str) -> Thing:
    intent = _known(account, "payment_intent", name)
    if intent["status"] != "requires_capture":
        raise _unexpected(intent, "captured")
    intent["metadata"] = {**intent["metadata"], **told.get("metadata", {})}
    account.succeed(intent, account.things[intent["latest_charge"]])
    return intent


def cancel_intent(account: Account, told: Told, name: str) -> Thing:
    intent = _known(account, "payment_intent", name)
    if intent["status"] not in CANCELLABLE or any(
        s["payment_intent"] == name and s["status"] == "open" for s in account.all("checkout.session")
    ):
        raise _unexpected(intent, "canceled")
    reason = told.get("cancellation_reason")
    intent.update(
        status="canceled", canceled_at=account.now(), cancellation_reason=reason, amount_capturable=0, last_payment_error=None
    )
    return intent


def search_intents(account: Account, told: Told) -> Thing:
    if not account.settings["search"]:
        raise invalid("Search is not available to accounts in your country.")
    asked = re.fullmatch(r"metadata\['key'\]:'((?:[^'\\]|\\.)*)'", told["query"])
    if not asked:
        raise invalid("We were unable to parse your search query.", param="query")
    key = re.sub(r"\\(.)", r"\1", asked[1])
    found = [one for one in account.all("payment_intent") if one["metadata"].get("key") == key and one["id"] in account.indexed]
    page = {"object": "list", "url": "/v1/payment_intents/search", "has_more": False, "data": found[: int(told.get("limit", 10))]}
    return {**whole(account, page, told.get("expand", [])), "object": "search_result", "next_page": None}


def create_refund(account: Account, told: Told) -> Thing:
    intent = _known(account, "payment_intent", told.get("payment_intent", ""), param="payment_intent", status=400)
    charge = account.things.get(intent["latest_charge"] or "")
    if intent["status"] != "succeeded" or charge is None:
        raise invalid(f"This PaymentIntent ({intent['id']}) does not have a successful charge to refund.", param="payment_intent")
    left = charge["amount_captured"] - charge["amount_refunded"]
    if left == 0:
        raise invalid(f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded")
    if charge["disputed"]:
        raise invalid(f"Charge {charge['id']} has been charged back; cannot issue a refund.", code="charge_disputed")
    amount = int(told.get("amount", left))
    if amount > left:
        raise invalid(f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left})", param="amount")
    return account.refund(charge, amount, metadata=told.get("metadata", {}), status=account.settings.get("refunds", "succeeded"))


def retrieve_account(account: Account, told: Told) -> Thing:
    return {"id": "acct_1", "object": "account", "charges_enabled": account.settings["charges_enabled"], "country": "DE"}


def lists(kind: str, *filters: str) -> Callable[..., Thing]:
    def answer(account: Account, told: Told) -> Thing:
        asked = {name: told[name] for name in filters if name in told}
        if "customer" in asked:
            _known(account, "customer", asked["customer"], param="customer", status=400)
        found = [thing for thing in account.all(kind) if all(thing.get(name) == value for name, value in asked.items())]
        return listed(account, found, told, "/v1/" + kind.replace(".", "/") + "s")

    return answer


def list_lines(account: Account, told: Told) -> Thing:
    within = account.paid_out.get(told["payout"], set()) if "payout" in told else set(account.things)
    found = [line for line in account.all("balance_transaction") if line["id"] in within]
    return listed(account, found, told, "/v1/balance_transactions")


def retrieves(kind: str) -> Callable[..., Thing]:
    return lambda account, told, name: _known(account, kind, name)


Route = tuple[str, str, Any, Callable[..., Thing]]
ROUTES: list[Route] = [
    ("POST", "/v1/checkout/sessions", checkout.SessionCreateParams, create_session),
    (
        "GET",
        "/v1/checkout/sessions",
        checkout.SessionListParams,
        lists("checkout.session", "status", "payment_intent", "customer"),
    ),
    ("GET", "/v1/checkout/sessions/{}", checkout.SessionRetrieveParams, retrieves("checkout.session")),
    ("POST", "/v1/checkout/sessions/{}/expire", checkout.SessionExpireParams, expire_session),
    ("GET", "/v1/payment_intents/search", params.PaymentIntentSearchParams, search_intents),
    ("POST", "/v1/payment_intents", params.PaymentIntentCreateParams, create_intent),
    ("GET", "/v1/payment_intents", params.PaymentIntentListParams, lists("payment_intent", "customer")),
    ("GET", "/v1/payment_intents/{}", params.PaymentIntentRetrieveParams, retrieves("payment_intent")),
    ("POST", "/v1/payment_intents/{}/capture", params.PaymentIntentCaptureParams, capture_intent),
    ("POST", "/v1/payment_intents/{}/cancel", params.PaymentIntentCancelParams, cancel_intent),
    ("POST", "/v1/payment_methods/{}/detach", params.PaymentMethodDetachParams, detach_method),
    ("POST", "/v1/refunds", params.RefundCreateParams, create_refund),
    ("GET", "/v1/refunds", params.RefundListParams, lists("refund", "payment_intent", "charge")),
    ("GET", "/v1/disputes", params.DisputeListParams, lists("dispute", "payment_intent", "charge")),
    ("GET", "/v1/balance_transactions", params.BalanceTransactionListParams, list_lines),
    ("GET", "/v1/payouts", params.PayoutListParams, lists("payout", "status")),
    ("GET", "/v1/account", params.AccountRetrieveCurrentParams, retrieve_account),
]


def _known(account: Account, kind: str, name: str, *, param: str = "id", status: int = 404) -> Thing:
    thing = account.get(name, kind)
    if thing is None:
        raise missing(kind, name, param=param, status=status)
    return thing


def _unexpected(intent: Thing, deed: str) -> ApiError:
    sentence = f"This PaymentIntent could not be {deed} because it has a status of {intent['status']}."
    return invalid(sentence, code="payment_intent_unexpected_state", payment_intent=dict(intent))


def _sound(amount: int, currency: str, where: str) -> None:
    """Amounts as docs.stripe.com/currencies has them."""
    if currency != currency.lower() or len(currency) != 3 or currency in {"lyd", "iqd", "kpw"}:
        raise invalid(f"Invalid currency: {currency}.", param=f"{where}[currency]" if where else "currency")
    least = {"eur": 50, "usd": 50, "gbp": 30, "jpy": 50}.get(currency, 1)
    if amount < least:
        raise invalid("Amount must be at least the minimum.", code="amount_too_small", param=where or "amount")
    if amount > 99_999_999:
        raise invalid("Amount must be no more than 999,999.99.", code="amount_too_large", param=where or "amount")
    if (currency in WITH_TWO_NOUGHTS and amount % 100) or (currency in WITH_THREE and amount % 10):
        raise invalid("Invalid amount.", code="invalid_charge_amount", param=where or "amount")
