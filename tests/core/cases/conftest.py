"""What the tests of one case share."""

from pathlib import Path

import pytest

from core.access.desk import Office
from core.cases.importing import CasesReport, import_cases
from core.cases.mapping import CaseMapping
from core.now import moved_to
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
