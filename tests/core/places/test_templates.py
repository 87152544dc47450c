"""Templates hold exactly the columns that the imports know, each explained."""

import csv
import io
from pathlib import Path

import pytest

from core.access.desk import Office
from core.places.importing import TABLES
from core.places.templates import columns_of, template
from tests.core.places.files import csv_of
from tests.support import county

FILLED = {
    "areas": ["131024104202", "李家村", "131024104", "村级"],
    "grids": ["第二网格", "王家摆村", ""],
    "units": ["131024-SW", "香河县水务局", "部门", "香河县", "", "农业农村", "0316-8311000", "是"],
    "people": ["lin", "林某", "承办人", "131024-ZJ", "", "13900001111", "lin@example.com", ""],
    "plates": ["P1", "王家摆村", "1 号楼", "39.7", "116.9"],
}


@pytest.mark.parametrize("kind", TABLES)
def test_every_column_is_explained(kind: str) -> None:
    known = columns_of(kind)
    assert [c.required for c in known] == [c.required for c in TABLES[kind].columns]
    assert all(c.name and c.help for c in known)


@pytest.mark.parametrize("kind", TABLES)
def test_a_template_that_is_filled_in_is_imported(
    office: Office, tmp_path: Path, kind: str
) -> None:
    text = template(kind).decode("utf-8-sig")
    assert next(csv.reader(io.StringIO(text))) == [c.name for c in columns_of(kind)]
    file = csv_of(tmp_path, text + ",".join(FILLED[kind]) + "\n")
    with office.work(county.actor(office, "admin")) as work:
        report = TABLES[kind].run(work, file, None)
    assert (report.saved, list(report.rejected), report.ignored) == (1, [], ())
