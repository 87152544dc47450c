"""Making a period's result public: the rows that counted are kept, and nothing counts anew."""

from sqlalchemy import insert, text

from core.access.actor import SYSTEM
from core.access.audit import audit
from core.access.desk import Look, Work
from core.errors import Invalid, MovedOn, NotPermitted
from core.kpi.assess.claims import ASKED, Key, claims
from core.kpi.assess.read import Basis, basis
from core.kpi.assess.result import scored, to_body
from core.kpi.assess.rows import Rows, kept, statement
from core.kpi.assess.tell import tell
from core.now import now
from core.rules.areas import county_of
from core.rules.forms import clean_text
from core.rules.permissions import Permission
from core.words import _
from db.models import AssessmentResult

_KEEP = """insert into assessment_input
    (assessment, period, area, n, county, case_id, unit, mask)
  select :assessment, :period, :area,
    row_number() over (order by unit, case_id, mask), county, case_id, unit, mask
  from ({rows}) x"""
_HASH = """select encode(sha256(convert_to(coalesce(
    string_agg(unit || ' ' || case_id || ' ' || mask, E'\\n' order by n), ''), 'UTF8')), 'hex')
  from assessment_input where assessment = :assessment and period = :period and area = :area"""


def publish(work: Work, assessment: str, *, period: str, area: str = "", note: str = "") -> Basis:
    """Publish a period that is over; from here on only a decided claim changes a score. The
    units' heads and whoever may appeal hear of it, and until when.

    Raises:
        NotPermitted: not in charge of the whole area.
        MovedOn: it has been published already.
        Invalid: not over yet, nobody to assess, or exclusions still wait for a decision.
    """
    work.actor.require(Permission.ASSESS_MANAGE)
    if not period:
        raise Invalid(_("请选择要公布的考核期"), field="period")
    on = basis(work, assessment, period, area)
    if not work.actor.covers(on.key.area):
        raise NotPermitted(
            _(
                "公布{area}的考核结果，要由管辖全域的督查员来办",
                area=work.world.area_name(on.key.area),
            )
        )
    if on.publication is not None:
        raise MovedOn(_("考核期 {period} 已经公布过了", period=on.period.id))
    if on.state == "running":
        raise Invalid(
            _("考核期 {period} 到 {day} 才结束，结束后才能公布", period=on.period.id,
              day=on.period.last),
            code="running", field="period",
        )  # fmt: skip
    if not on.members:
        raise Invalid(_("没有参加考核的单位"), code="empty")
    found = claims(work, on.key, whole=True)
    if waiting := sum(c.state == ASKED for c in found):
        raise Invalid(_("还有 {n} 条剔除申请没有决定，决定后再公布", n=waiting), code="undecided")
    rows = _keep(work, on.key, on.rows)
    result = scored(work, on.assessment, on.members, rows, found)
    work.tx.execute(
        insert(AssessmentResult).values(
            assessment=on.key.assessment,
            period=on.key.period,
            area=on.key.area,
            county=county_of(on.key.area),
            version=on.world.version,
            body=to_body(on.assessment, result),
            hash=hash_of(work, on.key),
            published_at=now(),
            published_by=work.actor.person,
            published_name=work.actor.name,
            note=clean_text(note, _("说明"), 500, lines=True),
        )
    )
    audit(work, "assess.publish", f"{on.key.assessment} {on.key.period}", area=on.key.area)
    tell(work, basis(work, assessment, on.key.period, on.key.area), result)
    return on


def _keep(work: Work, key: Key, rows: Rows) -> Rows:
    values = {
        **rows.values, "assessment": key.assessment, "period": key.period, "area": key.area,
    }  # fmt: skip
    with work.acting(SYSTEM):
        work.tx.execute(statement(_KEEP.format(rows=rows.sql), values), values)
    return kept(key.assessment, key.period, key.area, rows.measures)


def hash_of(look: Look, key: Key) -> str:
    """SHA-256 of the kept rows in their order: unit, case and mask, a line each."""
    values = {"assessment": key.assessment, "period": key.period, "area": key.area}
    with look.acting(SYSTEM):
        return look.tx.execute(text(_HASH), values).scalar_one()
