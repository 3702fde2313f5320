"""A day at the desk: one article from its first word to its withdrawal, by a writer and two editors, in real Chromium.

Told in order, each step on what the one before left. The newsroom lives by the clocks of Lima.
"""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.newsroom_people import Colleague, come_in, hire
from tests.browser.site import Site, running, wait_for

pytestmark = pytest.mark.browser

LIMA = ZoneInfo("America/Lima")
KEPT = re.compile(r"^Kept \d\d:\d\d:\d\d$")
PATIENCE = 60_000  # ms: calls are made some seconds after the last word, and others looked for every quarter of a minute
FIRST = "The last ferry does not wait"
BETTER = "The last ferry leaves at nine"
MARKED = """word => {
  const { doc, selection } = document.getElementById("id_body").deskEditor.state
  return doc.textBetween(selection.from, selection.to) === word
}"""
AT_THE_END = """() => {
  const { doc, selection } = document.getElementById("id_body").deskEditor.state
  return selection.empty && selection.to > doc.content.size - 5
}"""
VIDEO = "https://youtu.be/abc_DEF-123"
PEOPLE = [("wren", "Wren", "Halloran", "Writer"), ("ana", "Ana", "Ruiz", "Editor"), ("tomas", "Tomas", "Vey", "Editor")]

NOTHING_IN_THE_BROWSER_ALONE = "() => !Object.keys(localStorage).some((name) => name.startsWith('desk-words:'))"


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    """One of its own, in a zone of its own: what comes out here stands on nobody else's front page."""
    with running(TIME_ZONE="America/Lima") as site:
        hire(site, PEOPLE)
        yield site


@pytest.fixture(scope="module", autouse=True)
def patience() -> Iterator[None]:
    expect.set_options(timeout=PATIENCE)
    yield
    expect.set_options(timeout=None)


@pytest.fixture
def complaints() -> Iterator[list[str]]:
    found: list[str] = []
    yield found
    assert found == []


@pytest.fixture
def people(browser: Browser, site: Site, complaints: list[str]) -> Iterator[list[Colleague]]:
    signed_in = [come_in(browser, site, name, complaints) for name, *_ in PEOPLE]
    yield signed_in
    for one in signed_in:
        one.context.close()


@pytest.fixture
def reader(browser: Browser, site: Site) -> Iterator[Page]:
    context = browser.new_context(base_url=site.address)
    context.set_default_timeout(PATIENCE)
    yield context.new_page()
    context.close()


def test_a_day_of_one_article_from_the_first_word_to_its_withdrawal(people: list[Colleague], reader: Page, site: Site):
    wren, ana, tomas = people
    begins_to_write(wren)
    is_cut_off_and_goes_on(wren)
    loses_the_tab_and_takes_the_words_up(wren)
    hands_it_in(wren)
    opens_it_and_the_other_editor_sees_so(ana, tomas)
    returns_it_with_a_comment(ana)
    reads_the_comment_and_mends_it(wren)
    wrote_in_different_fields_and_keep_both(ana, tomas)
    wrote_in_one_field_and_lose_nothing(ana, tomas)
    approves_it(ana)
    schedules_it_and_moves_it(ana, tomas)
    address = comes_out_by_the_clock(ana, reader)
    reads_all_that_was_written(reader, address)
    changes_it_and_readers_see_nothing_of_it(tomas, reader, address)
    compares_and_publishes_the_changes(tomas, reader, address)
    brings_an_old_version_back(tomas, reader, address)
    withdraws_it(ana, wren, reader, address)


# Morning: Wren writes


