"""JSON Web Tokens: whose are good, and what they grant."""

import base64
import json
import sys
import time
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256K1, SECP256R1, SECP384R1
from cryptography.hazmat.primitives.asymmetric.ec import generate_private_key as elliptic
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key as rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from eventyard.access import Credentials, Grant, JsonWebTokens, Scope
from eventyard.errors import SettingsError

SECRET = "a secret of more than thirty-two bytes"
NEVER = 4_000_000_000


def made(secret: Any = SECRET, algorithm: str = "HS256", **claims: Any) -> str:
    return jwt.encode({"sub": "ann", "scope": "read", "exp": NEVER} | claims, secret, algorithm)


def checking(*, secret: str = SECRET, public_key: str = "", audience: str = "", issuer: str = "") -> JsonWebTokens:
    tokens = JsonWebTokens.of(secret=secret, public_key=public_key, audience=audience, issuer=issuer)
    assert tokens is not None
    return tokens


def test_it_grants_what_its_claims_say() -> None:
    token = made(scope="publish read openid", namespaces=["tools", "/files"])
    assert checking().grant(token) == Grant(
        "ann", frozenset({Scope.PUBLISH, Scope.READ}), frozenset({"/tools", "/files"}), expires=float(NEVER)
    )


@pytest.mark.parametrize("claims", [{"scope": ""}, {"scope": "everything"}])
def test_without_a_scope_of_ours_it_grants_nothing(claims: dict[str, Any]) -> None:
    grant = checking().grant(made(**claims))
    assert grant is not None
    assert not any(map(grant.may, Scope))


def test_an_empty_list_of_namespaces_is_none_of_them() -> None:
    grant = checking().grant(made(namespaces=[]))
    assert grant is not None
    assert not grant.may_read("/tools")


@pytest.mark.parametrize("claims", [{"scope": ["read"]}, {"scope": 5}, {"namespaces": "tools"}, {"namespaces": [5]}])
def test_claims_of_another_form_let_nobody_in(claims: dict[str, Any]) -> None:
    """What is misunderstood must not grant more than was meant."""
    assert checking().grant(made(**claims)) is None


def test_it_must_have_an_end() -> None:
    endless = jwt.encode({"sub": "ann", "scope": "read"}, SECRET, "HS256")
    assert checking().grant(endless) is None


@pytest.mark.parametrize("claims", [{"exp": 1}, {"nbf": NEVER}])
def test_it_is_good_in_its_time_alone(claims: dict[str, Any]) -> None:
    assert checking().grant(made(**claims)) is None


def test_another_secret_lets_nobody_in() -> None:
    assert checking().grant(made("another secret of more than thirty-two bytes")) is None


def test_a_token_without_a_signature_lets_nobody_in() -> None:
    def coded(value: object) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    claims = {"sub": "ann", "scope": "admin", "exp": NEVER}
    assert checking().grant(f"{coded({'alg': 'none', 'typ': 'JWT'})}.{coded(claims)}.") is None


@pytest.mark.parametrize("token", ["", "a.b.c", "eyJ", "\udcff", "a" * 10_000])
def test_what_is_no_token_lets_nobody_in(token: str) -> None:
    assert checking().grant(token) is None


@pytest.mark.parametrize(("audience", "is_good"), [("eventyard", True), (["x", "eventyard"], True), ("x", False)])
def test_it_must_be_for_us_where_that_is_said(audience: object, is_good: bool) -> None:
    assert (checking(audience="eventyard").grant(made(aud=audience)) is not None) is is_good


def test_without_an_audience_it_may_be_for_anybody() -> None:
    assert checking().grant(made(aud="x")) is not None
    assert checking(audience="eventyard").grant(made()) is None


def test_it_must_be_of_the_issuer_where_that_is_said() -> None:
    tokens = checking(issuer="https://id.example")
    assert tokens.grant(made(iss="https://id.example")) is not None
    assert tokens.grant(made(iss="https://other.example")) is None
    assert tokens.grant(made()) is None


