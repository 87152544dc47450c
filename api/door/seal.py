"""Small signed texts that a browser keeps for us: form keys and the pass to one case."""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

from core.now import now

PASS_LIFE = timedelta(hours=6)
"""How long a browser may show a case without asking for the code again."""


def _sign(secret: str, purpose: str, text: str) -> str:
    message = f"door.{purpose}:{text}".encode()
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()[:32]


def new_key(secret: str) -> str:
    """A form's own key: names its held photos, and makes a second tap the same tap."""
    text = secrets.token_hex(16)
    return f"{text}.{_sign(secret, 'key', text)}"


def is_key(secret: str, key: str) -> bool:
    """Whether we gave this key out."""
    text, _, signature = key.partition(".")
    return hmac.compare_digest(signature.encode(), _sign(secret, "key", text).encode())


def make_pass(secret: str, number: str, code_hash: str) -> str:
    """What the cookie of one case holds: the hash of its code, good for `PASS_LIFE`."""
    until = int((now() + PASS_LIFE).timestamp())
    text = f"{until}.{code_hash}"
    return f"{text}.{_sign(secret, f'pass:{number}', text)}"


def open_pass(secret: str, number: str, value: str) -> str | None:
    """The hash of the case's code, or None where the pass is forged, foreign or old."""
    text, _, signature = value.rpartition(".")
    expected = _sign(secret, f"pass:{number}", text)
    if not hmac.compare_digest(signature.encode(), expected.encode()):
        return None
    until, _, code_hash = text.partition(".")
    ends = datetime.fromtimestamp(int(until), tz=now().tzinfo)
    return code_hash if now() < ends else None


def veil(secret: str, key: str, text: bytes) -> bytes:
    """`text` (32 bytes at most) as it may lie on disk, where it says nothing without secret and
    key; applied again, `text` itself."""
    mask = hmac.new(secret.encode(), f"door.veil:{key}".encode(), hashlib.sha256).digest()
    return bytes(a ^ b for a, b in zip(text, mask, strict=False))
