"""What the pretended bank does by itself: answer late, and tell us by its signed events."""

from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from campaigns import inbox
from campaigns.sandbox import bank


@app.task(name="sandbox.answer_late")
def answer_late(ref: str) -> None:
    bank.pay(ref)


@app.task(name="sandbox.post_event", retry=RetryStrategy(max_attempts=5, exponential_wait=4))
def post_event(ref: str, kind: str) -> None:
    """Delivered to the same door that a real processor's request comes to, only without the network between."""
    headers, body = bank.signed_event(ref, kind)
    inbox.receive("sandbox", headers=headers, body=body, at=timezone.now())
