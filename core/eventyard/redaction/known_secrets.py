"""Credentials that can be told by their form, and names of members whose texts are secret whatever their form."""

from typing import Final, NamedTuple

__all__ = ["KNOWN_SECRETS", "SECRET_MEMBERS", "KnownSecret"]


class KnownSecret(NamedTuple):
    r"""One form of credential, by its issuer's own description.

    Attributes:
        name: What it is.
        mark: What is found in the JSON text of each value that has such a credential: the rarer elsewhere the better.
            It is searched for by two engines, and knows no look-around, no ``\b``, since a line break before a word is
            a letter in JSON, and nothing that JSON escapes. Where each alternative begins with a letter, Python is
            seven times as fast; and each repetition that is counted takes memory.
        pattern: The credential in a plain text; what it captures stays.
        ignores_case: Whether the mark is meant for letters of either case; it is written in lower case.
    """

    name: str
    mark: str
    pattern: str
    ignores_case: bool = False


# Where a word begins, also in a URL. What goes on after a text of any length may begin nowhere else: time would grow
# with the square of a text that is full of beginnings.
_BEGINNING: Final = r"(?:(?<![A-Za-z0-9_-])|(?<=%[0-9A-Fa-f]{2}))"

#: Without forms that other things have too, such as 32 hexadecimal digits.
KNOWN_SECRETS: Final = (
    KnownSecret("Eventyard token", r"eyk_[0-9a-f]{12}_", r"eyk_[0-9a-f]{12}_[A-Za-z0-9_-]{43}"),
    KnownSecret("Anthropic key", r"sk-ant-", r"sk-ant-[A-Za-z0-9_-]{20,}"),
    # All of OpenAI's keys have this in their middle, which is "OpenAI" in base64.
    KnownSecret("OpenAI key", r"T3BlbkFJ", _BEGINNING + r"sk-[A-Za-z0-9_-]{16,}T3BlbkFJ[A-Za-z0-9_-]{16,}"),
    KnownSecret(
        "GitHub token",
        r"gh[pousr]_[A-Za-z0-9]{9}|github_pat_",
        r"gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{50,}",
    ),
    KnownSecret(
        "GitLab token",
        r"gl(?:pat|dt|rt|cbt|ptt|ft|soat|agent|oas|imt)-[A-Za-z0-9_.-]{9}",
        r"gl(?:pat|dt|rt|cbt|ptt|ft|soat|agent|oas|imt)-[A-Za-z0-9_.-]{20,}",
    ),
    KnownSecret("AWS access key", r"AKIA[A-Z0-9]{9}|ASIA[A-Z0-9]{9}", r"(?:AKIA|ASIA)[A-Z0-9]{16}"),
    KnownSecret(
        "AWS secret key",
        r"aws_?secret_?access_?key",
        r"((?i:aws_?secret_?access_?key)[\"']?\s*[=:]\s*[\"']?)[A-Za-z0-9/+]{40}",
        ignores_case=True,
    ),
    KnownSecret(
        "Google key",
        r"AIza[A-Za-z0-9_-]{9}|ya29\.[A-Za-z0-9_-]{9}",
        r"AIza[A-Za-z0-9_-]{35}|ya29\.[A-Za-z0-9_-]{20,}",
    ),
    KnownSecret("Azure storage key", r"AccountKey=", r"(AccountKey=)[A-Za-z0-9+/]{86}=="),
    KnownSecret(
        "Slack token", r"xox[abeoprs]-|xapp-[0-9]-", r"xox[abeoprs]-[A-Za-z0-9-]{10,}|xapp-[0-9]-[A-Za-z0-9-]{10,}"
    ),
    KnownSecret("Slack webhook", r"hooks\.slack\.com/services/", r"(hooks\.slack\.com/services/)[A-Za-z0-9/]{20,}"),
    KnownSecret(
        "Stripe key",
        r"sk_(?:live|test)_[A-Za-z0-9]{9}|rk_(?:live|test)_[A-Za-z0-9]{9}",
        r"[rs]k_(?:live|test)_[A-Za-z0-9]{16,}",
    ),
    KnownSecret("npm token", r"npm_[A-Za-z0-9]{9}", r"npm_[A-Za-z0-9]{36}"),
    KnownSecret("PyPI token", r"pypi-AgE", r"pypi-AgE[A-Za-z0-9_-]{50,}"),
    KnownSecret("Hugging Face token", r"hf_[A-Za-z0-9]{9}", r"hf_[A-Za-z0-9]{34}"),
    KnownSecret("SendGrid key", r"SG\.[A-Za-z0-9_-]{9}", r"SG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}"),
    KnownSecret("DigitalOcean token", r"do[opr]_v1_", r"do[opr]_v1_[a-f0-9]{64}"),
    # RFC 7519: header and payload are JSON objects, which begin with '{"'.
    KnownSecret(
        "JSON Web Token",
        r"\.eyJ[A-Za-z0-9_-]{9}",
        _BEGINNING + r"eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}",
    ),
    # RFC 7468, and OpenSSH's own. One that was cut off is a secret up to where it was.
    KnownSecret(
        "private key",
        r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY",
        r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----"
        r"[\s\S]*?(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|\Z)",
    ),
    # RFC 9110 §11.6.2.
    KnownSecret(
        "Authorization header",
        r"authorization: ?(?:bearer|basic|token) ",
        r"((?i:authorization): ?(?i:bearer|basic|token) )[A-Za-z0-9._~+/=-]{8,}",
        ignores_case=True,
    ),
    # RFC 3986 §3.2.1.
    KnownSecret(
        "password in a URL",
        r"://[^\s/:@\"\\]+:[^\s/:@\"\\]+@",
        r"(://[^\s/:@\"\\]{1,100}:)[^\s/:@\"\\]{3,200}(?=@)",
    ),
)

#: Members whose text is secret, in lower case and without ``-`` and ``_``.
SECRET_MEMBERS: Final = frozenset(
    {
        "accesstoken",
        "apikey",
        "authtoken",
        "awssecretaccesskey",
        "bearertoken",
        "clientsecret",
        "idtoken",
        "passphrase",
        "passwd",
        "password",
        "privatekey",
        "refreshtoken",
        "secret",
        "secretkey",
    }
)
