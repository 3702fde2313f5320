"""What the mails say, and what they carry."""

import re
from datetime import timedelta
from email import message_from_bytes, policy
from typing import Any

import pytest

from articles.models import Image, Masthead
from campaigns.models import Campaign
from digest import editions, mails
from digest.models import Edition, Subscriber
from tests.factories import NOON, make_article, make_author, make_campaign, make_subscriber
from tests.pages import tree

pytestmark = pytest.mark.django_db

SITE = "https://newsroom.example.org"


@pytest.fixture(autouse=True)
def _site(settings):
    settings.SITE_URL = SITE


def compose(reader: str = "ana@example.org") -> Edition:
    make_subscriber(reader)
    edition = editions.compose(NOON.date(), editions.since_last(until=NOON), at=NOON)
    assert edition is not None
    return edition


def mail_of(edition: Edition) -> Any:
    issue = mails.issue_of(edition, at=NOON)
    assert issue is not None
    return issue.to(edition.deliveries.select_related("subscriber").get())


def text_of(letter) -> str:
    return letter.message().get_body(("plain",)).get_content().replace("\r\n", "\n")


def html_of(letter) -> Any:
    return tree(letter.message().get_body(("html",)).get_content())


def make_image(**overrides: object) -> Image:
    fields = {"file": "images/x.png", "width": 1200, "height": 800, "sha256": "0" * 64, "alt": "A ferry"}
    return Image.objects.create(**(fields | overrides))


def answer(status: str = "pending") -> Any:
    return mails.answer_to_sign_up(make_subscriber("ana@example.org", status=status), asked_at=NOON)


def test_the_digest_brings_headline_byline_summary_and_link():
    article = make_article(
        headline="The ferry is back", summary="It sails again.", authors=[make_author("Ana Ruiz"), make_author("Ben Ode")]
    )
    letter = mail_of(compose())
    assert letter.subject == "The ferry is back"
    expected = f"The ferry is back\nBy Ana Ruiz and Ben Ode\n\nIt sails again.\n\n{SITE}{article.get_absolute_url()}\n"
    assert expected in text_of(letter)
    page = html_of(letter)
    assert page.xpath("//h1/a/@href") == [f"{SITE}{article.get_absolute_url()}"]
    assert "By Ana Ruiz and Ben Ode" in page.text_content()


def test_a_republished_piece_names_its_source():
    make_article(source_outlet="The Harbour Post", source_author="Cleo Stern")
    assert "By Cleo Stern, The Harbour Post" in text_of(mail_of(compose()))


def test_a_long_day_ends_in_links():
    for number in range(15):
        make_article(headline=f"Story {number}", summary=f"Summary {number}.", published_at=NOON - timedelta(minutes=number + 1))
    page = html_of(mail_of(compose()))
    assert [h.text_content() for h in page.xpath("//h1 | //h2")] == [
        *(f"Story {number}" for number in range(12)),
        "More stories of the day",
    ]
    assert "Story 14" in page.text_content()
    assert "Summary 14" not in page.text_content()


def test_an_open_campaign_stands_in_it_and_a_closed_one_does_not():
    make_article()
    campaign = make_campaign(title="Keep the lamp lit", call="Forty readers are missing.")
    edition = compose()
    letter = mail_of(edition)
    assert f"Keep the lamp lit\n\nForty readers are missing.\n\n{SITE}{campaign.get_absolute_url()}" in text_of(letter)
    assert f"{SITE}{campaign.get_absolute_url()}" in html_of(letter).xpath("//a/@href")
    Campaign.objects.update(ends_at=NOON)
    assert "Keep the lamp lit" not in text_of(mail_of(edition))


