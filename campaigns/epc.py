"""The code that a euro-zone banking app reads: a transfer filled in (EPC069-12, “QR code: guidelines to enable the data
capture for the initiation of a SEPA credit transfer”)."""

import re

import segno
from segno import helpers

from newsroom import money

MOST = 99_999_999_999  # cents: what a SEPA transfer and the code can say


def check_iban(text: str) -> str:
    """An IBAN without blanks. ValueError when its check digits say no (ISO 13616, mod 97)."""
    iban = re.sub(r"\s", "", text).upper()
    if not re.fullmatch(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}", iban):
        raise ValueError("An IBAN begins with two letters and two figures, and has 15 to 34 signs.")
    if int("".join(str(int(sign, 36)) for sign in iban[4:] + iban[:4])) % 97 != 1:
        raise ValueError("This IBAN has a typing mistake: its check figures do not fit.")
    return iban


def grouped(iban: str) -> str:
    """As people read it: in groups of four."""
    return " ".join(iban[start : start + 4] for start in range(0, len(iban), 4))


def code(*, holder: str, iban: str, bic: str, amount: int, currency: str, reference: str) -> segno.QRCode | None:
    """The code for a transfer of `amount` minor units; None where the standard has none: other money, too large a sum."""
    if currency != "EUR" or not (holder and iban) or not 1 <= amount <= MOST:
        return None
    euros = money.to_decimal(amount, currency)
    return helpers.make_epc_qr(name=holder[:70], iban=iban, amount=euros, text=reference, bic=bic or None, encoding="utf-8")
