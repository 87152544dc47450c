"""Jinja2 templates: everything is escaped, every word passes `_`."""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from api.door import assets, when
from api.door.held import MOST
from core.errors import OneDoorError
from core.words import LOCALES, _, pick

if TYPE_CHECKING:
    from api.door.ask import Ask

TEMPLATES = Path(__file__).parent / "templates"
TAGS = {"zh_CN": "zh-CN", "en": "en"}
"""Locale → `<html lang>`."""
NAMES = {"zh_CN": "中文", "en": "EN"}


@cache
def environment() -> Environment:
    """The process's templates."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals |= {"_": _, "pick": pick, "when": when}
    return made


def render(ask: "Ask", template: str, values: dict[str, Any]) -> str:
    """A page of the county in force.

    Raises:
        NotSetUp: there is no county yet.
    """
    door = ask.world.blueprint.door
    other = next(name for name in LOCALES if name != ask.locale)
    frame = {
        "lang": TAGS[ask.locale],
        "other": other,
        "other_tag": TAGS[other],
        "other_name": NAMES[other],
        "large": ask.large,
        "door": door,
        "county": pick(ask.world.blueprint.county_name),
        "path": ask.request.url.path,
        "kept": _kept(ask),
        "css": assets.address("door.css", door.accent),
        "favicon": assets.address("door.svg", door.accent),
        "js": assets.address("door.js", door.accent),
        "most": MOST,
        "mb": ask.office.settings.file_limit // (1024 * 1024),
        "form_id": "",
        "here": "",
    }
    return environment().get_template(template).render(frame | values)


def _kept(ask: "Ask") -> str:
    """What stays in the address when language or type size is switched; never a code."""
    gone = ("lang", "large", "code", "did")
    kept = [(k, v) for k, v in ask.request.query_params.multi_items() if k not in gone]
    return urlencode(kept) + "&" if kept else ""


def bare(ask: "Ask", error: OneDoorError) -> str:
    """The page where there is no county to name."""
    return (
        environment()
        .get_template("bare.html")
        .render(lang=TAGS[ask.locale], sentence=error.message)
    )
