"""The key that the pretended PayPal signs with, its certificate, and the root that it hangs from. Made once a process."""

import tempfile
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

NAME = "messageverificationcerts.sandbox.paypal.com"


class Signer:
    """`roots` is a file with the root; `pem` what stands at the certificate's address."""

    def __init__(self, name: str = NAME) -> None:
        self._key, above = (rsa.generate_private_key(65537, 2048) for _ in range(2))
        root = _certificate("A pretended root", above, above, "A pretended root", is_root=True)
        self.pem = _certificate(name, self._key, above, "A pretended root").public_bytes(Encoding.PEM)
        self._folder = tempfile.TemporaryDirectory()
        self.roots = str(Path(self._folder.name) / "root.pem")
        Path(self.roots).write_bytes(root.public_bytes(Encoding.PEM))

    def sign(self, text: bytes) -> bytes:
        return self._key.sign(text, padding.PKCS1v15(), SHA256())


@cache
def signer(name: str = NAME) -> Signer:
    return Signer(name)


def _certificate(
    name: str, key: rsa.RSAPrivateKey, above: rsa.RSAPrivateKey, issuer: str, *, is_root: bool = False
) -> x509.Certificate:
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .add_extension(x509.BasicConstraints(ca=is_root, path_length=None), critical=True)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(above.public_key()), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.KeyUsage(not is_root, False, False, False, False, is_root, is_root, False, False), critical=True)
    )
    if not is_root:
        made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        made = made.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    return made.sign(above, SHA256())
