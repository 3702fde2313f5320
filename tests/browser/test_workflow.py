"""An article on its way: handed in, returned with a word, handed in again, approved, scheduled; in a real browser."""

import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.site import Site

pytestmark = pytest.mark.browser
WRITER = """
from django.contrib.auth.models import Group, User
user = User.objects.create_user("writer", "writer@example.org", "long enough to sign in", is_staff=True, first_name="Wren")
user.groups.add(Group.objects.get(name="Writer"))
"""


def sign_in(page: Page, name: str, password: str) -> None:
    page.goto("/admin/")
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").first.click()


def panel(page: Page, title: str):
    return page.locator(".desk-waiting-list").filter(has=page.get_by_role("heading", name=title, exact=True))


def press(page: Page, button: str, said: str) -> None:
    page.get_by_role("button", name=button, exact=True).click()
    expect(page.locator(".messagelist")).to_contain_text(said)


def violations(page: Page) -> list[str]:
    return [found["id"] for found in Axe().run(page).response["violations"]]


def test_from_the_writers_first_draft_to_a_schedule(visit: Callable[..., Page], site: Site):
    site.manage("shell", "-c", WRITER)
    writer, editor = visit(), visit(viewport={"width": 390, "height": 844})
    sign_in(writer, "writer", "long enough to sign in")
    writer.get_by_role("link", name="Write an article").click()
    writer.get_by_label("Headline:").fill("The lock keeper’s last night")
    writer.get_by_role("textbox", name="Text", exact=True).fill("He closed the gates at ten.")
    writer.get_by_label("Section:").select_option(index=1)
    press(writer, "Hand in for review", "is handed in for review")

    sign_in(editor, site.editor, site.password)
    panel(editor, "In review").get_by_role("link", name="The lock keeper’s last night").click()
    editor.get_by_label("Comment:").fill("Who says that it was ten?")
    press(editor, "Return to the writer", "is returned to its writer")
    assert "Who says that it was ten?" in site.mail(to="writer@example.org", subject="Returned to you").get_content()

    writer.goto("/admin/")
    expect(panel(writer, "Said to me")).to_contain_text("Who says that it was ten?")
    assert violations(writer) == []
    panel(writer, "My drafts").get_by_role("link", name="The lock keeper’s last night").click()
    expect(writer.locator(".desk-comments")).to_contain_text("Who says that it was ten?")
    writer.get_by_label("Comment:").fill("His own log does.")
    press(writer, "Hand in for review", "is handed in for review")

    editor.goto("/admin/")
    expect(panel(editor, "Said to me")).to_contain_text("His own log does.")
    panel(editor, "In review").get_by_role("link", name="The lock keeper’s last night").click()
    press(editor, "Approve", "is approved")
    assert violations(editor) == []
    editor.get_by_label("Publish at:").fill("2099-11-24T09:00")
    press(editor, "Schedule", "is scheduled: Tuesday 24 November 2099, 09:00, ")
    editor.goto("/admin/")
    expect(panel(editor, "Scheduled")).to_contain_text(
        re.compile("Will publish Tuesday 24 November 2099, 09:00, .*, unless you cancel")
    )
    assert violations(editor) == []
    assert editor.evaluate("document.documentElement.scrollWidth") == 390

    writer.goto("/admin/")
    panel(writer, "Scheduled").get_by_role("link", name="The lock keeper’s last night").click()
    expect(writer.get_by_role("button", name="Save", exact=True)).to_have_count(0)
