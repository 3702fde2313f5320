"""PayPal's words for what went wrong (`details[].issue`), by whose turn it is.

developer.paypal.com, the errors of Orders v2 and of Payments v2.
"""

from django.utils.translation import gettext_noop

# The newsroom's own account: nobody can pay through it, another processor may.
OURS = frozenset(
    {
        "AUTH_CAPTURE_NOT_ENABLED",
        "INVALID_ACCOUNT_STATUS",
        "NOT_AUTHORIZED",
        "NOT_ENABLED_TO_VAULT_PAYMENT_SOURCE",
        "PAYEE_ACCOUNT_INVALID",
        "PAYEE_ACCOUNT_LOCKED_OR_CLOSED",
        "PAYEE_ACCOUNT_NOT_SUPPORTED",
        "PAYEE_ACCOUNT_NOT_VERIFIED",
        "PAYEE_ACCOUNT_RESTRICTED",
        "PAYEE_COUNTRY_NOT_SUPPORTED_FOR_PAYMENT_SOURCE",
        "PAYEE_NOT_CONSENTED",
        "PAYEE_NOT_ENABLED_FOR_BANK_PROCESSING",
        "PAYEE_NOT_ENABLED_FOR_CARD_PROCESSING",
        "PERMISSION_DENIED",
        "TRANSACTION_RECEIVING_LIMIT_EXCEEDED",
    }
)
UNDER_WAY = frozenset({"DUPLICATE_REQUEST_ID", "ORDER_COMPLETION_IN_PROGRESS", "PREVIOUS_REQUEST_IN_PROGRESS"})
DONE_ALREADY = frozenset({"ORDER_ALREADY_AUTHORIZED", "ORDER_ALREADY_CAPTURED", "ORDER_COMPLETED_OR_VOIDED"})
NOT_YET = frozenset({"ORDER_NOT_APPROVED", "PAYER_ACTION_REQUIRED", "REDIRECT_PAYER_FOR_ALTERNATE_FUNDING"})

# Of a renewal: the donor must be there, or the saved way to pay is over for good.
NEEDS_DONOR = frozenset({"PAYER_ACTION_REQUIRED", "PAYER_CONSENT_REQUIRED", "REDIRECT_PAYER_FOR_ALTERNATE_FUNDING"})
FINAL = frozenset(
    {
        "AGREEMENT_ALREADY_CANCELLED",
        "BILLING_AGREEMENT_NOT_FOUND",
        "PAYER_ACCOUNT_LOCKED_OR_CLOSED",
        "PAYER_ACCOUNT_RESTRICTED",
        "TOKEN_EXPIRED",
    }
)
UNKNOWN_MANDATE = frozenset({"MISMATCHED_VAULT_ID_TO_PAYMENT_SOURCE", "TOKEN_ID_NOT_FOUND"})
PAID_ALREADY = "DUPLICATE_INVOICE_ID"

DECLINED = gettext_noop("PayPal did not take the payment. Please try again with another way to pay.")
SENTENCES = {
    "AUTHORIZATION_ALREADY_CAPTURED": "PayPal has taken this payment already.",
    "AUTHORIZATION_EXPIRED": "PayPal held this payment for too long: it has expired.",
    "AUTHORIZATION_VOIDED": "This payment has been let go at PayPal.",
    "CAPTURE_FULLY_REFUNDED": "PayPal has sent this payment back already.",
    "PENDING_CAPTURE": "This payment is still under way at PayPal, and cannot be sent back yet.",
    "REFUND_AMOUNT_EXCEEDED": "More than is left of this payment cannot be sent back.",
    "REFUND_FAILED_INSUFFICIENT_FUNDS": "The PayPal account has not enough money for this refund.",
    "REFUND_NOT_PERMITTED_DUE_TO_CHARGEBACK": "The donor disputes this payment: it cannot be sent back while that lasts.",
    "REFUND_TIME_LIMIT_EXCEEDED": "This payment is too old for a refund by PayPal (180 days).",
    "TRANSACTION_DISPUTED": "The donor disputes this payment: it cannot be sent back while that lasts.",
}
