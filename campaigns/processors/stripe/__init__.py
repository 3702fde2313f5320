"""Stripe: hosted Checkout, charges of saved methods, its books and its signed events. docs/fundraising.md tells the plan."""

from campaigns.processors.stripe.processor import Stripe

__all__ = ["Stripe"]
