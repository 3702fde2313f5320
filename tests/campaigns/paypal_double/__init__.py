"""A pretended PayPal: its HTTP API with books behind it, made from PayPal's published API description.

`running()` is a server on a port of its own. What is asked of it is checked strictly (shapes.py): a member that PayPal
does not describe is refused here. What a donor, a bank and PayPal's own desk do are methods of its `books`.
"""

from tests.campaigns.paypal_double.server import Double, running

__all__ = ["Double", "running"]
