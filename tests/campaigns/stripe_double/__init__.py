"""Stripe's HTTP API as a program of our own, with state, for the official SDK to talk to through STRIPE_API_BASE.

server.py listens, checks and remembers idempotency keys; api.py answers; account.py has the books; hands.py is what donors,
banks and Stripe itself do. Every request is held against the SDK's typed parameters, and every answer against its classes:
`complaints` must be empty at the end. What it does not know it refuses.
"""

from tests.campaigns.stripe_double.account import Account
from tests.campaigns.stripe_double.hands import Hands
from tests.campaigns.stripe_double.server import KEY, SECRET, StripeDouble

__all__ = ["KEY", "SECRET", "Account", "Hands", "StripeDouble"]
