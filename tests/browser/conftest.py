"""Real Chromium on a really running site."""

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.browser.site import Site, running

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
FLAGS += ["--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"]
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    with running() as site:
        yield site


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    program = next((found for name in NAMES if (found := shutil.which(name))), None)
    if program is None:
        if os.environ.get("CI"):
            pytest.fail("Chromium is missing, and CI does not skip browser tests.")
        pytest.skip("Chromium is not installed: the browser tests were not run.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def visit(browser: Browser, site: Site) -> Iterator[Callable[..., Page]]:
    """`visit(**options)`: a new visitor with an empty browser. Console errors and foreign requests fail the test."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def new_visitor(**options: Any) -> Page:
        settings: dict[str, Any] = {
            "base_url": site.address,
            "viewport": {"width": 1280, "height": 900},
            "reduced_motion": "reduce",
        } | options
        context = browser.new_context(**settings)
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: complaints.append(request.url) if not own(request.url, site) else None)
        return page

    yield new_visitor
    for context in contexts:
        context.close()
    assert complaints == []


def own(url: str, site: Site) -> bool:
    return url.startswith((site.address, "data:", "blob:", "about:"))