def begins_to_write(wren: Colleague) -> None:
    page = wren.page
    page.get_by_role("link", name="Write an article").click()
    wren.headline.fill(FIRST)
    wren.standfirst.fill("Four villages, one boat and a timetable that nobody asked for.")
    page.get_by_label("Section:").select_option(index=1)
    page.get_by_role("combobox", name="Tags:").fill("Ferries, Islands")
    wren.text.click()
    page.keyboard.type("The last boat to the islands goes at nine")
    page.keyboard.press("Control+Alt+f")
    page.keyboard.type("Until March it went at eleven.")
    page.keyboard.press("Control+Alt+f")
    page.keyboard.type(". Those who miss it have three choices:")
    page.keyboard.press("Enter")
    wren.tools.get_by_role("button", name="unordered list", exact=True).click()
    page.keyboard.type("wait until five")
    page.keyboard.press("Enter")
    page.keyboard.type("ask the ")
    links_a_word(wren, "pilots", "https://pilots.example/")
    expect(wren.text.locator("li")).to_have_text(["wait until five", "ask the pilots"])
    wait_for(lambda: is_at_the_end(wren), 30, "the end of the text")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    inserts_a_video(wren)
    inserts_a_picture(wren)
    wren.press("Save draft", f"“{FIRST}” is saved.")
    for part in (
        "<ul><li>wait until five</li>",
        '<a href="https://pilots.example/">pilots</a>',
        '<figure class="embed">',
        "<img ",
    ):
        assert part in wren.body(), wren.body()
    assert '<span class="footnote">Until March it went at eleven.</span>' in wren.body()


def links_a_word(wren: Colleague, word: str, address: str) -> None:
    page = wren.page
    page.keyboard.type(word)
    for _ in word:
        page.keyboard.press("Shift+ArrowLeft")
    page.wait_for_function(MARKED, arg=word)  # the editor hears of a selection a moment after the browser has it
    page.keyboard.press("Control+k")
    page.get_by_label("URL").fill(address)
    page.get_by_role("button", name="Update").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(wren.text.get_by_role("link", name=word)).to_be_visible()


def is_at_the_end(wren: Colleague) -> bool:
    """A dialog that has just closed still marks what was marked before, a moment after the key if the machine is busy."""
    wren.text.press("Control+End")
    wren.page.wait_for_timeout(500)
    return bool(wren.page.evaluate(AT_THE_END))


def inserts_a_video(wren: Colleague) -> None:
    page = wren.page
    wren.tools.get_by_role("button", name="video, sound, post or map").click()
    page.get_by_label("Address", exact=True).fill(VIDEO)
    page.get_by_label("Title for readers").fill("The crossing in four minutes")
    page.get_by_role("button", name="Insert", exact=True).click()
    expect(wren.text.locator("figure.embed")).to_be_visible()


def inserts_a_picture(wren: Colleague) -> None:
    page = wren.page
    wren.tools.get_by_role("button", name="figure").click()
    with page.context.expect_page() as opened:
        page.get_by_role("button", name="Browse...").click()
    opened.value.locator(".desk-pick button").first.click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("Alternative Text")).not_to_have_value("")
    dialog.get_by_label("Alternative Text").fill("A ferry at its quay in the evening")
    dialog.get_by_role("button", name="Insert", exact=True).click()
    expect(wren.text.get_by_alt_text("A ferry at its quay in the evening")).to_be_visible()


def says(one: Colleague, words: str | re.Pattern[str]) -> None:
    expect(one.page.locator("#desk-keeping [data-state]")).to_have_text(words)


def is_cut_off_and_goes_on(wren: Colleague) -> None:
    wren.context.set_offline(True)
    wren.standfirst.fill("Typed in a tunnel.")
    says(wren, "No connection: kept in this browser")
    expect(wren.standfirst).to_have_value("Typed in a tunnel.")
    wren.context.set_offline(False)
    says(wren, KEPT)


