"""The history of a county's configuration, and its way out as YAML."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import yaml
from sqlalchemy import func, select

from core.errors import NotFound
from core.words import _
from db.models import BlueprintVersion
from db.session import Read


@dataclass(frozen=True, slots=True)
class Published:
    """One publication."""

    version: int
    note: str
    published_at: datetime
    published_by: int | None


def history(tx: Read) -> Sequence[Published]:
    """Every publication, newest first."""
    b = BlueprintVersion
    rows = tx.execute(
        select(b.version, b.note, b.published_at, b.published_by).order_by(b.version.desc())
    )
    return [Published(*r) for r in rows]


def export(tx: Read, version: int | None = None) -> str:
    """A version (or the one in force) as YAML that `publish` takes back.

    Raises:
        NotFound: no such version.
    """
    wanted = version or tx.scalar(select(func.max(BlueprintVersion.version)))
    body = tx.scalar(select(BlueprintVersion.body).where(BlueprintVersion.version == wanted))
    if body is None:
        raise NotFound(_("没有第 {version} 版配置", version=wanted))
    return yaml.safe_dump(body, allow_unicode=True, sort_keys=False, width=100)
