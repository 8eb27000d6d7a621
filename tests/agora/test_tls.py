"""TLS: who cannot prove to be the server gets not one byte of the request (S36)."""

import ipaddress
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from agora.drafts import CompanyDraft
from agora.errors import Effect, TlsRefused
from agora.transport import Transport

from .scripted_server import ScriptedServer, answer

Serve = Callable[..., ScriptedServer]
Connect = Callable[..., Transport]
HERE = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
ELSEWHERE = x509.DNSName("elsewhere.example")


@dataclass(frozen=True, kw_only=True)
class Authority:
    """A certificate authority of the test's own, in a folder."""

    folder: Path
    key: ec.EllipticCurvePrivateKey
    name: x509.Name

    @property
    def file(self) -> Path:
        return self.folder / "authority.pem"

    def certify(self, name: x509.GeneralName, *, days: int = 30, is_authority: bool = False) -> Path:
        """A file with a certificate for that name and its key, valid until so many days from now."""
        now = datetime.now(UTC)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(self.name if is_authority else x509.Name([]))
            .issuer_name(self.name)
            .public_key(self.key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=60))
            .not_valid_after(now + timedelta(days=days))
            .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
            .add_extension(x509.SubjectAlternativeName([name]), critical=not is_authority)
            .sign(self.key, hashes.SHA256())
        )
        path = self.folder / ("authority.pem" if is_authority else "server.pem")
        private = self.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM) + private)
        return path


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test authority")])
    made = Authority(folder=tmp_path, key=ec.generate_private_key(ec.SECP256R1()), name=name)
    made.certify(x509.DNSName("authority.example"), is_authority=True)
    return made


def speaking_tls(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


@pytest.fixture
def trusted(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> Authority:
    """The authority is the only one this machine trusts."""
    monkeypatch.setattr("requests.adapters.DEFAULT_CA_BUNDLE_PATH", str(authority.file))
    return authority


def test_a_server_that_proves_its_name_is_spoken_to(serve: Serve, connect: Connect, trusted: Authority) -> None:
    server = serve(answer(200, {"fine": True}), tls=speaking_tls(trusted.certify(HERE)))
    transport = connect(server)
    assert [transport.get("/x").data for _ in range(2)] == [{"fine": True}, {"fine": True}]
    assert server.connections == 1


def refused(transport: Transport, draft: CompanyDraft) -> TlsRefused:
    with pytest.raises(TlsRefused) as raised:
        transport.send(transport.prepare("POST", "/x", draft=draft))
    return raised.value


def test_c19_an_untrusted_certificate_gets_nothing(
    serve: Serve, connect: Connect, authority: Authority, draft: CompanyDraft
) -> None:
    server = serve(answer(200, {}), tls=speaking_tls(authority.certify(HERE)))
    assert refused(connect(server), draft).effect is Effect.NONE
    assert server.requests == []


def test_s36_an_expired_certificate_gets_nothing(
    serve: Serve, connect: Connect, trusted: Authority, draft: CompanyDraft
) -> None:
    server = serve(answer(200, {}), tls=speaking_tls(trusted.certify(HERE, days=-1)))
    refused(connect(server), draft)
    assert server.requests == []


def test_s36_a_certificate_of_another_name_gets_nothing(
    serve: Serve, connect: Connect, trusted: Authority, draft: CompanyDraft
) -> None:
    server = serve(answer(200, {}), tls=speaking_tls(trusted.certify(ELSEWHERE)))
    refused(connect(server), draft)
    assert server.requests == []


def test_s36_a_server_without_tls_gets_nothing(serve: Serve, connect: Connect, draft: CompanyDraft) -> None:
    server = serve(answer(200, {}))
    refused(connect(server.url.replace("http:", "https:")), draft)
    assert server.requests == []


def test_a_certificate_is_not_asked_for_again(
    serve: Serve, connect: Connect, authority: Authority, slept: list[float]
) -> None:
    server = serve(answer(200, {}), tls=speaking_tls(authority.certify(HERE)))
    with pytest.raises(TlsRefused):
        connect(server).get("/x")
    assert slept == []


def test_the_environment_cannot_name_another_authority(
    serve: Serve, connect: Connect, authority: Authority, draft: CompanyDraft, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"):
        monkeypatch.setenv(name, str(authority.file))
    refused(connect(serve(answer(200, {}), tls=speaking_tls(authority.certify(HERE)))), draft)
