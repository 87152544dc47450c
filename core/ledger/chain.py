"""The timeline's chain: each entry's hash covers the entry and the hash before it."""

import hashlib
import json
from datetime import UTC

from core.rules.case import Entry

_canonical = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


def entry_hash(previous: str, entry: Entry) -> str:
    """SHA-256 (hex) over the previous hash and the entry's canonical JSON."""
    body = _canonical(
        [
            entry.county, entry.case_id, entry.seq, entry.at.astimezone(UTC).isoformat(),
            entry.action, entry.actor_id, entry.actor_name, entry.actor_unit,
            entry.from_stage, entry.to_stage, entry.data, entry.public,
        ]
    )  # fmt: skip
    return hashlib.sha256(f"{previous}\n{body}".encode()).hexdigest()
