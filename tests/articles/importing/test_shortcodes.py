import pytest

from articles.importing.shortcodes import Shortcode, expand, media_addresses
from tests.articles.importing.samples import quick


def shown(code: Shortcode, content: str) -> str:
    attributes = "".join(f" {name}={value}" for name, value in code.attributes.items())
    return f"<{code.name}{attributes}{''.join(f' {value}' for value in code.values)}|{content}>"


@pytest.mark.parametrize(
    ("text", "expanded"),
    [
        ("[gallery]", "<gallery|>"),
        ('[gallery ids="1,2" columns=3]', "<gallery ids=1,2 columns=3|>"),
        ("a [caption width='3']x <b>y</b>[/caption] z", "a <caption width=3|x <b>y</b>> z"),
        ("[embed]https://example.org/v[/embed]", "<embed|https://example.org/v>"),
        ("[youtube=https://example.org/v]", "<youtube https://example.org/v|>"),
        ("[audio https://example.org/a.mp3]", "<audio https://example.org/a.mp3|>"),
        ("[box color=red]in [i_con] side[/box]", "<box color=red|in <i_con|> side>"),
        ("[row][col]a[/col][col]b[/col][/row]", "<row|<col|a><col|b>>"),
        ("[one a=1]x[two b=2]y[/one]", "<one a=1|x<two b=2|>y>"),
        ("[single a=1] and [single a=2]", "<single a=1|> and <single a=2|>"),
        ("[self /] closed", "<self|> closed"),
        ("[[gallery]] escaped", "[gallery] escaped"),
        ("[x caption=\"<a href='q'>r</a>\"]", "<x caption=<a href='q'>r</a>|>"),
        ("[code][gallery] [/x][/code]", "<code|[gallery] [/x]>"),
        ("[Gallery]", "<gallery|>"),
    ],
)
def test_shortcodes_are_found(text, expanded):
    assert expand(text, shown) == expanded


@pytest.mark.parametrize(
    "text",
    [
        "[sic]",
        "He said [the mayor] would",
        "[1]",
        "[…]",
        "[applause]",
        "array[index]",
        "[re-elected]",
        "[/b]",
        "[",
        "[]",
        "[x",
        "a]",
    ],
)
def test_words_in_brackets_stay(text):
    assert expand(text, shown) == text


@pytest.mark.parametrize(
    ("code", "content", "addresses"),
    [
        ("[embed]", "https://example.org/v?a=1&amp;b=2", ["https://example.org/v?a=1&b=2"]),
        (
            '[video mp4="https://example.org/a.mp4" webm="https://example.org/a.webm"]',
            "",
            ["https://example.org/a.mp4", "https://example.org/a.webm"],
        ),
        ("[youtube dQw4w9WgXcQ]", "", ["https://www.youtube.com/watch?v=dQw4w9WgXcQ"]),
        ('[vimeo id="12345"]', "", ["https://vimeo.com/12345"]),
        ("[tweet 123456]", "", ["https://twitter.com/i/status/123456"]),
        ("[youtube]", "", []),
        ('[youtube id="<script>"]', "", []),
    ],
)
def test_what_is_embedded_is_known_by_its_address(code, content, addresses):
    found: list[str] = []

    def render(shortcode: Shortcode, _: str) -> str:
        found.extend(media_addresses(shortcode, content))
        return ""

    expand(code, render)
    assert found == addresses


@pytest.mark.parametrize(
    "text", ["[caption " * 50_000, "[a b=1]" * 50_000, "[" * 200_000, "[a]" * 50_000 + "[/a]" * 50_000, "[a b=c" + " " * 200_000]
)
def test_no_text_takes_for_ever(text):
    with quick():
        assert isinstance(expand(text, lambda code, content: content), str)


def test_code_that_nothing_closes_takes_no_time():
    with quick():
        assert expand("[code]x" * 80_000, lambda code, content: content) == "x" * 80_000


def test_code_ends_at_its_own_closer_whatever_letters_stand_before_it():
    assert expand("İİİ[CODE]a [b] c[/Code] d", lambda code, content: f"<{content}>") == "İİİ<a [b] c> d"
