"""Effects of those who look again: deputies, call-backs, the keepers of agreements."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from core.cases.answering import end
from core.cases.demands import addressees, closing, open_demand, start_demand_clock
from core.cases.step import Step
from core.errors import Invalid
from core.ledger.change import Rated
from core.rules.case import DEMAND_CLOCK, Demand
from core.rules.demands import PENDING, SETTLED, of
from core.rules.workflow import CALLBACK
from core.words import _

DEPUTY = "deputy"
"""Whose score a review's is, beside the residents' own and `CALLBACK`."""


def satisfied(step: Step) -> bool:
    """Whether who looked again is satisfied, as the county has it."""
    return content(step.data, step.world.blueprint.rating.satisfied_from)


def content(data: Mapping[str, Any], line: int) -> bool:
    """Whether the score in the data reaches the county's line; `satisfied: false` overrules it."""
    if data.get("satisfied") is False or data.get("reached") is False:
        return data.get("reached") is False
    return data.get("score", line) >= line


def review(step: Step) -> None:
    """A deputy scores a closed case; an unsatisfactory one has to be answered to them."""
    name, data = step.row.demands[0], step.data
    text, low = data.get("suggestion", ""), not satisfied(step)
    if low and not text:
        raise Invalid(_("评价不满意的，请写明意见"), field="suggestion")
    (unit,) = addressees(step, step.world.blueprint.demands[name])
    open_demand(step, name, unit, text=text, noted=not low)
    _rated(step, DEPUTY, data["score"], text)


def call_back(step: Step) -> None:
    """The resident was asked whether it is solved; only a valid call-back counts."""
    data, case = step.data, step.file.case
    if data["reached"] and "score" not in data:
        raise Invalid(_("已联系上的，请填写评分"), field="score")
    for demand in of(step.file, step.row.demands, *PENDING)[:1]:
        tries = demand.data.get("tries", 0) + 1
        said = {k: data[k] for k in ("reached", "score") if k in data}
        demand.data = {**demand.data, **said, "tries": tries}
        demand.answer, demand.answered_by = data.get("text", ""), step.actor.name
        demand.answered_at = step.at
        if not data["reached"] and tries < step.world.blueprint.callbacks.tries:
            _again(step, demand)
        else:
            end(step, demand, SETTLED)
    if not data["reached"]:
        return
    case.score = data["score"]
    case.scores = {**case.scores, CALLBACK: data["score"]}
    _rated(step, CALLBACK, data["score"], data.get("text", ""))


def _again(step: Step, demand: Demand) -> None:
    """Nobody answered: another try, another day."""
    blueprint = step.world.blueprint
    demand.answered_at = None
    step.stop_clocks(DEMAND_CLOCK, demand_id=demand.id)
    ladder = blueprint.demands[demand.kind].ladder
    start_demand_clock(step, demand, blueprint.callbacks.again, ladder)
    step.touch(demand)


def _rated(step: Step, party: str, score: int, text: str) -> None:
    rated = Rated(party=party, score=score, reasons=[], text=text)
    step.change.ratings.append((step.file.case.version + 1, rated))


_LINE = re.compile(r"^(\d{4}-\d{1,2}-\d{1,2})[\s:：，,、]+(\S.*)$")


def promise(step: Step) -> None:
    """Each line 「2026-12-01 付清赔偿款」 is a promise, checked on its day."""
    name = step.row.demands[0]
    kind = step.world.blueprint.demands[name]
    found: list[tuple[str, str]] = []
    for number, line in enumerate(step.data["promises"].splitlines(), 1):
        if not line.strip():
            continue
        read = _LINE.match(line.strip())
        try:
            day = date(*map(int, read[1].split("-"))).isoformat() if read else ""
        except ValueError:
            day = ""
        if read is None or not day:
            raise Invalid(
                _("第 {n} 行应写成“2026-12-01 付清赔偿款”：日期、空格、承诺的事", n=number),
                field="promises",
            )
        found.append((day, read[2]))
    if not 1 <= len(found) <= 20:
        raise Invalid(_("请写 1 到 20 项承诺，每行一项"), field="promises")
    days = [closing(step, day, "promises") for day, _text in found]
    (unit,) = addressees(step, kind)
    for ends, (_day, text) in zip(days, found, strict=True):
        open_demand(step, name, unit, text=text, ends=ends)


def to_first(step: Step) -> None:
    """The first unit that ever led leads again 首接负责."""
    first = next((t for t in step.file.tasks if t.lead), None)
    case, units = step.file.case, step.world.units
    unit = units.heir(first.unit if first is not None else case.holder)
    if not units.is_active(unit) or units.is_part(unit, case.accused):
        return  # it is gone, or the appeal is about it: the sender, who has it now, decides
    step.open_task(unit, lead=True, note=step.data.get("text", ""))
    step.hold(unit)
