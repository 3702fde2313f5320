"""A mail whose headers survive the wire."""

from email.header import Header
from email.headerregistry import BaseHeader, HeaderRegistry, UniqueAddressHeader, UnstructuredHeader
from email.message import EmailMessage
from email.policy import EmailPolicy, Policy, default

from django.core.mail import EmailMultiAlternatives

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


def unsubscribe_headers(address: str) -> dict[str, str]:
    """RFC 2369 and 8058: the button that mail programs show beside the sender."""
    return {"List-Unsubscribe": f"<{address}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