def test_the_lead_picture_is_the_jpeg_that_every_program_shows():
    renditions = [
        {"shape": shape, "format": form, "width": width, "height": width * 2 // 3, "name": f"images/x-{shape}-{width}.{form}"}
        for shape in ("card", "full")
        for width in (320, 640, 960)
        for form in ("avif", "webp", "jpeg")
    ]
    image = Image.objects.create(
        file="images/x.png", width=1200, height=800, sha256="0" * 64, alt="A ferry", renditions=renditions
    )
    make_article(lead_image=image)
    (picture,) = html_of(mail_of(compose())).xpath("//img")
    assert (picture.get("src"), picture.get("alt")) == (f"{SITE}/media/images/x-card-640.jpeg", "A ferry")


def test_a_picture_without_renditions_yet_is_left_out():
    make_article(lead_image=make_image())
    assert html_of(mail_of(compose())).xpath("//img") == []


def test_words_of_an_article_are_words_in_the_mail():
    hostile = "<script>alert(1)</script> & “quotes” {{ x }} {% y %}"
    make_article(headline=hostile, summary=hostile)
    letter = mail_of(compose())
    page = html_of(letter)
    assert (letter.subject, page.xpath("//script")) == (hostile, [])
    assert page.xpath("string(//h1)") == hostile
    assert hostile in text_of(letter)


def test_everything_about_the_reader_is_in_their_own_mail_only():
    make_article()
    make_subscriber("ben@example.org")
    edition = editions.compose(NOON.date(), editions.since_last(until=NOON), at=NOON)
    make_subscriber("ana@example.org")
    assert edition is not None
    edition.deliveries.create(subscriber=Subscriber.objects.get(email="ana@example.org"), due_at=NOON)
    issue = mails.issue_of(edition, at=NOON)
    assert issue is not None
    ben, ana = (issue.to(delivery) for delivery in edition.deliveries.select_related("subscriber"))
    pattern = re.compile(r"/digest/(?:unsubscribe|preferences)/[^/]+/")
    assert len(set(pattern.findall(text_of(ben)))) == 2
    assert not set(pattern.findall(text_of(ben))) & set(pattern.findall(text_of(ana)))
    for letter in (ben, ana):
        assert set(pattern.findall(text_of(letter))) == set(pattern.findall(str(html_of(letter).xpath("//a/@href"))))
        assert ".invalid" not in letter.message().as_string()


def test_the_links_in_the_mail_work(client):
    make_article()
    edition = compose()
    letter = mail_of(edition)
    links = [link for link in html_of(letter).xpath("//a/@href") if "/digest/" in link]
    assert [client.get(link.removeprefix(SITE)).status_code for link in links] == [200, 200, 200]
    one_click = letter.message()["List-Unsubscribe"].strip("<>")
    client.post(one_click.removeprefix(SITE), {"List-Unsubscribe": "One-Click"})
    assert Subscriber.objects.get().status == "unsubscribed"


def test_headers_for_machines():
    make_article()
    message = mail_of(compose()).message()
    assert message["List-Id"] == "<digest.newsroom.example.org>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["List-Archive"] == f"<{SITE}/digest/>"
    assert (message["Precedence"], message["Auto-Submitted"]) == ("bulk", "auto-generated")
    assert re.fullmatch(r"<digest-2026-11-23-[0-9a-f]{32}@newsroom\.example\.org>", message["Message-ID"])


def test_the_mail_tells_its_language_and_that_of_a_foreign_story():
    Masthead.objects.update(language="es")
    make_article(language="fr")
    page = html_of(mail_of(compose()))
    assert page.get("lang") == "es"
    assert page.xpath("//td[@lang]/@lang") == ["fr"]


def test_the_foot_has_what_the_newsroom_prints_at_the_foot_of_its_pages():
    Masthead.objects.update(name="The Lamp", footer="The Lamp Cooperative\n1 Quay Street, Saltmere")
    make_article()
    letter = mail_of(compose())
    assert text_of(letter).endswith("\n\nThe Lamp Cooperative\n1 Quay Street, Saltmere\n")
    assert "1 Quay Street, Saltmere" in html_of(letter).text_content()


def test_nothing_is_loaded_from_elsewhere_and_nothing_counts_readers():
    make_article()
    make_campaign()
    source = mail_of(compose()).message().get_body(("html",)).get_content()
    page = tree(source)
    assert page.xpath("//script | //iframe | //form | //link | //img") == []
    assert all(link.startswith(f"{SITE}/") and "?" not in link for link in page.xpath("//a/@href"))
    assert "@import" not in source
    assert "url(" not in source


def test_a_day_with_everything_stays_below_what_gmail_shows():
    for number in range(60):
        make_article(
            headline=f"{number} " + "A headline as long as they get, " * 7,
            summary="Übermäßig lange Wörter " * 34,
            published_at=NOON - timedelta(minutes=number + 1),
            authors=[make_author(f"An Author With A Long Name {number} {n}") for n in range(3)],
        )
    raw = mail_of(compose()).message(policy=policy.SMTP)
    assert len(raw.get_body(("html",)).get_content().encode()) < 100 * 1024


def test_the_mail_to_confirm_has_a_link_that_confirms(client):
    letter = answer()
    (address,) = re.findall(rf"{SITE}(/digest/confirm/[^/]+/)", text_of(letter))
    assert f"{SITE}{address}" in html_of(letter).xpath("//a/@href")
    assert client.get(address).status_code in {200, 410}  # 410 two weeks after NOON
    assert letter.to == ["ana@example.org"]


def test_who_gets_the_digest_already_is_led_to_their_preferences(client):
    letter = answer("confirmed")
    (address,) = re.findall(rf"{SITE}(/digest/preferences/[^/]+/)", text_of(letter))
    assert client.get(address).status_code == 200
    assert "/confirm/" not in text_of(letter)


@pytest.mark.parametrize("kind", ["edition", "confirm", "known"])
def test_every_mail_keeps_the_rules_of_mail(kind):
    Masthead.objects.update(name="Die “Lampe” – Zürich & Söhne", contact_email="desk@example.org")
    make_article(headline="Überfahrt nach Żółw: " + "noch einmal " * 15, summary="“Häfen” " * 60)
    make_campaign()
    letter = mail_of(compose()) if kind == "edition" else answer("confirmed" if kind == "known" else "pending")
    raw = letter.message(policy=policy.SMTP).as_bytes()
    message = message_from_bytes(raw, policy=policy.default)
    body: Any = message.get_body(("html",))
    assert raw.isascii()
    assert raw.count(b"\n") == raw.count(b"\r\n")
    assert max(len(line) for line in raw.split(b"\r\n")) <= 300
    assert [part.defects for part in message.walk()] == [[], [], []]
    for name in ("From", "To", "Reply-To", "Date", "Message-ID", "Subject", "MIME-Version", "List-Unsubscribe"):
        assert len(message.get_all(name, [])) == 1
    source = body.get_content()
    assert all(address.startswith("https://") for address in re.findall(r'(?:href|src)="([^"]*)"', source))
    assert source.startswith("<!doctype html>")
