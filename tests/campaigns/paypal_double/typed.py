"""A second judge: the models of PayPal's own SDK, whose members are those of its API description.

What passes through a model and back and is the same has no member that PayPal does not describe.
"""

import re
from typing import Any

from paypalserversdk.api_helper import APIHelper
from paypalserversdk.models.capture_request import CaptureRequest
from paypalserversdk.models.captured_payment import CapturedPayment
from paypalserversdk.models.order import Order
from paypalserversdk.models.order_capture_request import OrderCaptureRequest
from paypalserversdk.models.order_request import OrderRequest
from paypalserversdk.models.payment_authorization import PaymentAuthorization
from paypalserversdk.models.refund import Refund
from paypalserversdk.models.refund_request import RefundRequest
from paypalserversdk.models.search_response import SearchResponse

REQUESTS = {
    r"/v2/checkout/orders": OrderRequest,
    r"/v2/checkout/orders/\w+/(capture|authorize)": OrderCaptureRequest,
    r"/v2/payments/captures/\w+/refund": RefundRequest,
    r"/v2/payments/authorizations/\w+/capture": CaptureRequest,
}
ANSWERS = {
    r"/v2/checkout/orders(/\w+)*": Order,
    r"/v2/payments/captures/\w+/refund|/v2/payments/refunds/\w+": Refund,
    r"/v2/payments/captures/\w+|/v2/payments/authorizations/\w+/capture": CapturedPayment,
    r"/v2/payments/authorizations/\w+(/void)?": PaymentAuthorization,
    r"/v1/reporting/transactions": SearchResponse,
}


def unknown_in(path: str, told: dict[str, Any], models: dict[str, Any]) -> list[str]:
    """The members that PayPal's description does not have, as JSON pointers."""
    model = next((model for pattern, model in models.items() if re.fullmatch(pattern, path)), None)
    return [] if model is None or not told else _lost(told, APIHelper.to_dictionary(model.from_dictionary(told)), "")


def _lost(told: Any, kept: Any, at: str) -> list[str]:
    if isinstance(told, dict) and isinstance(kept, dict):
        return [lost for key, value in told.items() for lost in _lost(value, kept.get(key), f"{at}/{key}")]
    if isinstance(told, list) and isinstance(kept, list) and len(told) == len(kept):
        return [lost for number, item in enumerate(told) for lost in _lost(item, kept[number], f"{at}/{number}")]
    return [] if told == kept or not told else [at]  # the models leave out what is nought or empty
