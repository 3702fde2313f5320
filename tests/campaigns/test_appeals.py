"""Where an appeal stands within a text."""

import pytest

from campaigns.appeals import place_in
from tests.campaigns.forms import an_open_campaign
from tests.factories import make_article

SENTENCE = "Nobody had looked into the ledger since the flood. "
PARAGRAPH = f"<p>{SENTENCE * 8}</p>"  # 400 letters


def before_and_after(html: str) -> tuple[int, int]:
    """How many paragraphs stand on either side."""
    place = place_in(html)
    assert place is not None
    return html[:place].count("</p>"), html[place:].count("</p>")


def test_it_stands_between_paragraphs_a_third_of_the_way_down():
    assert before_and_after(PARAGRAPH * 9) == (3, 6)


def test_a_short_text_has_none():
    assert place_in(PARAGRAPH * 5) is None
    assert place_in("") is None


def test_before_a_heading_is_the_better_pause():
    assert before_and_after(PARAGRAPH * 4 + "<h2>What they found</h2>" + PARAGRAPH * 5) == (4, 5)


@pytest.mark.parametrize(
    "neighbour", ["<ul><li><p>One</p></li></ul>", "<blockquote><p>So it was.</p></blockquote>", "<figure><img src='/x'></figure>"]
)
def test_it_leaves_together_what_belongs_together(neighbour):
    html = PARAGRAPH * 3 + neighbour + PARAGRAPH * 6
    place = place_in(html)
    assert place is not None
    assert neighbour in html[:place] or html[place:].startswith("<p>")
    assert not html[place:].startswith(neighbour)
    assert not html[:place].endswith(neighbour)


def test_it_does_not_part_an_announcement_from_what_it_announces():
    html = PARAGRAPH * 2 + "<p>He said this:</p>" + PARAGRAPH * 6
    place = place_in(html)
    assert place is not None
    assert not html[:place].endswith("this:</p>")


def test_a_text_that_never_pauses_there_has_none():
    assert place_in(PARAGRAPH + f"<ul>{f'<li>{SENTENCE * 8}</li>' * 7}</ul>" + PARAGRAPH) is None


@pytest.mark.django_db
def test_a_long_article_asks_within_its_text_and_a_short_one_under_it(client):
    campaign = an_open_campaign(title="The winter")
    long, short = make_article(body=PARAGRAPH * 9), make_article()
    within, under = (client.get(one.get_absolute_url()).content.decode() for one in (long, short))
    assert (within.count('class="appeal ask"'), within.count('id="campaign-call"')) == (1, 0)
    assert (under.count('class="appeal ask"'), under.count('id="campaign-call"')) == (0, 1)
    assert within.count(f'href="{campaign.get_absolute_url()}#giving"') == 1


@pytest.mark.django_db
def test_tables_on_both_sides_keep_their_numbers(client):
    an_open_campaign()
    table = "<table><tbody><tr><td>1</td></tr></tbody></table>"
    article = make_article(body=PARAGRAPH + table + PARAGRAPH * 8 + table)
    page = client.get(article.get_absolute_url()).content.decode()
    assert page.index('aria-label="Table 1"') < page.index('class="appeal ask"') < page.index('aria-label="Table 2"')


@pytest.mark.django_db
def test_the_appeal_names_its_language_within_a_text_in_another_one(client):
    an_open_campaign(language="en")
    article = make_article(body=PARAGRAPH * 9, language="es")
    assert 'role="note" aria-label="Appeal" lang="en"' in client.get(article.get_absolute_url()).content.decode()