def loses_the_tab_and_takes_the_words_up(wren: Colleague) -> None:
    address = wren.page.url
    wren.standfirst.fill("Four villages, one boat, and nobody asked them.")
    wren.context.set_offline(True)  # so that the words are nowhere but in a browser whose tab dies
    wren.standfirst.press_sequentially(" They were told.")
    says(wren, "No connection: kept in this browser")
    wren.page.close(run_before_unload=False)
    wren.context.set_offline(False)
    wren.reopen(address)
    # The words that were in the browser alone reach the newsroom, then they are offered as they were last.
    wren.page.wait_for_function(NOTHING_IN_THE_BROWSER_ALONE, timeout=PATIENCE)
    wren.page.reload()
    expect(wren.standfirst).to_have_value("Four villages, one boat and a timetable that nobody asked for.")  # as it was saved
    offers = wren.page.locator("#desk-offers")
    expect(offers).to_contain_text("and did not save it")
    offers.get_by_role("link", name="Take it up").first.click()
    expect(wren.standfirst).to_have_value("Four villages, one boat, and nobody asked them. They were told.")
    expect(wren.page.locator(".desk-taken")).to_contain_text("It is not saved yet.")
    wren.press("Save draft", f"“{FIRST}” is saved.")
    expect(wren.standfirst).to_have_value("Four villages, one boat, and nobody asked them. They were told.")
    expect(offers).not_to_contain_text("did not save")


def hands_it_in(wren: Colleague) -> None:
    expect(wren.page.get_by_role("button", name="Publish now")).to_have_count(0)
    wren.press("Hand in for review", "is handed in for review")
    wren.desk()  # and leaves it to the editors


# Noon: the editors


def opens_it_and_the_other_editor_sees_so(ana: Colleague, tomas: Colleague) -> None:
    for one in (ana, tomas):
        one.desk()
        one.panel("In review").get_by_role("link", name=FIRST).click()
        expect(one.headline).to_have_value(FIRST)
    told = tomas.page.locator("#desk-company [data-told=here]")
    expect(told).to_contain_text("Ana Ruiz is editing since", timeout=2 * PATIENCE)  # Wren's dead tab is heard of no more
    tomas.desk()


def returns_it_with_a_comment(ana: Colleague) -> None:
    ana.page.get_by_role("button", name="Return to the writer").click()
    expect(ana.page.locator("#content")).to_contain_text("Say what is to be done before you return it.")
    ana.page.get_by_label("Comment:").fill("Nine or half past? The board says half past.")
    ana.press("Return to the writer", "is returned to its writer")
    ana.desk()
    expect(ana.panel("In review")).not_to_contain_text(FIRST)


def reads_the_comment_and_mends_it(wren: Colleague) -> None:
    wren.desk()
    expect(wren.panel("Said to me")).to_contain_text("Nine or half past? The board says half past.")
    wren.panel("My drafts").get_by_role("link", name=FIRST).click()
    expect(wren.page.locator(".desk-comments")).to_contain_text("Ana Ruiz")
    wren.headline.fill(BETTER)
    wren.page.get_by_label("Comment:").fill("Nine: I stood there.")
    wren.press("Hand in for review", "is handed in for review")
    wren.desk()
    expect(wren.page.locator("#content")).not_to_contain_text("Nine or half past?")


def both_open(ana: Colleague, tomas: Colleague, headline: str) -> None:
    for one in (ana, tomas):
        one.desk()
        one.panel("In review").get_by_role("link", name=headline).click()
        expect(one.headline).to_have_value(headline)


def wrote_in_different_fields_and_keep_both(ana: Colleague, tomas: Colleague) -> None:
    both_open(ana, tomas, BETTER)
    ana.standfirst.fill("Ana’s standfirst: four villages and one boat.")
    tomas.page.get_by_label("Summary:").fill("Tomas’s summary: the last boat goes at nine.")
    ana.press("Save", "is saved")
    tomas.page.get_by_role("button", name="Save", exact=True).click()
    merge = tomas.page.locator(".desk-merge")
    expect(merge).to_contain_text("Ana Ruiz saved version")
    expect(merge).to_contain_text("Changed by them alone, and taken over: standfirst.")
    expect(merge.locator(".desk-clash")).to_have_count(0)
    tomas.press("Save", "is saved")
    expect(tomas.standfirst).to_have_value("Ana’s standfirst: four villages and one boat.")
    expect(tomas.page.get_by_label("Summary:")).to_have_value("Tomas’s summary: the last boat goes at nine.")


