"""What may still change a score: exclusions and appeals, each asked for by one and decided by
another, both in words. Nobody decides for a unit that they belong to.
"""

from decimal import Decimal, InvalidOperation
from typing import Any

from sqlalchemy import exists, insert, select, update

from core.access.audit import audit
from core.access.desk import Work
from core.access.visible import visible_case
from core.errors import Invalid, MovedOn, NotFound, NotPermitted
from core.kpi.assess.claims import APPROVED, ASKED, REFUSED, REJECTED, UPHELD, Key
from core.kpi.assess.read import Basis, basis
from core.kpi.assess.result import Member
from core.kpi.assess.rows import counted_for
from core.now import now
from core.rules.areas import county_of
from core.rules.assessment import bounds, plainly, rounded
from core.rules.forms import clean_text
from core.rules.permissions import Permission
from core.words import Text, _, lazy
from db.models import CaseRow, Exclusion, ScoreAppeal

_LONGEST = 1000
Table = type[Exclusion] | type[ScoreAppeal]
"""What may be asked for."""


def _words(text: Any, label: Text) -> str:
    said = clean_text(text, str(label), _LONGEST, lines=True)
    if len(said) < 2:
        raise Invalid(_("请写明{label}", label=str(label)), field="words")
    return said


def _open(on: Basis) -> None:
    """Refuse what comes too late."""
    if on.state == "closed":
        raise Invalid(
            _(
                "考核期 {period} 的申诉期已于 {day} 结束，不再受理",
                period=on.period.id,
                day=on.closes,
            ),
            code="closed",
            field="period",
        )


def _line(on: Basis, line: str) -> str:
    if line and line not in on.assessment.lines:
        raise Invalid(_("没有考核项“{line}”", line=line[:40]), field="line")
    return line


def ask_exclusion(
    work: Work,
    assessment: str,
    *,
    unit: str,
    number: str,
    reason: str,
    line: str = "",
    period: str = "",
    area: str = "",
) -> int:
    """Ask that a case shall not count for a unit; returns the claim's id.

    Raises:
        NotPermitted: neither of the unit nor in charge of assessments there.
        NotFound: no such assessment, unit or case, or not visible.
        Invalid: it does not count for the unit, was asked for already, or comes too late.
    """
    on = basis(work, assessment, period, area)
    member = on.member(unit)
    manages = Permission.ASSESS_MANAGE in work.actor.permissions and work.actor.covers(member.area)
    if unit not in work.actor.units and not manages:
        raise NotPermitted(_("只有本单位或督查员可以申请剔除"))
    _open(on)
    _line(on, line)
    said = _words(reason, lazy("剔除理由"))
    case = work.tx.execute(
        visible_case(number.strip()[:40], CaseRow.county, CaseRow.id, CaseRow.number)
    ).one_or_none()
    if case is None:
        raise NotFound(_("没有诉求 {number}，或您无权查看", number=number[:40]), number=number[:40])
    counts = counted_for(work, on.rows, [case.id])
    counted = {m for code in member.of for m in counts.get((code, case.id), {})}
    rule = on.assessment.lines.get(line)
    of_line = {*rule.numerator, *rule.denominator} if rule else counted
    if not counted & of_line:
        raise Invalid(
            _("诉求 {number} 没有计入{unit}的这一项", number=case.number, unit=member.name),
            field="number",
        )
    e, key = Exclusion, on.key
    same = exists().where(
        e.assessment == key.assessment, e.period == key.period, e.area == key.area,
        e.unit == unit, e.case_id == case.id, e.line.in_(("", line)), e.state != REFUSED,
    )  # fmt: skip
    if work.tx.scalar(select(same)):
        raise Invalid(
            _("诉求 {number} 已经申请过剔除", number=case.number), code="twice", field="number"
        )
    more = {"county": case.county, "case_id": case.id, "number": case.number}
    claim = _ask(work, e, key, member, line, said, **more)
    audit(work, "assess.exclude", case.number, unit=unit, line=line, period=key.period)
    return claim


