"""Mail as this app writes it: templates for the words, headers that survive the wire."""

from email.header import Header
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UniqueAddressHeader, UnstructuredHeader
from email.message import EmailMessage
from email.policy import EmailPolicy, Policy, default
from email.utils import parseaddr
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from articles.models import Masthead

# One line is the only form in which mail programs are sure to find an address in these.
VERBATIM = ("List-Unsubscribe", "List-Unsubscribe-Post", "List-Id", "List-Archive")


class Verbatim(UnstructuredHeader, BaseHeader):
    """A header that is never folded: Python would encode a long address as if it were words (cpython#85725)."""

    def fold(self, *, policy: Policy) -> str:
        return f"{self.name}: {self}{policy.linesep}"


class Words(UnstructuredHeader, BaseHeader):
    """Encoded by Python's older, right way: the newer one glues encoded words together (cpython#144156)."""

    def fold(self, *, policy: Policy) -> str:
        return f"{self.name}: {encoded(str(self), self.name, policy)}{policy.linesep}"


class Sender(UniqueAddressHeader, BaseHeader):  # type: ignore[misc]  # as Python builds its own
    """The newer way also puts a space into a long name where it folds."""

    def fold(self, *, policy: Policy) -> str:
        address = self.addresses[0]
        if address.display_name.isascii() and "=?" not in address.display_name:
            return f"{self.name}: {address}{policy.linesep}"
        name = encoded(address.display_name, self.name, policy)
        return f"{self.name}: {name}{policy.linesep} <{address.addr_spec}>{policy.linesep}"


def encoded(words: str, header: str, policy: Policy) -> str:
    charset = "us-ascii" if words.isascii() and "=?" not in words else "utf-8"
    return Header(words, charset, header_name=header).encode(linesep=policy.linesep)


class Letter(EmailMultiAlternatives):
    """Text and HTML in 7-bit lines, so that no server on the way has to change a byte."""

    def message(self, *, policy: EmailPolicy = default) -> EmailMessage:  # type: ignore[override, assignment]
        registry = HeaderRegistry()
        registry.map_to_type("subject", Words)
        registry.map_to_type("from", Sender)
        for name in VERBATIM:
            registry.map_to_type(name.lower(), Verbatim)
        return super().message(policy=policy.clone(header_factory=registry, cte_type="7bit"))


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


def unsubscribe_headers(address: str) -> dict[str, str]:
    """RFC 2369 and 8058: the button that mail programs show beside the sender."""
    return {"List-Unsubscribe": f"<{address}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
