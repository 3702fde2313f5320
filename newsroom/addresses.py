"""What a reader typed, as one address that a mail can be sent to. Pure."""

import re

import idna
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

LONGEST = 254  # RFC 5321, section 4.5.3.1.3, less the angle brackets
UNUSUAL = re.compile(r'["()<>\[\]\\,;:]|\s|[\x00-\x1f\x7f]')


def clean(typed: str) -> str:
    """The address in the form in which it is kept: its domain in ASCII and small letters, its local part untouched.

    ValidationError, with a sentence for the reader, for everything else: there is no second address, no name, no
    header and no host of ours to be smuggled in, and what is not plain ASCII before the “@” cannot be mailed by the
    servers of today.
    """
    address = typed.strip(" \t")
    if not address:
        raise ValidationError("Enter your e-mail address.")
    if len(address) > LONGEST:
        raise ValidationError(f"This is longer than any e-mail address can be ({LONGEST} characters).")
    local, at, domain = address.rpartition("@")
    if not (local and at and domain) or UNUSUAL.search(address) or "@" in local:
        raise ValidationError("This is not an e-mail address. It should look like name@example.org.")
    if not local.isascii():
        raise ValidationError("Before the “@” we can only write to plain letters without accents. Do you have another address?")
    cleaned = f"{local}@{_ascii(domain)}"
    if len(cleaned) > LONGEST or len(local) > 64 or "." not in cleaned.rpartition("@")[2]:
        raise ValidationError("There is no such e-mail address: look at the part after the “@” again.")
    validate_email(cleaned)
    return cleaned


def _ascii(domain: str) -> str:
    try:
        return idna.encode(domain, uts46=True, std3_rules=True, transitional=False).decode("ascii").lower()
    except idna.IDNAError:
        raise ValidationError("There is no such e-mail address: look at the part after the “@” again.") from None
