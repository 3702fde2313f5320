"""Errors and answers in Stripe's shapes: expanded, paged, and held against the SDK's classes."""

from typing import Any

import stripe

from tests.campaigns.stripe_double.account import Account, Thing

CLASSES: dict[str, Any] = {
    "account": stripe.Account,
    "balance_transaction": stripe.BalanceTransaction,
    "charge": stripe.Charge,
    "checkout.session": stripe.checkout.Session,
    "customer": stripe.Customer,
    "dispute": stripe.Dispute,
    "payment_intent": stripe.PaymentIntent,
    "payment_method": stripe.PaymentMethod,
    "payout": stripe.Payout,
    "refund": stripe.Refund,
}
DEEPEST = 4
# What may be expanded, of which kind it is then.
EXPANDABLE = {
    ("checkout.session", "payment_intent"),
    ("checkout.session", "customer"),
    ("payment_intent", "latest_charge"),
    ("payment_intent", "customer"),
    ("payment_intent", "payment_method"),
    ("charge", "balance_transaction"),
    ("charge", "payment_intent"),
    ("charge", "refunds"),
    ("refund", "balance_transaction"),
    ("refund", "failure_balance_transaction"),
    ("balance_transaction", "source"),
}


class ApiError(Exception):
    def __init__(self, status: int, kind: str, message: str, **more: Any) -> None:
        super().__init__(message)
        self.status, self.body = status, {"error": {"type": kind, "message": message, **more}}


def invalid(message: str, *, param: str = "", code: str = "", status: int = 400, **more: Any) -> ApiError:
    told = {name: value for name, value in {"param": param, "code": code, **more}.items() if value}
    return ApiError(status, "invalid_request_error", message, **told)


def missing(kind: str, name: str, *, param: str = "id", status: int = 404) -> ApiError:
    return invalid(f"No such {kind}: '{name}'", param=param, code="resource_missing", status=status)


def whole(account: Account, thing: Thing, paths: list[str]) -> Thing:
    """A copy with what the paths ask for in place of its id."""
    for path in paths:
        if path.count(".") >= DEEPEST:
            raise invalid("You cannot expand more than 4 levels of a property.", param="expand")
    return _expanded(account, thing, [path.split(".") for path in paths])


def listed(account: Account, things: list[Thing], told: dict[str, Any], url: str) -> Thing:
    """A page of a list: `limit`, `starting_after`, `created`, and what to expand under `data`."""
    limit, after = int(told.get("limit", 10)), told.get("starting_after")
    if not 1 <= limit <= 100:
        raise invalid("Invalid integer: limit", param="limit")
    if isinstance(created := told.get("created"), dict):
        things = [thing for thing in things if _lies(thing["created"], created)]
    if after:
        names = [thing["id"] for thing in things]
        if after not in names:
            raise missing("object", after, param="starting_after", status=400)
        things = things[names.index(after) + 1 :]
    page = {"object": "list", "url": url, "has_more": len(things) > limit, "data": things[:limit]}
    return whole(account, page, told.get("expand", []))


def complaints(answer: Any) -> list[str]:
    """Fields that the SDK's classes do not know, and such as they promise and the answer has not."""
    if isinstance(answer, list):
        return [wrong for one in answer for wrong in complaints(one)]
    if not isinstance(answer, dict):
        return []
    of = CLASSES.get(str(answer.get("object")))
    known = dict(of.__annotations__) if of else {}
    wrong = [f"{answer['object']} has no {name}" for name in answer if of and name not in known]
    wrong += [f"{answer['object']} lacks {name}" for name, hint in known.items() if name not in answer and _is_sure(hint)]
    return wrong + [one for value in answer.values() for one in complaints(value)]


def _expanded(account: Account, thing: Thing, paths: list[list[str]]) -> Thing:
    copy = dict(thing)
    for name in {path[0] for path in paths}:
        below = [path[1:] for path in paths if path[0] == name and path[1:]]
        if thing["object"] == "list" and name == "data":
            copy["data"] = [_expanded(account, one, below) for one in thing["data"]]
            continue
        if (thing["object"], name) not in EXPANDABLE:
            raise invalid(f"This property cannot be expanded ({name}).", param="expand")
        if (thing["object"], name) == ("charge", "refunds"):
            copy[name] = _refunds(account, thing)
        elif copy.get(name):
            copy[name] = _expanded(account, account.things[copy[name]], below)
    return copy


def _refunds(account: Account, charge: Thing) -> Thing:
    found = [refund for refund in account.all("refund") if refund["charge"] == charge["id"]]
    return {"object": "list", "url": f"/v1/charges/{charge['id']}/refunds", "has_more": len(found) > 10, "data": found[:10]}


def _lies(created: int, within: dict[str, str]) -> bool:
    tests = {"gt": created.__gt__, "gte": created.__ge__, "lt": created.__lt__, "lte": created.__le__}
    return all(tests[name](int(bound)) for name, bound in within.items())


def _is_sure(hint: Any) -> bool:
    text = str(hint)
    return not any(word in text for word in ("Optional", "NoneType", "ClassVar", "NotRequired"))