PRIVATE: dict[str, Any] = {
    "RS256": rsa(65537, 2048),
    "ES256": elliptic(SECP256R1()),
    "ES384": elliptic(SECP384R1()),
    "PS256": rsa(65537, 2048),
    "EdDSA": Ed25519PrivateKey.generate(),
}


def pem(path: Path, private: Any) -> Path:
    key = private.public_key()
    path.write_bytes(key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    return path


@pytest.mark.parametrize("algorithm", PRIVATE)
def test_it_may_be_signed_with_a_private_key(tmp_path: Path, algorithm: str) -> None:
    tokens = checking(secret="", public_key=str(pem(tmp_path / "key.pem", PRIVATE[algorithm])))
    assert tokens.grant(made(PRIVATE[algorithm], algorithm)) is not None
    others = [name for name in PRIVATE if name != algorithm]
    assert [tokens.grant(made(PRIVATE[other], other)) for other in others] == [None] * 4


def test_the_public_key_is_no_secret(tmp_path: Path) -> None:
    """Whoever has it could sign with it else: everybody."""
    path = pem(tmp_path / "key.pem", PRIVATE["RS256"])
    tokens = checking(secret="", public_key=str(path))
    header = base64.urlsafe_b64encode(b'{"alg":"HS256","typ":"JWT"}').rstrip(b"=")
    claims = base64.urlsafe_b64encode(json.dumps({"scope": "admin", "exp": NEVER}).encode()).rstrip(b"=")
    import hashlib
    import hmac

    mac = hmac.digest(path.read_bytes(), header + b"." + claims, hashlib.sha256)
    forged = b".".join((header, claims, base64.urlsafe_b64encode(mac).rstrip(b"="))).decode()
    assert tokens.grant(forged) is None


def test_where_none_are_asked_for_none_are_checked() -> None:
    assert JsonWebTokens.of(secret="", public_key="", audience="x", issuer="y") is None


def test_a_short_secret_is_refused() -> None:
    with pytest.raises(SettingsError, match=r"jwt\.secret has 5 bytes, expected at least 32"):
        checking(secret="short")


def test_a_secret_and_a_key_are_one_too_many(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="with one of them only"):
        checking(public_key=str(tmp_path))


def test_a_key_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"key\.pem cannot be read: No such file"):
        checking(secret="", public_key=str(tmp_path / "key.pem"))
    (tmp_path / "key.pem").write_text("no key")
    with pytest.raises(SettingsError, match=r"key\.pem has no public key in PEM"):
        checking(secret="", public_key=str(tmp_path / "key.pem"))
    path = pem(tmp_path / "key.pem", elliptic(SECP256K1()))
    with pytest.raises(SettingsError, match=r"key\.pem has a key of a kind that no token is signed with"):
        checking(secret="", public_key=str(path))


def test_a_missing_library_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jwt", None)
    with pytest.raises(SettingsError, match=r"pip install 'eventyard\[jwt\]'"):
        checking()


class Clock:
    """Stands still until it is set."""

    def __init__(self, now: float) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


def test_what_was_granted_ends_with_the_token() -> None:
    """Those who remember what they were shown are told, each time that one has ended."""
    begin = time.time()
    clock = Clock(begin)
    credentials = Credentials("", None, checking(), clock=clock)
    told: list[float] = []
    credentials.on_change(lambda: told.append(clock.now - begin))
    first, second = (credentials.grant(made(exp=int(begin) + seconds)) for seconds in (100, 200))
    assert first is not None
    assert second is not None
    for seconds in (50, 101, 150, 201):
        clock.now = begin + seconds
        credentials.refresh()
        if seconds == 101:
            credentials.grant(made(exp=int(begin) + 200))
    assert told == [101, 201]
    assert (credentials.holds(first), credentials.holds(second)) == (False, False)
    assert credentials.required
    assert credentials.can_be_met
