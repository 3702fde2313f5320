"""Mail as this app writes it: templates for the words."""

from email.headerregistry import Address
from email.utils import parseaddr
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.template.loader import render_to_string

from articles.models import Masthead
from newsroom.letter import Letter, unsubscribe_headers

__all__ = ["Letter", "unsubscribe_headers"]


def one_line(words: str) -> str:
    """Nothing that ends a header, nothing invisible."""
    return " ".join("".join(letter for letter in words if letter.isprintable() or letter.isspace()).split())


def host() -> str:
    return (urlsplit(settings.SITE_URL).hostname or "localhost").encode("idna").decode()


def sender(masthead: Masthead) -> str:
    """DEFAULT_FROM_EMAIL under the newsroom's name, unless the setting brings a name of its own."""
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return str(Address(display_name=name or one_line(masthead.name), addr_spec=address))


def words(name: str, context: dict[str, Any]) -> tuple[str, str, str]:
    """Subject, text and HTML of templates/digest/mail/<name>/."""
    folder, context = f"digest/mail/{name}", {"site_url": settings.SITE_URL} | context
    subject = one_line(render_to_string(f"{folder}/subject.txt", context))
    text = render_to_string(f"{folder}/body.txt", context).strip() + "\n"
    return subject, text, render_to_string(f"{folder}/body.html", context).strip() + "\n"


def write(to: str, masthead: Masthead, content: tuple[str, str, str], headers: dict[str, str]) -> Letter:
    subject, text, html = content
    letter = Letter(subject, text, sender(masthead), [to], headers=headers)
    if masthead.contact_email:
        letter.reply_to = [masthead.contact_email]
    letter.attach_alternative(html, "text/html")
    return letter
