"""Units that were merged into another: their work counts for their successor."""

from pathlib import Path
from typing import Any

import pytest

from core.access.actor import SYSTEM
from core.access.desk import Office
from core.kpi.assess.behind import behind
from core.places.importing import Report, import_units
from core.rules.units import Unit, UnitMap
from tests.core.kpi.assess.month import (
    ENFORCE,
    NOVEMBER,
    POLICE,
    TRAFFIC,
    WHERE,
    Month,
    make_public,
    read,
)
from tests.core.places.files import csv_of
from tests.support import county

HEADER = "代码,名称,类型,区划,启用,并入单位\n"
MERGED = f"{TRAFFIC},安平镇交警中队,站所,131024104,否,{POLICE}"


def load(office: Office, tmp_path: Path, *lines: str, header: str = HEADER) -> Report:
    with office.work(SYSTEM) as work:
        return import_units(work, csv_of(tmp_path, header + "\n".join(lines)))


def response(office: Office) -> dict[str, tuple[Any, Any]]:
    """Numerator and denominator of the response rate by unit."""
    lines = {s.member.unit: s.score.lines["response"] for s in read(office).scored}
    return {unit: (x.numerator, x.denominator) for unit, x in lines.items() if x.denominator}


def test_the_merged_units_cases_count_for_its_successor(month: Month, tmp_path: Path) -> None:
    office, numbers = month
    assert response(office) == {ENFORCE: (3, 4), POLICE: (2, 2), TRAFFIC: (1, 1)}
    assert load(office, tmp_path, MERGED).saved == 1
    assert response(office) == {ENFORCE: (3, 4), POLICE: (3, 3)}
    (police,) = [s for s in read(office).scored if s.member.unit == POLICE]
    assert police.member.of == (POLICE, TRAFFIC)
    with office.look(county.actor(office, "supervisor")) as look:
        found = behind(look, "monthly", unit=POLICE, line="response", **NOVEMBER, **WHERE)
    assert {c.number for c in found.shown} == {*numbers[4:]}, "and its cases stand behind it"


def test_what_was_published_stays_with_whom_it_was(month: Month, tmp_path: Path) -> None:
    office, _numbers = month
    make_public(office)
    load(office, tmp_path, MERGED)
    assert response(office) == {ENFORCE: (3, 4), POLICE: (2, 2), TRAFFIC: (1, 1)}


@pytest.mark.parametrize(
    ("line", "field"),
    [
        (f"{TRAFFIC},安平镇交警中队,站所,131024104,是,{POLICE}", "启用"),
        (f"{TRAFFIC},安平镇交警中队,站所,131024104,否,没有的单位", "并入单位"),
        (f"{TRAFFIC},安平镇交警中队,站所,131024104,否,{TRAFFIC}", "并入单位"),
    ],
)
def test_bad_successors_are_refused(office: Office, tmp_path: Path, line: str, field: str) -> None:
    report = load(office, tmp_path, line)
    assert [r.field for r in report.rejected] == [field]


def test_two_units_are_not_merged_into_each_other(office: Office, tmp_path: Path) -> None:
    report = load(office, tmp_path, MERGED, f"{POLICE},安平镇派出所,站所,131024104,否,{TRAFFIC}")
    assert [r.field for r in report.rejected] == ["并入单位", "并入单位"]


def test_a_merged_unit_is_not_taken_up_again_by_half(office: Office, tmp_path: Path) -> None:
    load(office, tmp_path, MERGED)
    again = f"{TRAFFIC},安平镇交警中队,站所,131024104,是"
    report = load(office, tmp_path, again, header="代码,名称,类型,区划,启用\n")
    assert [r.field for r in report.rejected] == ["启用"]
    assert load(office, tmp_path, f"{again},").saved == 1


def _unit(code: str, **more: Any) -> Unit:
    return Unit(code=code, name=code, kind="station", area="131024", **more)


def test_merged_twice_and_with_what_was_below() -> None:
    units = UnitMap.of(
        [
            _unit("top"),
            _unit("a", parent="top", active=False, successor="b"),
            _unit("a1", parent="a"),
            _unit("b", parent="top", active=False, successor="c"),
            _unit("c"),
        ]
    )
    assert units.answers_for("c", below=False) == ("c", "b", "a")
    assert units.answers_for("c", below=True) == ("c", "b", "a", "a1")
    assert units.answers_for("top", below=True) == ("top",), "it is no longer below that one"