def wrote_in_one_field_and_lose_nothing(ana: Colleague, tomas: Colleague) -> None:
    both_open(ana, tomas, BETTER)
    tomas.headline.fill("Tomas’s headline about the ferry")
    tomas.standfirst.fill("Tomas’s standfirst.")
    ana.headline.fill("Ana’s headline about the ferry")
    ana.standfirst.fill("Ana’s second standfirst.")
    tomas.press("Save", "is saved")
    ana.page.get_by_role("button", name="Save", exact=True).click()
    clashes = ana.page.locator(".desk-clash")
    expect(clashes).to_have_count(2)
    expect(clashes.filter(has_text="Headline: both of you changed it").locator("del")).to_have_text(["Tomas"])
    expect(clashes.filter(has_text="Headline: both of you changed it").locator("ins")).to_have_text(["Ana"])
    expect(ana.headline).to_have_value("Ana’s headline about the ferry")
    clashes.filter(has_text="Standfirst: both of you").get_by_label("Take theirs when I save").check()
    ana.press("Save", "“Ana’s headline about the ferry” is saved")
    expect(ana.standfirst).to_have_value("Tomas’s standfirst.")
    finds_every_word_among_the_versions(ana)


def finds_every_word_among_the_versions(ana: Colleague) -> None:
    """Tomas's headline stands in his version; Ana's standfirst, which she gave up herself, in none."""
    form = ana.page.url
    ana.page.get_by_role("link", name="Versions").click()
    ana.page.get_by_role("button", name="Compare").click()
    expect(ana.page.locator(".desk-compared del")).to_have_text(["Tomas"])
    expect(ana.page.locator(".desk-compared ins")).to_have_text(["Ana"])
    ana.page.goto(form)
    ana.headline.fill(BETTER)
    ana.press("Save", "is saved")


def approves_it(ana: Colleague) -> None:
    ana.press("Approve", "is approved")
    ana.desk()
    expect(ana.panel("Approved")).to_contain_text(BETTER)


# Afternoon: it comes out


def schedules_it_and_moves_it(ana: Colleague, tomas: Colleague) -> None:
    ana.panel("Approved").get_by_role("link", name=BETTER).click()
    expect(ana.page.locator(".desk-schedule")).to_contain_text("In America/Lima time.")
    ana.page.get_by_label("Publish at:").fill("2099-11-24T09:00")
    ana.press("Schedule", "is scheduled: Tuesday 24 November 2099, 09:00, Lima time")
    tomas.desk()
    expect(tomas.panel("Scheduled")).to_contain_text("Will publish Tuesday 24 November 2099, 09:00, Lima time, unless you cancel")
    soon = datetime.now(LIMA) + timedelta(seconds=90)  # at least half a minute for the hands, and the form knows minutes
    ana.page.get_by_label("Publish at:").fill(f"{soon:%Y-%m-%dT%H:%M}")
    ana.press("Move the schedule", f"is scheduled: {soon:%A} {soon.day} {soon:%B %Y, %H:%M}, Lima time")


def comes_out_by_the_clock(ana: Colleague, reader: Page) -> str:
    """Its address, found on the front page as a reader finds it."""
    assert BETTER not in reader.request.get("/").text()
    wait_for(lambda: BETTER in reader.request.get("/").text(), 300, "the scheduled article")
    reader.goto("/")
    reader.get_by_role("link", name=BETTER).first.click()
    ana.desk()
    expect(ana.panel("Scheduled")).not_to_contain_text(BETTER)
    expect(ana.panel("Published today")).to_contain_text(BETTER)
    return reader.url


def reads_all_that_was_written(reader: Page, address: str) -> None:
    expect(reader.get_by_role("heading", level=1)).to_have_text(BETTER)
    main = reader.locator("main")
    expect(main.get_by_text("Tomas’s standfirst.")).to_be_visible()
    expect(main.get_by_role("listitem").filter(has_text="wait until five")).to_be_visible()
    expect(main.get_by_role("link", name="pilots")).to_have_attribute("href", "https://pilots.example/")
    expect(main.get_by_alt_text("A ferry at its quay in the evening")).to_be_visible()
    expect(main.get_by_role("button", name="Show it here: The crossing in four minutes")).to_be_visible()
    main.locator(".note-number a").click()
    expect(main.locator(".notes li:target")).to_contain_text("Until March it went at eleven.")
    assert reader.request.get(address).status == 200


