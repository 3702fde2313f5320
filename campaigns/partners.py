"""Sites that may show our give form in a frame, and how browsers are told so."""

import re
from ipaddress import IPv4Address

import idna
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.csp import CSP

from articles.pages import Faces
from campaigns.models import PartnerHost

MOST = 100  # all of them stand in one header of the page that any of them may show
PARTNERS = "partners"  # the key of that page
SOURCE = "embed:"
HOST = re.compile(r"(?P<name>[^:/?#@\s\\*\"';,\[\]]+?)\.?(:(?P<port>[0-9]{1,5}))?")
KEPT = re.compile(r"[a-z0-9.-]{1,253}(:[0-9]{1,5})?")
NOT_A_HOST = "This is not a host. It should look like news.example.org, without anything before or after it."


def clean_host(typed: str) -> str:
    """As browsers compare it: small letters, other scripts in ASCII (IDNA), a port where it is not the usual one.

    ValidationError, with a sentence, for everything else: no wildcard, no path, nothing that ends the header it goes into.
    """
    typed = re.sub(r"^https?://", "", typed.strip(), flags=re.IGNORECASE)
    found = HOST.fullmatch(typed.removesuffix("/"))
    if found is None:
        raise ValidationError("One host at a time, and no “*”: name each by itself." if "*" in typed else NOT_A_HOST)
    name, port = _in_ascii(found["name"]), int(found["port"] or 443)
    if not 0 < port < 65536:
        raise ValidationError("There is no such port: they go from 1 to 65535.")
    return name if port in {80, 443} else f"{name}:{port}"


def _in_ascii(name: str) -> str:
    try:
        ascii_name = idna.encode(name, uts46=True, std3_rules=True).decode("ascii").lower()
    except idna.IDNAError:
        raise ValidationError(NOT_A_HOST) from None
    if ascii_name.replace(".", "").isdecimal():  # “127.1” and its like are read in more than one way
        try:
            return str(IPv4Address(ascii_name))
        except ValueError:
            raise ValidationError(NOT_A_HOST) from None
    if "." not in ascii_name and ascii_name != "localhost":
        raise ValidationError(NOT_A_HOST)
    return ascii_name


def of_host(host: str) -> str:
    """The key of a page that one partner alone may show."""
    return f"partner:{host}"


def faces() -> Faces:
    hosts = list(PartnerHost.objects.values_list("host", flat=True))
    return {PARTNERS: hosts} | {of_host(host): True for host in hosts}


def let_frame(response: HttpResponse, hosts: list[str]) -> HttpResponse:
    """Have browsers show this page within pages of these hosts, and of no others. None: of nobody."""
    schemes = ["https"] if settings.SITE_URL.startswith("https:") else ["http", "https"]
    origins = [f"{scheme}://{host}" for host in hosts for scheme in schemes]
    policy = settings.SECURE_CSP | {"frame-ancestors": origins or [CSP.NONE]}
    # Django's own marks for its middleware. The older header knows one origin at most.
    for name, value in {"_csp_config": policy, "xframe_options_exempt": bool(origins)}.items():
        setattr(response, name, value)
    return response


def source_of(request: HttpRequest) -> str:
    """Where a sent form stood: “embed:news.example.org”, or nothing for our own page. What is no partner is nothing."""
    if request.method != "POST":
        return ""
    here = request.resolver_match.kwargs.get("host") if request.resolver_match else None
    host = here or request.POST.get("source", "").removeprefix(SOURCE)
    known = KEPT.fullmatch(host) and PartnerHost.objects.filter(host=host).exists()
    return f"{SOURCE}{host}"[:100] if known else ""
