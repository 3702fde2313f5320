"""Signing in with an authenticator app and with a passkey, in a real browser that has a pretended authenticator."""

import hashlib
import hmac
import re
import struct
import time
from base64 import b32decode
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.site import Site

pytestmark = pytest.mark.browser
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
PASSWORD = "a long passphrase"
MAKE = f"""
from django.contrib.auth.models import Group, User
person = User.objects.create_user("NAME", "NAME@lamp.example", "{PASSWORD}", is_staff=True)
person.groups.add(Group.objects.get(name="Administrator"))
"""


@pytest.fixture
def person(site: Site) -> Callable[[str], str]:
    def make(name: str) -> str:
        site.manage("shell", "-c", MAKE.replace("NAME", name))
        return name

    return make


@pytest.fixture
def page(visit: Callable[..., Page], site: Site, monkeypatch: pytest.MonkeyPatch) -> Page:
    """At “localhost”: a bare address of numbers knows no passkeys."""
    named = site.address.replace("127.0.0.1", "localhost")
    monkeypatch.setattr("tests.browser.conftest.own", lambda url, site: url.startswith((named, site.address, "data:", "blob:")))
    page = visit(base_url=named)
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    return page


def sign_in(page: Page, name: str, password: str = PASSWORD) -> None:
    page.goto("/admin/")
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()


def sign_out(page: Page) -> None:
    page.get_by_role("button", name="Sign out", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You are signed out")


def code(secret: str, steps: int = 0) -> str:
    """RFC 6238, as an app on a telephone reckons it."""
    digest = hmac.new(b32decode(secret), struct.pack(">Q", int(time.time()) // 30 + steps), hashlib.sha1).digest()
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start : start + 4])[0] & 0x7FFFFFFF) % 10**6:06}"


def violations(page: Page) -> list[str]:
    return [found["id"] for found in Axe().run(page).response["violations"]]


def test_an_app_is_set_up_by_keyboard_and_asked_for_at_the_next_sign_in(page: Page, person):
    sign_in(page, person("ada"))
    page.get_by_role("link", name="Your account").click()
    assert violations(page) == []
    page.get_by_role("link", name="Set it up").press("Enter")
    secret = page.locator(".people-key").inner_text().replace(" ", "")
    assert violations(page) == []
    page.get_by_label("Type the six digits").fill(code(secret))
    page.get_by_label("Type the six digits").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Recovery codes")
    recovery = page.locator(".people-codes code").first.inner_text()
    sign_out(page)

    sign_in(page, "ada")
    expect(page.get_by_role("heading", level=1)).to_have_text("The second step")
    assert violations(page) == []
    page.get_by_label("Code", exact=True).fill("000000")
    page.get_by_label("Code", exact=True).press("Enter")
    expect(page.locator(".errorlist")).to_contain_text("This was not right")
    page.get_by_label("Code", exact=True).fill(recovery)
    page.get_by_label("Code", exact=True).press("Enter")
    expect(page.get_by_role("heading", name="Desk", level=1)).to_be_visible()


def test_a_passkey_is_added_opens_the_account_by_itself_and_serves_as_second_factor(page: Page, person):
    sign_in(page, person("bea"))
    page.goto("/admin/account/passkeys/add/")
    assert violations(page) == []
    page.get_by_label("Name").fill("Laptop")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.locator(".messagelist")).to_contain_text("The passkey is added.")
    sign_out(page)

    page.goto("/admin/articles/tag/")
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("**/admin/articles/tag/")
    sign_out(page)

    sign_in(page, "bea")
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url(re.compile("/admin/$"))
    page.goto("/admin/account/")
    expect(page.get_by_text("Laptop", exact=True).first).to_be_visible()


def test_an_invited_person_begins_with_a_passkey_alone(page: Page, person, site: Site):
    sign_in(page, person("cleo"))
    page.goto("/admin/auth/user/")
    page.get_by_role("link", name="Invite somebody by mail").click()
    assert violations(page) == []
    page.get_by_label("E-mail address").fill("dora@lamp.example")
    page.get_by_label("Writer").check()
    page.get_by_role("button", name="Send the invitation").click()
    sign_out(page)
    (link,) = re.findall(r"https?://[^/\s]+(/admin/account/\S+)", site.mail(to="dora@lamp.example").get_content())

    page.goto(link)
    assert violations(page) == []
    page.get_by_label("Username").fill("dora")
    page.get_by_label("No password").check()
    page.get_by_role("button", name="Begin").click()
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.locator(".messagelist")).to_contain_text("The passkey is added.")
    sign_out(page)
    page.goto("/admin/")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", name="Desk", level=1)).to_be_visible()
