"""The county's configuration on its way: a draft is kept, checked, compared and published.

There is one draft; whoever brings another replaces it. It may have faults as long as it is
a draft, and is checked anew when it is published.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import yaml
from sqlalchemy import delete

from core.access.audit import audit
from core.access.desk import Look, Work
from core.blueprint import store
from core.blueprint.faults import faults_of
from core.blueprint.schema import Blueprint
from core.blueprint.versions import export
from core.errors import Invalid, MovedOn, NotFound
from core.now import now
from core.rules.forms import clean_text
from core.rules.permissions import Permission
from core.words import _
from db.models import Fact

MOST_BYTES = 2 * 2**20
"""The shipped blueprints have 30 KB."""
_FACT = "draft"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A configuration that is not in force yet."""

    name: str
    """The file that it came from."""
    by: str
    at: datetime
    base: int
    """The version in force when it was brought."""
    faults: Sequence[str]
    """A sentence for every fault; empty: it can be published."""
    changed: Sequence[str]
    """Sections that differ from the version in force; only of a faultless draft."""


def draft(look: Look) -> Draft | None:
    """The draft, checked and compared; None where there is none.

    Raises:
        NotPermitted: without `config:read`.
    """
    look.actor.require(Permission.CONFIG_READ)
    kept = store.get_fact(look.tx, _FACT)
    if kept is None:
        return None
    body = yaml.safe_load(kept["yaml"])
    faults = faults_of(body)
    return Draft(
        name=kept["name"],
        by=kept["by"],
        at=datetime.fromisoformat(kept["at"]),
        base=kept["base"],
        faults=faults,
        changed=() if faults else _changed(look.world.blueprint, body),
    )


def _changed(before: Blueprint, body: dict[str, Any]) -> list[str]:
    after = Blueprint.model_validate(body)
    return [n for n in Blueprint.model_fields if not _same(getattr(before, n), getattr(after, n))]


def _same(one: Any, other: Any) -> bool:
    """Equal, the order of named entries included: stages and inlets are shown in it."""
    ordered = not isinstance(one, dict) or list(one) == list(other)
    return ordered and one == other


def keep(work: Work, content: bytes, name: str) -> None:
    """Make a YAML file the draft.

    Raises:
        NotPermitted: without `config:write`.
        Invalid: too large, not YAML, or no mapping.
    """
    work.actor.require(Permission.CONFIG_WRITE)
    if len(content) > MOST_BYTES:
        raise Invalid(_("文件超过 {n} MB，不会是一份配置", n=MOST_BYTES // 2**20), field="file")
    _keep(work, store.read_bytes(content, name), name)


def keep_version(work: Work, version: int) -> None:
    """Make an earlier version the draft: the way back.

    Raises:
        NotPermitted: without `config:write`.
        NotFound: no such version.
    """
    work.actor.require(Permission.CONFIG_WRITE)
    _keep(work, yaml.safe_load(export(work.tx, version)), _("第 {n} 版", n=version))


def _keep(work: Work, body: dict[str, Any], name: str) -> None:
    faults_of(body)  # what cannot even be examined is not kept, or the draft could not be shown
    kept = {
        "name": name[:120],
        "by": work.actor.name or work.actor.username,
        "at": now().isoformat(),
        "base": work.world.version,
        # As text: the database would put the entries of a JSON value into an order of its own
        "yaml": yaml.safe_dump(body, allow_unicode=True, sort_keys=False),
    }
    store.set_fact(work.tx, _FACT, kept)
    audit(work, "config.draft", name)


def drop(work: Work) -> None:
    """Throw the draft away.

    Raises:
        NotPermitted: without `config:write`.
    """
    work.actor.require(Permission.CONFIG_WRITE)
    work.tx.execute(delete(Fact).where(Fact.name == _FACT))
    audit(work, "config.drop")


def publish(work: Work, note: str, seen: datetime) -> int:
    """Put the draft in force; returns its version. Cases keep the version they began with.

    Args:
        note: what has changed, for whoever reads the history.
        seen: `Draft.at` of the draft that was looked at.

    Raises:
        NotPermitted: without `config:write`.
        NotFound: there is no draft.
        MovedOn: another draft has been brought meanwhile.
        Invalid: the draft has faults, or the note is missing.
    """
    work.actor.require(Permission.CONFIG_WRITE)
    kept = store.get_fact(work.tx, _FACT)
    if kept is None:
        raise NotFound(_("没有待发布的草稿"))
    if datetime.fromisoformat(kept["at"]) != seen:
        raise MovedOn(_("草稿刚刚换成了另一份，没有发布；请看过新的草稿再发布"))
    said = clean_text(note, _("改了什么"), 200)
    if not said:
        raise Invalid(_("请写一句改了什么"), field="note")
    work.tx.execute(delete(Fact).where(Fact.name == _FACT))
    return in_force(work, yaml.safe_load(kept["yaml"]), kept["name"], said)


def in_force(work: Work, body: dict[str, Any], name: str, note: str) -> int:
    """Put a configuration in force at once and leave it in the audit; returns its version.

    Raises:
        NotPermitted: without `config:write`.
        Invalid: it has faults.
    """
    work.actor.require(Permission.CONFIG_WRITE)
    version = store.publish(work.tx, body, note=note, by=work.actor.person)
    audit(work, "config.publish", name, version=version, note=note)
    work.office.forget()
    return version
