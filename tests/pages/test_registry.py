"""Every page is in the one registry, guards itself first, and holds no business of its own."""

import ast
import re
from pathlib import Path

import pytest

from core.access.actor import Actor
from core.rules.permissions import ROLES, STAFF_ROLES
from pages.registry import PAGES, TOP, OfficePage, first_for, page_at

FILES = sorted(p for p in TOP.glob("*/*.py") if p.parent.name != "ui" and p.name != "__init__.py")
RESIDENTS = {"new", "q", "t", "help", "board", "api", "live", "healthz", "readyz", "metrics"}
"""Addresses that the contract gives to others."""


def _name(path: Path) -> str:
    return str(path.relative_to(TOP))


def _by_file(path: Path) -> OfficePage:
    return next(p for p in PAGES if p.file == _name(path))


def test_every_page_file_is_in_the_registry_and_the_other_way_round() -> None:
    assert {_name(p) for p in FILES} == {p.file for p in PAGES}


def test_nothing_flat_stands_beside_the_navigation() -> None:
    """Streamlit would take it for a page of its own on a cold start."""
    assert {p.name for p in TOP.glob("*.py")} == {"__init__.py", "registry.py"}


@pytest.mark.parametrize("path", FILES, ids=_name)
def test_the_first_statement_is_the_guard_with_the_registered_permission(path: Path) -> None:
    body = ast.parse(path.read_text()).body
    first = next(
        s
        for s in body
        if not isinstance(s, ast.Import | ast.ImportFrom)
        and not (isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant))
    )
    permission = _by_file(path).permission
    asked = f"Permission.{permission.name}" if permission else ""
    assert ast.unparse(first) == f"actor = guard({asked})"


@pytest.mark.parametrize("path", FILES, ids=_name)
def test_a_page_is_thin(path: Path) -> None:
    text = path.read_text()
    assert len(text.splitlines()) <= 60
    assert not re.search(r"\bselect\(|sqlalchemy|\bSYSTEM\b", text)


def test_addresses_are_unique_and_nobody_elses() -> None:
    urls = [p.url for p in PAGES]
    assert len(set(urls)) == len(urls)
    assert not RESIDENTS & set(urls)
    assert all(page_at(f"/{p.url}") is p for p in PAGES)


@pytest.mark.parametrize("role", STAFF_ROLES)
def test_each_role_begins_on_a_page_that_it_may_see(role: str) -> None:
    first = first_for(Actor(roles=(role,)))
    assert first.url
    assert first.permission is None or first.permission in ROLES[role].permissions


def test_the_first_screens_are_the_ones_the_field_asked_for() -> None:
    screens = {role: first_for(Actor(roles=(role,))).url for role in STAFF_ROLES}
    assert screens["handler"] == screens["grid_worker"] == "inbox"
    assert screens["dispatcher"] == "desk"
    assert screens["clerk"] == "register"
