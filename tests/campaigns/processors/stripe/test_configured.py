"""Stripe is offered where its key is set, before all others, and says what it still lacks."""

import json
import os
import subprocess
import sys
from pathlib import Path

import stripe as sdk

from campaigns.processors.stripe import client

ROOT = Path(__file__).resolve().parents[4]
READ = """
import json, django
django.setup()
from campaigns import processors
from django.views.debug import SafeExceptionReporterFilter
names = processors.names()
missing = processors.get("stripe").missing() if "stripe" in names else None
print(json.dumps([names, missing, str(SafeExceptionReporterFilter().get_safe_settings())]))
"""


def configured(**variables: str) -> list[object]:
    ours = {
        "DATABASE_URL": "postgres://nobody@localhost/nowhere",
        "SECRET_KEY": "a key",
        "DJANGO_SETTINGS_MODULE": "newsroom.settings",
    }
    others = {name: value for name, value in os.environ.items() if not name.startswith("STRIPE_")}
    done = subprocess.run(
        [sys.executable, "-c", READ], cwd=ROOT, env=others | ours | variables, capture_output=True, text=True, timeout=120
    )
    answer: list[object] = json.loads(done.stdout)
    return answer


def test_without_a_key_it_is_not_offered():
    assert configured()[0] == ["offline"]


def test_with_its_keys_it_is_offered_first_and_its_secrets_stay_off_the_debug_page():
    names, missing, page = configured(STRIPE_SECRET_KEY="sk_test_ours", STRIPE_WEBHOOK_SECRET="whsec_ours")
    assert (names, missing) == (["stripe", "offline"], [])
    assert "sk_test_ours" not in str(page)
    assert "whsec_ours" not in str(page)


def test_without_its_webhooks_secret_it_says_so():
    assert configured(STRIPE_SECRET_KEY="sk_test_ours")[1] == ["STRIPE_WEBHOOK_SECRET"]


def test_the_version_of_the_api_is_the_one_that_the_sdks_types_are_made_from():
    """Else requests would be checked by the types of another version."""
    assert sdk.StripeClient("sk_test_1")._requestor._options.stripe_version == client.VERSION


def test_the_sdk_keeps_no_number_of_ours():
    assert sdk.enable_telemetry is False
