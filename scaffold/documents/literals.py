"""Values that ought not to be written in a file: which names hold a secret, which texts are one."""

from __future__ import annotations

import re

# update_password is an option of Ansible: on_create or always
_NAME = re.compile(
    r"(?!update_password$)(?:^|.*[^A-Za-z]|.*[a-z](?=[A-Z]))"
    r"(?:[Pp]assword|[Pp]asswd|[Pp]assphrase|[Ss]ecret|[Tt]oken|(?:[Aa]pi|[Aa]ccess|[Ss]ecret|[Pp]rivate)_?[Kk]ey"
    r"|PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|(?:API|ACCESS|SECRET|PRIVATE)_?KEY)"
)
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


def is_secret_name(name: str) -> bool:
    """Whether something of this name holds a secret: VendorxPassword, api_token, SECRET_KEY."""
    return _NAME.fullmatch(name) is not None


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
    is_name = text.replace("_", "").replace("-", "").isalpha() and is_secret_name(text)
    return text.lower() != name.lower() and not is_name
