"""A worker's run in a process of its own, for tests that kill it: `python tests/campaigns/collector.py MOMENT`."""

import sys
import time
from datetime import datetime

import django

django.setup()

from django.conf import settings  # noqa: E402  settings are read by setup()

from campaigns import collecting  # noqa: E402  models are there after setup()
from campaigns.processors.base import Instructions, Order, Payment  # noqa: E402
from campaigns.processors.sandbox import Sandbox  # noqa: E402


class Slow(Sandbox):
    """Takes its time before and after it charges: a killed asker dies on either side of it."""

    def collect(self, mandate: str, order: Order) -> Payment | Instructions:
        time.sleep(0.01)
        answer = super().collect(mandate, order)
        time.sleep(0.01)
        return answer


if __name__ == "__main__":
    settings.PROCESSORS = {"sandbox": ("__main__.Slow", {})}
    asked, unanswered = collecting.collect_due(at=datetime.fromisoformat(sys.argv[1]))
    sys.stdout.write(f"{asked} asked, {unanswered} without an answer\n")
