"""PayPal, by Orders v2: the donor approves on PayPal's page, and what was approved is captured when it is looked up."""

from campaigns.processors.paypal.processor import PayPal

__all__ = ["PayPal"]
