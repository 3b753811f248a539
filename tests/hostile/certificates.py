"""Certificates that are wrong in one way each, and one that is right."""

from __future__ import annotations

import ssl
import warnings
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import NameOID

from tests.hostile.case import Tls

_PEM = serialization.Encoding.PEM
_DAY = timedelta(days=1)


_SHA256, _SHA1 = (bytes.fromhex("06092a864886f70d0101" + end) for end in ("0b", "05"))
_Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


class Certificates:
    """An authority that is trusted, one that is not, and what they sign."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = rsa.generate_private_key(65_537, 2048)
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Hostile CA")])
        self._stranger = rsa.generate_private_key(65_537, 2048)
        self.ca_file = folder / "ca.pem"
        own = self._signed(self._name, self._key, self._key, ca=True)
        self.ca_file.write_bytes(own.public_bytes(_PEM))

    def context(self, kind: Tls, host: str) -> ssl.SSLContext:
        """Return the server's side of a host's TLS."""
        key = ec.generate_private_key(ec.SECP256R1())
        now = datetime.now(UTC)
        shift = {Tls.EXPIRED: -9 * _DAY, Tls.NOT_YET: 9 * _DAY}.get(kind, timedelta())
        signers: dict[Tls, _Key] = {Tls.SELF_SIGNED: key, Tls.UNKNOWN: self._stranger}
        named = "elsewhere.example" if kind is Tls.WRONG_HOST else host
        certificate = self._signed(
            x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a page")]),
            key,
            signers.get(kind, self._key),
            host=named,
            at=now + shift,
        )
        chain = self._folder / f"{host}.pem"
        chain.write_bytes(
            key.private_bytes(_PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
            + (self._by_sha1(certificate) if kind is Tls.SHA1 else certificate.public_bytes(_PEM))
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        if kind is Tls.SHA1:
            context.set_ciphers("DEFAULT:@SECLEVEL=0")
        context.load_cert_chain(chain)
        if kind is Tls.OLD:
            context.set_ciphers("DEFAULT:@SECLEVEL=0")
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)  # it is the case
                context.minimum_version = ssl.TLSVersion.TLSv1
                context.maximum_version = ssl.TLSVersion.TLSv1_1
        if kind is Tls.HTTP2:
            context.set_alpn_protocols(["h2"])
        return context

    def _by_sha1(self, certificate: x509.Certificate) -> bytes:
        """Sign it again as nobody does any more; the library won't, so that it is put together here."""
        body = certificate.tbs_certificate_bytes.replace(_SHA256, _SHA1)
        signature = self._key.sign(body, padding.PKCS1v15(), hashes.SHA1())
        how = _der(0x30, _SHA1 + bytes.fromhex("0500"))
        whole = _der(0x30, body + how + _der(0x03, b"\0" + signature))
        return ssl.DER_cert_to_PEM_cert(whole).encode()

    def _signed(
        self,
        subject: x509.Name,
        key: _Key,
        signer: _Key,
        *,
        host: str = "",
        at: datetime | None = None,
        ca: bool = False,
    ) -> x509.Certificate:
        begin = at or datetime.now(UTC)
        issuer = subject if signer is key else self._name
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(begin - _DAY)
            .not_valid_after(begin + 3 * _DAY)
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
            .add_extension(
                x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False
            )
        )
        if host:
            names = x509.SubjectAlternativeName([x509.DNSName(host)])
            authority = x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key())
            builder = builder.add_extension(names, critical=False)
            builder = builder.add_extension(authority, critical=False)
        return builder.sign(signer, hashes.SHA256())


def _der(tag: int, content: bytes) -> bytes:
    """Write an element of DER."""
    size = len(content)
    if size < 128:
        return bytes((tag, size)) + content
    digits = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(digits))) + digits + content
