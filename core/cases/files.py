"""Evidence: taken in safely, kept under its own hash, handed out only to who sees the case."""

import hashlib
import os
import secrets
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import func, insert, select, text

from core.access.desk import Look, Work
from core.access.visible import visible_case
from core.cases.detail import EVIDENCE, Evidence
from core.cases.filetypes import clean_name, examine
from core.cases.load import load
from core.errors import Invalid, NotFound, NotPermitted
from core.now import now
from core.rules.case import CLOSED, Case
from core.rules.masking import mask_text
from core.rules.permissions import Permission, Scope
from core.settings import Settings
from core.words import _, lazy
from db.models import CaseRow, FileRow

_LARGEST_ID = 2**63 - 1
_ORPHANS = timedelta(days=7), timedelta(days=1)
_STORING = text("select pg_advisory_xact_lock_shared(hashtext('onedoor files'))")
_SWEEPING = text("select pg_advisory_xact_lock(hashtext('onedoor files'))")
"""Waits for those who store: they may have found their bytes there already."""
_GONE = lazy("附件不存在，或您无权查看")


class TooLarge(Invalid):
    """More bytes than the installation takes."""

    status = 413
    code = "file.too_large"


def too_large(settings: Settings, name: str = "") -> TooLarge:
    """The refusal of an over-large file, in megabytes and with the cure."""
    return TooLarge(
        lazy(
            "文件“{name}”太大，最多 {most} MB。请压缩，或把照片尺寸调小后再传",
            name=clean_name(name) if name else _("附件"),
            most=settings.file_limit // (1024 * 1024),
        ),
        field="file",
        limit=settings.file_limit,
    )


def attach(work: Work, number: str, name: str, data: bytes) -> int:
    """Keep a file as evidence of the case `number`; returns its id.

    The bytes are on disk before the row is committed: a crash or a refusal leaves at most an
    orphan file (`drop_orphans`), never a row without its bytes.

    Raises:
        NotFound: no such case, or not visible.
        NotPermitted: the actor may not act on cases; a resident whose case is closed.
        Invalid: empty, too large, too many, or not a type that is taken; names file and cure.
    """
    work.actor.require(Permission.CASE_ACT)
    settings, shown = work.settings, clean_name(name)
    case = load(work, number).case
    by_resident = work.actor.scope is Scope.KEY
    if by_resident and case.stage_kind == CLOSED:
        raise NotPermitted(_("诉求已经办结，不能再添加附件"))
    if not data:
        raise Invalid(
            _("文件“{name}”是空的，请重新选择", name=shown), field="file", code="file.empty"
        )
    if len(data) > settings.file_limit:
        raise too_large(settings, name)
    _room(work, case, shown)
    kept = examine(name, data)
    work.tx.execute(_STORING)
    digest = store(settings, kept.data)
    file_id = work.office.new_id()
    work.tx.execute(
        insert(FileRow).values(
            county=case.county,
            id=file_id,
            case_id=case.id,
            name=kept.name,
            mime=kept.mime,
            size=len(kept.data),
            sha256=digest,
            by_resident=by_resident,
            uploaded_by=work.actor.person,
            uploaded_at=now(),
        )
    )
    return file_id


def _room(work: Work, case: Case, shown: str) -> None:
    """Pass while the case may have one more file; two uploads at once wait for each other."""
    most = work.settings.files_per_case
    work.tx.execute(visible_case(case.number, CaseRow.id).with_for_update())
    held = work.tx.scalar(
        select(func.count())
        .select_from(FileRow)
        .where(FileRow.county == case.county, FileRow.case_id == case.id)
    )
    if (held or 0) >= most:
        raise Invalid(
            _("一件诉求最多 {n} 个附件，“{name}”没有保存", n=most, name=shown),
            field="file",
            code="file.too_many",
        )


def path_of(settings: Settings, digest: str) -> Path:
    """Where the bytes with this SHA-256 lie."""
    return settings.files / digest[:2] / digest


def store(settings: Settings, data: bytes) -> str:
    """Write the bytes under their SHA-256 (hex), which is returned; twice is once."""
    digest = hashlib.sha256(data).hexdigest()
    path = path_of(settings, digest)
    if path.exists():
        return digest
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    half = path.with_name(f"{digest}.{secrets.token_hex(4)}.part")
    try:
        with half.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        half.replace(path)
    finally:
        half.unlink(missing_ok=True)
    return digest


def drop_orphans(work: Work) -> int:
    """Throw away bytes that no row names, of uploads that were refused; returns how many files.

    Looks at files between a day and a week old: what has outlived a week of such sweeps had its
    row then, and shall not be lost because this is another database.
    """
    instant = now()
    first, last = (instant - days for days in _ORPHANS)
    found = [p for p in work.settings.files.glob("??/*") if first <= _changed(p) < last]
    if not found:
        return 0
    work.tx.execute(_SWEEPING)
    names = {p.name for p in found}
    kept = set(work.tx.scalars(select(FileRow.sha256).where(FileRow.sha256.in_(names))))
    orphans = [p for p in found if p.name not in kept]
    for path in orphans:
        path.unlink(missing_ok=True)
    return len(orphans)


def _changed(path: Path) -> datetime:
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except FileNotFoundError:  # half a file, whole by now
        return datetime.max.replace(tzinfo=UTC)


def open_file(look: Look, file_id: int) -> tuple[Evidence, Path]:
    """An evidence file and where its bytes lie.

    Row security shows a file exactly to who sees its case; a resident gets back only what
    residents handed in, as on their page; a deputy only what officials did, its name masked.

    Raises:
        NotFound: no such file, not visible, or its bytes are lost.
    """
    look.actor.require(Permission.CASE_READ)
    if not 0 < file_id <= _LARGEST_ID:
        raise NotFound(_GONE)
    counties = {code for code in look.world.areas if len(code) == 6}  # the key begins with it
    row = look.tx.execute(
        select(*EVIDENCE, FileRow.sha256).where(FileRow.id == file_id, FileRow.county.in_(counties))
    ).one_or_none()
    hidden = {Scope.KEY: False, Scope.OUTSIDE: True}.get(look.actor.scope)
    if row is None or row.by_resident is hidden:
        raise NotFound(_GONE)
    found = Evidence(**{f.name: getattr(row, f.name) for f in fields(Evidence)})
    if look.actor.scope is Scope.OUTSIDE:
        found = replace(found, name=mask_text(found.name))
    path = path_of(look.settings, row.sha256)
    if not path.is_file():
        raise NotFound(lazy("附件“{name}”的内容已丢失，请联系管理员", name=found.name))
    return found, path


def belong(work: Work, case: Case, file_ids: list[int], field: str) -> None:
    """Pass if every file is evidence of this very case.

    Raises:
        Invalid: names the ids that are not.
    """
    asked = {i for i in file_ids if 0 < i <= _LARGEST_ID}
    found = set(
        work.tx.scalars(
            select(FileRow.id).where(
                FileRow.county == case.county, FileRow.case_id == case.id, FileRow.id.in_(asked)
            )
        )
        if asked
        else ()
    )
    if strange := [i for i in dict.fromkeys(file_ids) if i not in found]:
        shown = _("、").join(str(i)[:20] for i in strange[:5])
        raise Invalid(_("附件 {ids} 不属于这件诉求，请重新上传", ids=shown), field=field)
