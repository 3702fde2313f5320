"""The SDK's client, one for each processor: its key, its base and its limits are its own. Nothing of the SDK's globals is used
but a switch: by it the SDK would keep a number of ours in the home folder and send our system's name along."""

import stripe

VERSION = "2026-10-28.endive"  # of the API. Raise it together with the SDK: the suite checks requests by the SDK's types
PATIENCE = (5.0, 20.0)  # seconds to connect, and between two bytes: a bank may take ten over a card
PAGE = 100

stripe.enable_telemetry = False


def client(secret_key: str, api_base: str) -> stripe.StripeClient:
    """Nothing is tried twice by itself: who asks again does it under the same key, and knows that it does."""
    return stripe.StripeClient(
        secret_key,
        stripe_version=VERSION,
        base_addresses={"api": api_base.rstrip("/")} if api_base else None,
        max_network_retries=0,
        http_client=stripe.RequestsClient(timeout=PATIENCE),
    )
