"""Mail services that take mail by their web API instead of SMTP, reached through django-anymail.

`mailgun://KEY@news.example/?region=eu`: the name of the service, what it gave us to identify ourselves (percent-encoded,
where it holds one of “:/?#[]@”), the host or domain where the service asks for one, and what may be asked besides.
"""

import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import SplitResult, parse_qs, unquote

API = "api_url"


@dataclass(frozen=True)
class Service:
    """How one service is told who we are. `key`, `second` and `host` name options of anymail's backend."""

    backend: str
    key: str
    second: str = ""  # what stands after the “:”
    host: str = ""  # what stands after the “@”
    needs_host: bool = False
    regions: dict[str, dict[str, str]] = field(default_factory=dict)  # region → options; the first is the service's own default
    asked: dict[str, str] = field(default_factory=dict)  # word after the “?” → option


SERVICES = {
    "brevo": Service("brevo", "api_key"),
    "mailersend": Service("mailersend", "api_token"),
    "mailgun": Service(
        "mailgun", "api_key", host="sender_domain", regions={"us": {}, "eu": {API: "https://api.eu.mailgun.net/v3"}}
    ),
    "mailjet": Service("mailjet", "api_key", second="secret_key"),
    "mailtrap": Service("mailtrap", "api_token"),
    "mandrill": Service("mandrill", "api_key"),
    "postal": Service("postal", "api_key", host=API, needs_host=True),
    "postmark": Service("postmark", "server_token", asked={"stream": "message_stream"}),
    "resend": Service("resend", "api_key"),
    "scaleway": Service("scaleway", "secret_key", second="project_id", asked={"region": "region"}),
    "sparkpost": Service("sparkpost", "api_key", regions={"us": {}, "eu": {API: "https://api.eu.sparkpost.com/api/v1"}}),
}


def mailer(parts: SplitResult) -> dict[str, Any]:
    """The entry of Django's MAILERS for an address whose scheme is one of SERVICES. ValueError says what is wrong with it,
    and never repeats a key."""
    service = SERVICES[parts.scheme]
    options = {**_identity(service, parts), **_host(service, parts), **_asked(service, parts)}
    return {"BACKEND": f"anymail.backends.{service.backend}.EmailBackend", "OPTIONS": options}


def _identity(service: Service, parts: SplitResult) -> dict[str, str]:
    first, _, second = parts.netloc.rpartition("@")[0].partition(":")
    if not first:
        raise ValueError(f"the key is missing ({parts.scheme}://KEY{':SECOND' * bool(service.second)}@)")
    if service.second and not second:
        raise ValueError(f"the {service.second.replace('_', ' ')} is missing ({parts.scheme}://KEY:SECOND@)")
    if second and not service.second:
        raise ValueError("there is a “:” in the key (write %3A, if it belongs to it)")
    if parts.path not in {"", "/"} or parts.fragment:
        raise ValueError("there is a “/” or “#” in it (write %2F or %23, if it belongs to the key)")
    return {service.key: unquote(first)} | ({service.second: unquote(second)} if second else {})


def _host(service: Service, parts: SplitResult) -> dict[str, str]:
    host = parts.netloc.rpartition("@")[2]
    if not host:
        if service.needs_host:
            raise ValueError("the host is missing after the “@”")
        return {}
    if not service.host:
        raise ValueError("nothing may stand after the “@” (write %40 for one that belongs to the key)")
    if not re.fullmatch(r"[A-Za-z0-9.-]+(:[0-9]+)?", host):
        raise ValueError("what stands after the “@” is no host name")
    return {service.host: f"https://{host}" if service.host == API else host}


def _asked(service: Service, parts: SplitResult) -> dict[str, Any]:
    asked = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    options: dict[str, Any] = {"timeout": float(asked.pop("timeout", "10"))}  # seconds, as by SMTP
    if service.regions:
        region = asked.pop("region", next(iter(service.regions)))
        if region not in service.regions:
            raise ValueError(f"region is {' or '.join(service.regions)}, not “{region}”")
        options |= service.regions[region]
    if unknown := set(asked) - set(service.asked):
        raise ValueError(f"“{min(unknown)}” is not an option of {parts.scheme}")
    return options | {service.asked[name]: value for name, value in asked.items()}
