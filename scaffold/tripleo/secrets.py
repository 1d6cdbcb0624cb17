"""Secrets: which names hold one, which texts are one, and what in a longer text is."""

from __future__ import annotations

import re
from collections.abc import Iterator

# a word that nothing else has in it counts anywhere; secret and token only where they begin a word
_NAME = re.compile(
    r"(?:(?i:pass_?word|passwd|pass_?phrase|community_?string|(?:api|access|secret)[_-]?key|private_?key)"
    r"|Secret|Token|(?<![A-Za-z])(?:secret|token)|(?<![A-Z])(?:SECRET|TOKEN))s?\Z"
)
# what a name of several words ends with: CinderPassword, api_token
_OF_WORDS = re.compile(
    r"(?:^|.*[^A-Za-z]|.*[a-z](?=[A-Z]))"
    r"(?:[Pp]assword|[Pp]asswd|[Pp]assphrase|[Ss]ecret|[Tt]oken|(?:[Aa]pi|[Aa]ccess|[Ss]ecret|[Pp]rivate)_?[Kk]ey"
    r"|PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|(?:API|ACCESS|SECRET|PRIVATE)_?KEY)"
)
# on_create or always, of Ansible; how much Apache says of itself
_SETTINGS = frozenset(("update_password", "server_tokens"))
PASSWORD = "a password"
CREDENTIALS = "RegistryCredentials"  # how a parameter ends that holds {registry: {user: password}}
_HASH = re.compile(r"\$(?:1|2[aby]?|5|6|y)\$[\w./=,-]+\$[\w./-]{8,}")  # of crypt(3)
_PLACEHOLDER = re.compile(
    r"change|replace|your|example|placeholder|dummy|sample|todo|fixme|redacted|insert|_here$|x{3}|[*]{3}|\.{3}|…"
    r"|^(?:fake|dummy)|^my\w*(?:password|secret|token|key)$"
    r"|^(?:the|some|a|test|fake|new|default)?[_-]?(?:password|passwd|pass|passphrase|secret|token|key|value)\d?$"
    r"|^(?:unset|none|null|true|false|yes|no|undef|nil|string|default)$",
    re.IGNORECASE,
)
_COMPUTED = re.compile(
    r"^[$%<\[{(@&!/.~`\\-]|:\$\{?\w|\{\{|\$\{|\$\(|%\{|<[^>]*>|::|\(.*\)|^\w+[.]\w+[.\w]*$|://|^[A-Z_]+$"
)
_KNOWN = re.compile(
    r"(?P<key>-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----)(?=\s+(?:[\w-]+:.*\s+)*[A-Za-z0-9+/]{40})"
    r"|(?<![A-Za-z0-9])(?:AKIA[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{36,}|glpat-[\w-]{20,})(?![A-Za-z0-9])"
    r'|"auth"\s*:\s*"(?P<auth>[A-Za-z0-9+/]{12,}={0,2})"'
    r"|[a-z][a-z0-9+]+://(?P<user>[^\s:/@\"'<>]+):(?P<url>[^\s:/@\"'<>]+)@[\w\[]"
)
ASSIGNMENT = re.compile(
    r"""(?:(?<![\w.-])(?P<name>[A-Za-z_][\w.-]*)=|--(?P<option>[\w-]+)[= ])"""
    r"""(?P<value>"[^"]*"|'[^']*'|[^\s"'#;,&|)]+)"""
)


def is_secret_name(name: str) -> bool:
    """Whether something of this name holds a secret: VendorxPassword, api_token, SECRET_KEY."""
    return _NAME.search(name) is not None and name.rpartition(":")[2] not in _SETTINGS


def is_secret(text: str, name: str = "") -> bool:
    """Whether the text is a secret that is written out; no placeholder, and nothing that is put in later."""
    text = text.strip("'\"")
    if _HASH.match(text):
        return True
    if not text or re.search(r"\s", text) or _PLACEHOLDER.search(text) or _COMPUTED.search(text):
        return False
    if text.isdecimal():
        return "pass" in name.lower()
    if name and text.isalpha() and text.lower().endswith(name.lower()):
        return False  # rhnpassword as a password: a word for what belongs there
    # CinderPassword, or combined-ca-secret of Kubernetes: what holds one
    is_name = text.replace("_", "").replace("-", "").isalpha() and bool(_OF_WORDS.fullmatch(text))
    return text.lower() != name.lower() and not is_name


def known(text: str) -> Iterator[tuple[int, str]]:
    """Where a form begins that only secrets have, and what it is: a private key, a token, a password."""
    for match in _KNOWN.finditer(text):
        given = match["auth"] or match["url"]
        if not given or (is_secret(given) and given != match["user"]):
            yield match.start(), "a private key" if match["key"] else PASSWORD if given else "a token"


def assigned(line: str, pattern: re.Pattern[str] = ASSIGNMENT) -> Iterator[tuple[int, str, str]]:
    """What LINE sets as NAME=VALUE, --NAME VALUE or as PATTERN says: where the value begins, name, value."""
    for match in pattern.finditer(re.sub(r"\\[nrt]", "  ", line)):  # what echo -e ends lines with
        yield match.start("value"), next(name for name in match.groups()[:-1] if name), match["value"]


def holds_secret(text: str) -> bool:
    """Whether a secret is written out in TEXT: in a form of its own, or set in a line of it."""
    sets = (one for line in text.splitlines() for one in assigned(line))
    return any(known(text)) or any(
        is_secret_name(name) and is_secret(value.strip("\"'"), name) for _, name, value in sets
    )