def seen(reader: Page, address: str) -> bytes:
    answer = reader.request.get(address)
    assert answer.status == 200
    return answer.body()


# Evening: it is changed while readers read


def changes_it_and_readers_see_nothing_of_it(tomas: Colleague, reader: Page, address: str) -> None:
    before = seen(reader, address)
    tomas.desk()
    tomas.panel("Published today").get_by_role("link", name=BETTER).click()
    tomas.standfirst.fill("Four villages, one boat and a promise.")
    tomas.page.get_by_label("What is new:").fill("A standfirst that says more")
    tomas.press("Save", "is saved. Readers see it as it was until you publish the changes")
    expect(tomas.page.locator(".desk-state")).to_contain_text("There are changes that readers do not see yet")
    assert seen(reader, address) == before
    form = tomas.page.url
    tomas.page.get_by_role("link", name="Preview").click()
    expect(tomas.page.locator("main")).to_contain_text("Four villages, one boat and a promise.")
    tomas.page.goto(form)
    assert seen(reader, address) == before


def compares_and_publishes_the_changes(tomas: Colleague, reader: Page, address: str) -> None:
    form = tomas.page.url
    tomas.page.get_by_role("link", name="Versions").click()
    newest = tomas.page.locator(".desk-versions tbody tr").first
    expect(newest).to_contain_text("A standfirst that says more")
    expect(newest).to_contain_text("Tomas Vey")
    tomas.page.get_by_role("row").filter(has_text="readers see it").get_by_label(re.compile("^Compare version")).check()
    tomas.page.get_by_role("button", name="Compare").click()
    expect(tomas.page.get_by_role("heading", level=3)).to_have_text(["Standfirst"])
    expect(tomas.page.locator(".desk-compared del").first).to_be_visible()
    expect(tomas.page.locator(".desk-compared ins").last).to_contain_text("promise")
    tomas.page.goto(form)
    tomas.press("Publish changes", "is published as it stands here")
    reader.goto(address)
    expect(reader.locator("main")).to_contain_text("Four villages, one boat and a promise.")
    expect(reader.locator("main")).not_to_contain_text("Tomas’s standfirst.")


def brings_an_old_version_back(tomas: Colleague, reader: Page, address: str) -> None:
    before = seen(reader, address)
    tomas.page.get_by_role("link", name="Versions").click()
    tomas.page.get_by_label("Bring back version").fill("1")
    tomas.press("Make it the newest one", "Version 1 is the newest one again. Readers see it when you publish the changes.")
    expect(tomas.headline).to_have_value(FIRST)
    assert seen(reader, address) == before
    tomas.press("Publish changes", "is published as it stands here")
    reader.goto(address)
    expect(reader.get_by_role("heading", level=1)).to_have_text(FIRST)
    expect(reader.locator("main")).to_contain_text("a timetable that nobody asked for")


def withdraws_it(ana: Colleague, wren: Colleague, reader: Page, address: str) -> None:
    ana.desk()
    ana.panel("Published today").get_by_role("link", name=FIRST).click()
    ana.press("Withdraw", "is withdrawn: its address says so")
    expect(ana.page.locator(".desk-state-words")).to_contain_text("Withdrawn ")
    expect(ana.page.get_by_role("button", name="Restore", exact=True)).to_be_visible()
    answer = reader.goto(address)
    assert answer is not None
    assert answer.status == 410
    expect(reader.locator("main")).to_contain_text("withdrawn")
    expect(reader.locator("main")).not_to_contain_text("one boat")
    reader.goto("/")
    expect(reader.get_by_role("link", name=FIRST)).to_have_count(0)
    wren.desk()
    expect(wren.panel("Published today")).not_to_contain_text(FIRST)
