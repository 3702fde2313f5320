"""Colleagues at one desk, each signed in with a browser of their own, and what their hands do there."""

from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.browser.site import Site

PASSWORD = "a-long-word-for-tests"
# A cut network and a page that is gone are errors to a browser's console, and wanted here.
WANTED = ("Failed to load resource", "net::ERR_")
MAKE = """
from django.contrib.auth.models import Group, User
for username, first, last, group in {people!r}:
    user = User.objects.create_user(username, f"{{username}}@lamp.example", {password!r}, is_staff=True)
    user.first_name, user.last_name = first, last
    user.save()
    user.groups.add(Group.objects.get(name=group))
"""


def hire(site: Site, people: list[tuple[str, str, str, str]]) -> None:
    """`people`: name to sign in with, first name, last name, group."""
    site.manage("shell", "-v0", "-c", MAKE.format(people=people, password=PASSWORD))


@dataclass
class Colleague:
    context: BrowserContext
    page: Page

    def reopen(self, address: str) -> None:
        """A new tab, after the old one went."""
        self.page = self.context.new_page()
        self.page.goto(address)

    @property
    def text(self) -> Locator:
        return self.page.get_by_role("textbox", name="Text", exact=True)

    @property
    def tools(self) -> Locator:
        return self.page.get_by_role("toolbar", name="Text: format")

    @property
    def headline(self) -> Locator:
        return self.page.get_by_label("Headline:")

    @property
    def standfirst(self) -> Locator:
        return self.page.get_by_label("Standfirst:")

    def desk(self) -> None:
        self.page.goto("/admin/")

    def panel(self, title: str) -> Locator:
        """A list on the first page."""
        return self.page.locator(".desk-waiting-list").filter(has=self.page.get_by_role("heading", name=title, exact=True))

    def press(self, button: str, said: str) -> None:
        self.page.get_by_role("button", name=button, exact=True).click()
        expect(self.page.locator(".messagelist")).to_contain_text(said)

    def body(self) -> str:
        return self.page.locator("#id_body").input_value()


def come_in(browser: Browser, site: Site, name: str, complaints: list[str]) -> Colleague:
    """Sign in. What the browser complains of, and every request to a third party, is added to `complaints`."""
    context = browser.new_context(base_url=site.address, viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    context.set_default_timeout(60_000)
    context.on("weberror", lambda error: complaints.append(f"{name}: {error.error}"))
    context.on("console", lambda message: complaints.append(f"{name}: {message.text}") if unwanted(message) else None)
    context.on(
        "request",
        lambda request: (
            None if request.url.startswith((site.address, "data:", "blob:", "about:")) else complaints.append(request.url)
        ),
    )
    page = context.new_page()
    page.goto("/admin/login/?next=/admin/")
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator("#user-tools")).to_be_visible()
    return Colleague(context, page)


def unwanted(message: Any) -> bool:
    return message.type == "error" and not message.text.startswith(WANTED[0]) and WANTED[1] not in message.text