def appeal(
    work: Work,
    assessment: str,
    *,
    unit: str,
    line: str,
    words: str,
    period: str,
    area: str = "",
) -> int:
    """A unit appeals against one line of its published score; returns the claim's id.

    Raises:
        NotPermitted: another unit's score.
        Invalid: not published yet, too late, no such line, or appealed against already.
    """
    on = basis(work, assessment, period, area)
    member = on.member(unit)
    if unit not in work.actor.units:
        raise NotPermitted(_("只有本单位可以对自己的得分申诉"))
    if on.publication is None:
        raise Invalid(_("考核期 {period} 还没有公布，公布后才能申诉", period=on.period.id),
                      code="not_published", field="period")  # fmt: skip
    _open(on)
    if not _line(on, line):
        raise Invalid(_("请选择对哪一项申诉"), field="line")
    said = _words(words, lazy("申诉理由"))
    a, key = ScoreAppeal, on.key
    same = exists().where(
        a.assessment == key.assessment, a.period == key.period, a.area == key.area,
        a.unit == unit, a.line == line,
    )  # fmt: skip
    if work.tx.scalar(select(same)):
        raise Invalid(_("这一项已经申诉过，每项只能申诉一次"), code="twice", field="line")
    claim = _ask(work, a, key, member, line, said, county=county_of(key.area))
    audit(work, "assess.appeal", member.name, unit=unit, line=line, period=key.period)
    return claim


def _ask(
    work: Work, table: Table, key: Key, member: Member, line: str, words: str, **more: Any
) -> int:
    claim = work.office.new_id()
    work.tx.execute(
        insert(table).values(
            id=claim, assessment=key.assessment, period=key.period, area=key.area,
            unit=member.unit, unit_area=member.area, line=line, words=words, state=ASKED,
            asked_by=work.actor.person, asked_name=work.actor.name, asked_at=now(), **more,
        )
    )  # fmt: skip
    return claim


def _claimed(work: Work, table: Table, claim: int) -> Any:
    """The claim, locked, if the actor may decide it."""
    work.actor.require(Permission.ASSESS_MANAGE)
    row = work.tx.execute(
        select(*table.__table__.c).where(table.id == claim).with_for_update()
    ).one_or_none()
    if row is None or not work.actor.covers(row.unit_area):
        raise NotFound(_("没有这项申请，或您无权查看"))
    if row.state != ASKED:
        raise MovedOn(_("这项申请已经决定过了"))
    if row.asked_by is not None and row.asked_by == work.actor.person:
        raise NotPermitted(_("自己提出的申请要由别人决定"))
    on = basis(work, row.assessment, row.period, row.area)
    own = {row.unit, *on.member(row.unit).of}
    if own & {work.actor.unit, *work.actor.lineage}:
        raise NotPermitted(_("您属于{unit}，不能决定它的申请", unit=on.member(row.unit).name))
    return row, on


def decide_exclusion(work: Work, claim: int, *, approve: bool, words: str) -> None:
    """Approve or refuse an exclusion, in words.

    Raises:
        NotPermitted: not in charge, of the unit that gains, or the one who asked.
        NotFound, MovedOn: no such claim; decided meanwhile.
    """
    row, _on = _claimed(work, Exclusion, claim)
    state = APPROVED if approve else REFUSED
    _decided(work, Exclusion, row, state, words)
    audit(work, "assess.exclude.decide", row.number, unit=row.unit, line=row.line, state=state)


def decide_appeal(work: Work, claim: int, *, uphold: bool, words: str, points: Any = None) -> None:
    """Uphold an appeal, with the points that the line gives from now on, or reject it.

    Raises:
        As `decide_exclusion`; Invalid where the points are missing or out of bounds.
    """
    row, on = _claimed(work, ScoreAppeal, claim)
    given = _points(on, row.line, points) if uphold else None
    state = UPHELD if uphold else REJECTED
    _decided(work, ScoreAppeal, row, state, words, points=given)
    audit(
        work, "assess.appeal.decide", on.member(row.unit).name, unit=row.unit, line=row.line,
        state=state, points=str(given or ""),
    )  # fmt: skip


def _decided(work: Work, table: Table, row: Any, state: str, words: str, **more: Any) -> None:
    reply, actor = _words(words, lazy("决定的理由")), work.actor
    work.tx.execute(
        update(table)
        .where(table.id == row.id, table.county == row.county)
        .values(
            state=state, reply=reply, decided_by=actor.person, decided_name=actor.name,
            decided_at=now(), **more,
        )
    )  # fmt: skip


def _points(on: Basis, line: str, given: Any) -> Decimal:
    least, most = bounds(on.assessment.lines[line])
    try:
        points = Decimal(str(given)) if given is not None and not isinstance(given, bool) else None
    except InvalidOperation:
        points = None
    if points is None or not points.is_finite() or not least <= points <= most:
        raise Invalid(
            _("请填写改判后的得分，{least} 到 {most} 之间",
              least=plainly(least), most=plainly(most)),
            field="points",
        )  # fmt: skip
    return rounded(points, on.assessment.digits)
