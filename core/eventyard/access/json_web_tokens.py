"""Tokens that somebody else makes, an identity provider or a program of the house: JSON Web Tokens (RFC 7519)."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

from eventyard.access.grant import Grant, Scope
from eventyard.errors import SettingsError

__all__ = ["JsonWebTokens"]

# A key is good for its own algorithms alone (RFC 8725 §3.1): with a public key as its secret, anybody could sign.
_SECRET_ALGORITHMS: Final = ("HS256", "HS384", "HS512")
_RSA_ALGORITHMS: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512")
_CURVE_ALGORITHMS: Final = {"secp256r1": ("ES256",), "secp384r1": ("ES384",), "secp521r1": ("ES512",)}
_EDWARDS_ALGORITHMS: Final = ("EdDSA",)

#: Bytes that a secret has at least: those of the digest (RFC 7518 §3.2).
_SHORTEST_SECRET: Final = 32

_SCOPES: Final = {scope.value: scope for scope in Scope}


@dataclass(frozen=True, slots=True)
class JsonWebTokens:
    """Looks at JSON Web Tokens.

    Attributes:
        key: What their signature is checked with: a shared secret, or a public key in PEM.
        algorithms: By which they may be signed.
        audience: What their ``aud`` must name; ``None`` for anything.
        issuer: What their ``iss`` must be; ``None`` for anything.
    """

    key: str | bytes
    algorithms: tuple[str, ...]
    audience: str | None
    issuer: str | None

    @classmethod
    def of(cls, *, secret: str, public_key: str, audience: str, issuer: str) -> Self | None:
        """What the settings ask for; ``None`` when they ask for none.

        Args:
            secret: The secret that is shared with whoever makes tokens; empty when there is a public key.
            public_key: File with the public key in PEM; empty when there is a secret.
            audience: What tokens must be for; empty for anything.
            issuer: Who must have made them; empty for anybody.

        Raises:
            SettingsError: Both are given, the key cannot be used, or PyJWT is not installed.
        """
        if not secret and not public_key:
            return None
        if secret and public_key:
            message = "jwt.secret and jwt.public_key are both set, and tokens can be checked with one of them only"
            raise SettingsError(message)
        try:
            # Takes 30 ms, for those who ask for it.
            import cryptography  # noqa: PLC0415, F401
            import jwt  # noqa: PLC0415, F401
        except ImportError as error:
            message = "JSON Web Tokens need PyJWT, which is not installed: pip install 'eventyard[jwt]'"
            raise SettingsError(message) from error
        if secret:
            if len(secret.encode()) < _SHORTEST_SECRET:
                message = f"jwt.secret has {len(secret.encode())} bytes, expected at least {_SHORTEST_SECRET}"
                raise SettingsError(message)
            return cls(secret, _SECRET_ALGORITHMS, audience or None, issuer or None)
        key, algorithms = _public_key(Path(public_key).expanduser())
        return cls(key, algorithms, audience or None, issuer or None)

    def grant(self, token: str) -> Grant | None:
        """What ``token`` grants; ``None`` when it is none of ours, or has expired.

        The claim ``scope`` has scopes with blanks between them (RFC 8693 §4.2), of which those that we do not know are
        for somebody else; ``namespaces`` is a list of the only ones to be read; ``sub`` is the name. ``exp`` is needed.
        """
        import jwt  # noqa: PLC0415 - see above

        if not token.isascii():
            return None
        try:
            claims = jwt.decode(
                token,
                self.key,
                algorithms=list(self.algorithms),
                audience=self.audience,
                issuer=self.issuer,
                options={"require": ["exp"], "verify_aud": self.audience is not None},
            )
        except jwt.PyJWTError:
            return None
        return _granted(claims)


def _granted(claims: Mapping[str, Any]) -> Grant | None:
    scope, namespaces = claims.get("scope", ""), claims.get("namespaces")
    if not isinstance(scope, str):
        return None
    only: frozenset[str] | None = None
    if namespaces is not None:
        if not isinstance(namespaces, list) or not all(isinstance(name, str) for name in namespaces):
            return None
        only = frozenset(f"/{name.strip('/')}" for name in namespaces)
    scopes = frozenset(_SCOPES[name] for name in scope.split() if name in _SCOPES)
    return Grant(str(claims.get("sub") or "jwt"), scopes, only, expires=float(claims["exp"]))


def _public_key(path: Path) -> tuple[bytes, tuple[str, ...]]:
    """The key in a file, and the algorithms that it is good for."""
    # May not be installed.
    from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa  # noqa: PLC0415
    from cryptography.hazmat.primitives.serialization import load_pem_public_key  # noqa: PLC0415

    algorithms: tuple[str, ...] = ()
    try:
        content = path.read_bytes()
        match load_pem_public_key(content):
            case rsa.RSAPublicKey():
                algorithms = _RSA_ALGORITHMS
            case ec.EllipticCurvePublicKey() as key:
                algorithms = _CURVE_ALGORITHMS.get(key.curve.name, ())
            case ed25519.Ed25519PublicKey() | ed448.Ed448PublicKey():
                algorithms = _EDWARDS_ALGORITHMS
    except OSError as error:
        message = f"jwt.public_key: {path} cannot be read: {error.strerror}"
        raise SettingsError(message) from error
    except ValueError as error:
        message = f"jwt.public_key: {path} has no public key in PEM"
        raise SettingsError(message) from error
    if not algorithms:
        message = f"jwt.public_key: {path} has a key of a kind that no token is signed with"
        raise SettingsError(message)
    return content, algorithms
