"""What the tests of one case share."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from core.access.actor import DOOR
from core.access.desk import Office
from core.cases.importing import CasesReport, import_cases
from core.cases.mapping import CaseMapping
from core.cases.take_in import take_in
from core.kpi.check import check
from core.now import moved_to
from tests.support import county
from tests.support.asked import UNIT, Case, on
from tests.support.importing import HEADER, NOW, PLAN, Importer


@pytest.fixture
def bring(office: Office, tmp_path: Path) -> Importer:
    """Imports lines of a CSV by `PLAN`, with changes to it by name."""

    def go(*lines: str, header: str = HEADER, dry_run: bool = False, **plan: object) -> CasesReport:
        file = tmp_path / "cases.csv"
        file.write_text("\n".join((header, *lines)), encoding="utf-8")
        fields = PLAN["fields"] | plan.pop("fields", {})  # pyright: ignore
        mapping = CaseMapping.model_validate(PLAN | plan | {"fields": fields})
        with moved_to(NOW):
            return import_cases(office, file, mapping, dry_run=dry_run)

    return go


@pytest.fixture
def case(office: Office) -> Iterator[Callable[..., Case]]:
    """A case handled by the township's enforcement brigade since `moment`; sound at the end."""

    def make(moment: str = "2026-11-16 09:00", **more: Any) -> Case:
        raw = {"body": "早市占道经营", "area": county.VILLAGE, "category": "other", **more}
        with on(moment):
            with office.work(DOOR) as work:
                number = take_in(work, raw, inlet="web").outcome.number
            made = Case(office, number)
            made.do("dispatcher", "assign", lead=UNIT)
            made.do("enforce", "sign")
        return made

    yield make
    assert check(office) == []
