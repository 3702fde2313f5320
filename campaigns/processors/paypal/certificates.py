"""The certificates that PayPal signs its messages with: fetched from PayPal's own hosts alone, few an hour, and kept.

A stranger's message names one, too. So its address has to be of the form that PayPal's have, one that cannot be had is
remembered for an hour, and beyond so many fetches an hour no more are made: PayPal's change about once a year.
"""

import re
import warnings
from collections import OrderedDict
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from threading import Lock
from time import monotonic

import certifi
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.utils import CryptographyDeprecationWarning
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from campaigns.processors.base import Forged, ProcessorFault
from campaigns.processors.paypal.wire import Malformed, No, Wire

PATH = re.compile(r"/v1/notifications/certs/[A-Za-z0-9_-]{1,100}")
PAYPALS = {f"https://{host}{name}.paypal.com" for host in ("api", "api-m") for name in ("", ".sandbox")}
SIGNERS = ("messageverificationcerts.paypal.com", "messageverificationcerts.sandbox.paypal.com")  # whom they are made out to
AN_HOUR, A_DAY = 3600.0, 86400.0  # seconds: how long one that cannot be had is remembered, and one that can
FETCHED = 30  # an hour, by one process
REMEMBERED = 1000
END = b"-----END CERTIFICATE-----"
STRANGE = "The message names a certificate that is not PayPal's."


@dataclass(frozen=True, slots=True)
class Signer:
    """`is_proved`: its chain ends at a root that is trusted, and it is made out to PayPal's signer."""

    key: RSAPublicKey
    is_proved: bool


class Certificates:
    """Of one account, in one process. Thread-safe."""

    def __init__(self, wire: Wire, base: str, roots: str) -> None:
        self._wire, self._base, self._roots = wire, base.rstrip("/"), roots
        self._lock = Lock()
        self._known: OrderedDict[str, tuple[Signer | None, float]] = OrderedDict()  # with the moment until when
        self._fetched: list[float] = []

    def check(self, address: str, signature: bytes, signed: bytes) -> bool:
        """Whether the signer is proved to be PayPal. Forged where the certificate at PayPal's address did not sign this;
        ProcessorFault where it cannot be had now."""
        if not self._is_theirs(address) or (signer := self._signer(address)) is None:
            raise Forged(STRANGE)
        try:
            signer.key.verify(signature, signed, PKCS1v15(), SHA256())
        except InvalidSignature:
            raise Forged("PayPal did not sign this.") from None
        return signer.is_proved

    def _is_theirs(self, address: str) -> bool:
        hosts = PAYPALS if self._base in PAYPALS else {self._base}
        return any(address.startswith(host) and PATH.fullmatch(address.removeprefix(host)) for host in hosts)

    def _signer(self, address: str) -> Signer | None:
        with self._lock:
            found, until = self._known.get(address, (None, 0.0))
            if until > monotonic():
                return found
            self._spend()
        try:
            found, seconds = self._read(self._wire.document(address)), A_DAY
        except (No, Malformed, ValueError):
            found, seconds = None, AN_HOUR
        with self._lock:
            self._known[address] = found, monotonic() + seconds
            if len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
        return found

    def _spend(self) -> None:
        now = monotonic()
        self._fetched = [moment for moment in self._fetched if moment > now - AN_HOUR]
        if len(self._fetched) >= FETCHED:
            raise ProcessorFault("Too many certificates were named within this hour.")
        self._fetched.append(now)

    def _read(self, pem: bytes) -> Signer:
        """ValueError for what is no certificate."""
        leaf, *between = x509.load_pem_x509_certificates(pem)
        key = leaf.public_key()
        if not isinstance(key, RSAPublicKey):
            raise ValueError("no RSA key")
        return Signer(key, any(self._is_proved(leaf, between, name) for name in SIGNERS))

    def _is_proved(self, leaf: x509.Certificate, between: list[x509.Certificate], name: str) -> bool:
        try:
            PolicyBuilder().store(_store(self._roots)).build_server_verifier(x509.DNSName(name)).verify(leaf, between)
        except VerificationError:
            return False
        return True


@cache
def certificates(wire: Wire, base: str, roots: str) -> Certificates:
    return Certificates(wire, base, roots)


@cache
def _store(roots: str) -> Store:
    """Each by itself: an old root with a serial number that is not as it should be says nothing of the others."""
    found = []
    for pem in Path(roots or certifi.where()).read_bytes().split(END)[:-1]:
        with warnings.catch_warnings(), suppress(ValueError):
            warnings.simplefilter("ignore", CryptographyDeprecationWarning)
            found.append(x509.load_pem_x509_certificate(pem + END))
    return Store(found)
