"""What a page says, read from its HTML as a reader's program would."""

from typing import Any

from lxml import etree, html


def tree(response: Any) -> Any:
    """The HTML of a response, or of a piece of text."""
    return html.fromstring(getattr(response, "content", response))


def xml(response: Any) -> Any:
    return etree.fromstring(response.content)


def texts(response: Any, css_class: str) -> list[str]:
    """The text of every element of a class, in the order of the page."""
    found = tree(response).xpath(f"//*[contains(concat(' ', @class, ' '), ' {css_class} ')]")
    return [" ".join(element.text_content().split()) for element in found]


def headlines(response: Any) -> list[str]:
    """The headlines of a list's entries."""
    return texts(response, "card-headline")


def attribute(response: Any, xpath: str) -> str:
    """The one value an XPath finds; an AssertionError says what it found instead."""
    found = tree(response).xpath(xpath)
    assert len(found) == 1, f"{xpath} finds {found}"
    return str(found[0])


def without_visitor(response: Any) -> bool:
    """True when the answer depends on nobody: no cookie set, none looked at."""
    return not response.cookies and "Cookie" not in response.headers.get("Vary", "")
