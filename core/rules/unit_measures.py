"""What may be counted of a unit in a period: a closed list, and how each is read from the rows.

Cases `c` and tasks `t` are those of the period; `d` is what was asked within it, `r` a call-back
or a deputy's review made within it (`e` its line in the timeline). `:at` is the present instant:
what is still owed and past its date counts as late at once. `:line` is the county's between
satisfied and not (`Rating.satisfied_from`): whatever lies below it is dissatisfied, the rest at
least basically satisfied. Residents are never scored or listed.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from core.rules.case import CLOSED
from core.rules.measures import SATISFIED
from core.words import Text, _, lazy

Source = Literal["case", "task", "rating", "to", "by", "on"]
"""
case    cases for which the unit answers
task    the unit's own tasks, leading or assisting, in the period's cases
rating  call-backs and deputies' reviews of cases for which the unit answered then
to      what was asked of the unit
by      what the unit itself asked for
on      what was asked, of whomever, on cases for which the unit answered then
"""


@dataclass(frozen=True, slots=True)
class UnitMeasure:
    """One count."""

    label: Text
    source: Source
    sql: str
    """The condition over the rows of its source."""
    kind: str = ""
    """Of a demand."""
    action: str = ""
    """Of the timeline."""


_SATISFIED = f">= greatest({SATISFIED}, :line)"
_BASICALLY = f"between :line and {SATISFIED - 1}"
_ANSWERED = "coalesce(c.replied_at, c.closed_at)"
_OWED = f"({_ANSWERED} is null and c.due_at < :at)"
_TASK_OWED = "(t.state in ('open', 'signed') and t.due_at < :at)"

CASES: dict[str, UnitMeasure] = {
    name: UnitMeasure(label, "case", sql)
    for name, label, sql in (
        ("received", lazy("承办诉求"), "true"),
        ("answered", lazy("已答复或办结"), f"{_ANSWERED} is not null"),
        ("on_time", lazy("按期答复"), f"({_ANSWERED} is not null and not c.late)"),
        ("late", lazy("超期"), f"(c.late or {_OWED})"),
        ("unanswered", lazy("有问不答（到期仍未答复）"), _OWED),
        ("closed", lazy("办结"), f"c.stage_kind = '{CLOSED}'"),
        ("reopened", lazy("重办"), "c.reopened > 0"),
        ("rated", lazy("已评价"), "c.score is not null"),
        ("satisfied", lazy("满意"), f"c.score {_SATISFIED}"),
        ("basically", lazy("基本满意"), f"c.score {_BASICALLY}"),
        ("dissatisfied", lazy("不满意"), "c.score < :line"),
    )
}
TASKS: dict[str, UnitMeasure] = {
    name: UnitMeasure(label, "task", sql)
    for name, label, sql in (
        ("tasks", lazy("任务"), "true"),
        ("leads", lazy("主办任务"), "t.lead"),
        ("assists", lazy("协办任务"), "not t.lead"),
        ("tasks_returned", lazy("退回任务"), "t.state = 'returned'"),
        ("tasks_done", lazy("已反馈任务"), "t.state = 'done'"),
        ("tasks_on_time", lazy("按期反馈任务"), "(t.state = 'done' and not t.late)"),
        ("tasks_late", lazy("超期任务"), f"(t.late or {_TASK_OWED})"),
    )
}  # fmt: skip
_CALL, _REVIEW = "r.party = 'callback'", "r.party = 'deputy'"
RATINGS: dict[str, UnitMeasure] = {
    name: UnitMeasure(label, "rating", sql)
    for name, label, sql in (
        ("callbacks", lazy("有效回访"), _CALL),
        ("callbacks_responded", lazy("回访确认已响应"),
         f"({_CALL} and coalesce(e.data ->> 'responded' = 'yes', true))"),
        ("callbacks_solved", lazy("回访确认已解决"),
         f"({_CALL} and coalesce(e.data ->> 'solved' = 'yes', r.score >= :line))"),
        ("callbacks_satisfied", lazy("回访满意"), f"({_CALL} and r.score {_SATISFIED})"),
        ("callbacks_basically", lazy("回访基本满意"), f"({_CALL} and r.score {_BASICALLY})"),
        ("callbacks_dissatisfied", lazy("回访不满意"), f"({_CALL} and r.score < :line)"),
        ("reviews", lazy("代表评议"), _REVIEW),
        ("reviews_low", lazy("代表评议不满意"),
         f"({_REVIEW} and (r.score < :line or e.data -> 'satisfied' = 'false'))"),
    )
}  # fmt: skip
"""A call-back is valid where the resident was reached. A form that does not ask whether the unit
responded or the matter is solved leaves that to the answer given and to the score."""
_DEMAND_OWED = "(d.ended_at is null and d.answered_at is null and d.due_at < :at)"
DEMAND_STATES: dict[str, tuple[Text, str]] = {
    "": (lazy("{kind}"), "true"),
    "answered": (lazy("{kind}（已反馈）"), "d.answered_at is not null"),
    "late": (lazy("{kind}（超期未反馈或反馈超期）"), f"(d.late or {_DEMAND_OWED})"),
    "pressed": (lazy("{kind}（反馈被退回）"), "d.pressed > 0"),
    "granted": (lazy("{kind}（同意）"), "d.state = 'granted'"),
    "refused": (lazy("{kind}（未同意）"), "d.state = 'refused'"),
    "settled": (lazy("{kind}（已办结）"), "d.state = 'settled'"),
    "failed": (lazy("{kind}（未兑现）"), "d.state = 'failed'"),
}
_WHOSE: dict[Source, Text] = {
    "to": lazy("被要求：{what}"),
    "by": lazy("提出：{what}"),
    "on": lazy("所办诉求上的{what}"),
}


def known(kinds: Iterable[str], actions: Iterable[str]) -> Iterator[str]:
    """Every measure of a county with these kinds of demand and these actions."""
    yield from CASES
    yield from TASKS
    yield from RATINGS
    for kind in kinds:
        for source in _WHOSE:
            for state in DEMAND_STATES:
                yield f"{source}:{kind}:{state}" if state else f"{source}:{kind}"
    for action in dict.fromkeys(actions):
        yield f"action:{action}"


def measure_of(name: str, words: Mapping[str, str]) -> UnitMeasure:
    """The measure of a name that `known` gives.

    Args:
        words: what the county calls its kinds of demand and its actions.
    """
    if found := CASES.get(name) or TASKS.get(name) or RATINGS.get(name):
        return found
    source, _colon, rest = name.partition(":")
    if source == "action":
        label = lazy("发生过“{what}”的诉求", what=words.get(rest, rest))
        return UnitMeasure(label, "case", "", action=rest)
    kind, _colon, state = rest.partition(":")
    text, sql = DEMAND_STATES[state]
    what = _(text.message, kind=words.get(kind, kind))
    label = lazy(_WHOSE[source].message, what=what)  # pyright: ignore[reportArgumentType]
    return UnitMeasure(label, source, sql, kind=kind)  # pyright: ignore[reportArgumentType]
