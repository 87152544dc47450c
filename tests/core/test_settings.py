"""What the environment says, and what holds where it says nothing."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.settings import BadSetting, load, served_at, settings


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[dict[str, str]]:
    """An environment of the test's own."""
    mine = {"ONEDOOR_HOME": str(tmp_path), "ONEDOOR_SECRET_KEY": "x"}
    monkeypatch.setattr(os, "environ", mine)
    settings.cache_clear()
    yield mine
    settings.cache_clear()


def test_links_lead_to_where_it_is_served() -> None:
    assert settings().public_url == "http://localhost:8501"
    served_at("http://localhost:9100")
    assert settings().public_url == "http://localhost:9100"


def test_what_the_county_has_said_holds(environment: dict[str, str]) -> None:
    environment["ONEDOOR_PUBLIC_URL"] = "https://shuoshi.example.gov.cn/"
    served_at("http://localhost:9100")
    assert settings().public_url == "https://shuoshi.example.gov.cn"


@pytest.mark.parametrize("below", ["", "/deeper"])
def test_a_home_that_is_a_file_is_refused(
    environment: dict[str, str], tmp_path: Path, below: str
) -> None:
    (tmp_path / "file").write_text("x")
    environment["ONEDOOR_HOME"] = f"{tmp_path}/file{below}"
    with pytest.raises(BadSetting, match="是一个文件，请用 ONEDOOR_HOME"):
        load()
    del environment["ONEDOOR_SECRET_KEY"]
    with pytest.raises(BadSetting, match="是一个文件"):
        load()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ONEDOOR_LOCALE", "fr"),
        ("ONEDOOR_DATABASE_URL", "mysql://localhost/x"),
        ("ONEDOOR_DATABASE_ROLE", "one; drop"),
        ("ONEDOOR_SESSION_IDLE_MINUTES", "0"),
        ("ONEDOOR_ANONYMOUS_PER_HOUR", "many"),
        ("ONEDOOR_WEBHOOK_NETWORKS", "10.0.0.0/99"),
    ],
)
def test_what_cannot_be_used_is_refused_by_its_name(
    environment: dict[str, str], name: str, value: str
) -> None:
    environment[name] = value
    with pytest.raises(BadSetting) as refusal:
        load()
    assert name in refusal.value.message
