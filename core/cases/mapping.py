"""How another system's columns become an appeal: a YAML file that a clerk can write.

Nothing in it is evaluated. A field takes a column, a fixed value, or the first place that a
text names; a table may translate what stands in a column.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, ValidationError, field_validator, model_validator
from pydantic import Field as Constraint

from core.blueprint import yaml_text
from core.blueprint.faults import worded
from core.cases.intake import FIELDS
from core.errors import Invalid, NotFound
from core.rules.forms import Code, Label, Rule
from core.words import _

SHIPPED = Path(__file__).parents[1] / "blueprint" / "mappings"
_TYPES = {f.id: f.type for f in FIELDS}
_TITLE = next(f.max for f in FIELDS if f.id == "title")
_YES = {"1", "y", "yes", "true", "是", "有", "√"}
_NO = {"0", "n", "no", "false", "否", "无"}
_BETWEEN = re.compile(r"[、,，;；|\s]+")
_UNSEEN = {"Cc", "Cs", "Co", "Cn"}


def shipped() -> list[str]:
    """Names of the mappings that come with OneDoor."""
    return sorted(p.stem for p in SHIPPED.glob("*.yaml"))


class Value(Rule):
    """Where a field's value comes from: a column, a fixed value, or a search in texts."""

    column: str | None = None
    value: str | None = None
    find: tuple[str, ...] = ()
    """Columns that are searched in this order for one of `patterns`."""
    patterns: dict[str, str] = Constraint(default={})
    """Regular expression → value; the leftmost match in a text decides."""
    map: dict[str, str] = Constraint(default={})
    """What stands in the column → what it means here. Anything else is refused, unless there
    is a `default`."""
    default: str | None = None

    @model_validator(mode="after")
    def _one_source(self) -> "Value":
        if (self.column is not None) + (self.value is not None) + bool(self.find) != 1:
            raise ValueError(_("column、value、find 要写且只能写一个"))
        if bool(self.find) != bool(self.patterns):
            raise ValueError(_("find 和 patterns 要一起写"))
        try:
            re.compile(self._alternatives)
        except re.error as error:
            raise ValueError(_("patterns 里的正则表达式有误：{why}", why=error)) from None
        return self

    @property
    def _alternatives(self) -> str:
        return "|".join(f"(?P<p{i}>{p})" for i, p in enumerate(self.patterns))

    @cached_property
    def _found(self) -> tuple[re.Pattern[str], dict[str, str]]:
        return re.compile(self._alternatives), {
            f"p{i}": value for i, value in enumerate(self.patterns.values())
        }

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns it reads."""
        return self.find if self.column is None else (self.column,)

    def of(self, row: Mapping[str, str]) -> str:
        """The value in a row; empty where there is none.

        Raises:
            Invalid: the table of values does not know what stands in the column.
        """
        if self.value is not None:
            return self.value
        found = ""
        if self.find:
            pattern, values = self._found
            match = next((m for c in self.find if (m := pattern.search(row[c]))), None)
            found = values[match.lastgroup or ""] if match else ""
        else:
            found = row[self.column or ""]
            if self.map and found:
                if found not in self.map and self.default is None:
                    raise Invalid(_("映射表里没有“{value}”这个值", value=found[:40]))
                found = self.map.get(found, "")
        return found or self.default or ""


def _value(given: Any) -> Any:
    return {"column": given} if isinstance(given, str) else given


From = Annotated[Value, BeforeValidator(_value)]
"""A `Value`; a bare text names a column."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One row, read: what was said, and what the other system did about it."""

    ref: str
    received_at: datetime
    raw: dict[str, Any]
    """For `intake.examine`."""
    unit: str = ""
    reply: str = ""
    replied_at: datetime | None = None
    score: int | None = None
    rated_at: datetime | None = None
    closed_at: datetime | None = None
    row: Mapping[str, str] = field(default_factory=dict, repr=False)


class CaseMapping(Rule):
    """A mapping file."""

    name: Label = ""
    source: Code
    """Names the other system; with a row's own id it tells an appeal apart for good."""
    ref: str | None = None
    """Column with the row's own id; without it the row's content is its id."""
    zone: str = "Asia/Shanghai"
    """Of times that are written without one."""
    times: tuple[str, ...] = ()
    """Formats as of `strptime`, tried before ISO 8601: `%Y/%m/%d %H:%M`."""
    received_at: str
    unit: From | None = None
    """The unit that handled it, where that is known; else the county's own table decides."""
    reply: str | None = None
    replied_at: str | None = None
    score: From | None = None
    """1 to 5, or words that `map` turns into them."""
    rated_at: str | None = None
    closed_at: str | None = None
    fields: dict[str, From] = Constraint(min_length=1)
    """Fields of the intake form, and `form.…` for a category's own."""

    @field_validator("zone")
    @classmethod
    def _known_zone(cls, zone: str) -> str:
        try:
            return ZoneInfo(zone).key
        except (KeyError, ValueError, OSError):
            raise ValueError(_("没有时区“{zone}”，如 Asia/Shanghai", zone=zone[:40])) from None

    @model_validator(mode="after")
    def _known_fields(self) -> "CaseMapping":
        for name in self.fields:
            if name not in _TYPES and not name.startswith("form."):
                known = _("、").join(_TYPES)
                raise ValueError(_("没有字段“{name}”；可用的有：{known}", name=name, known=known))
        if "body" not in self.fields:
            raise ValueError(_("fields 里必须有 body（诉求内容）"))
        return self

    @property
    def columns(self) -> list[str]:
        """Every column that the file must have."""
        named = (self.ref, self.received_at, self.reply, self.replied_at, self.rated_at,
                 self.closed_at)  # fmt: skip
        values = [v for v in (self.unit, self.score, *self.fields.values()) if v]
        return list(dict.fromkeys([c for c in named if c] + [c for v in values for c in v.columns]))

    def time(self, text: str, column: str) -> datetime:
        """A time as the file writes it, aware, UTC.

        Raises:
            Invalid: in none of the formats.
        """
        found = None
        for form in self.times:
            try:
                found = datetime.strptime(text, form)  # noqa: DTZ007 (its zone follows)
                break
            except ValueError:
                continue
        try:
            found = found or datetime.fromisoformat(text)
        except ValueError:
            raise Invalid(_("看不懂时间“{text}”", text=text[:40]), field=column) from None
        return (found if found.tzinfo else found.replace(tzinfo=self._zone)).astimezone(UTC)

    @cached_property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    def _time(self, row: Mapping[str, str], column: str | None) -> datetime | None:
        return self.time(row[column], column) if column and row[column] else None

    def read(self, row: Mapping[str, str], ref: str) -> Line:
        """A row of the file, by column; `ref` where the row has no id of its own.

        Raises:
            Invalid: what a column holds is not what it should; `field` names it.
        """
        received = self._time(row, self.received_at)
        if received is None:
            raise Invalid(_("没有受理时间"), field=self.received_at)
        return Line(
            ref=row[self.ref] if self.ref else ref,
            received_at=received,
            raw=self._raw(row),
            unit=self.unit.of(row) if self.unit else "",
            reply=mended(row[self.reply], lines=True) if self.reply else "",
            replied_at=self._time(row, self.replied_at),
            score=self._score(row),
            rated_at=self._time(row, self.rated_at),
            closed_at=self._time(row, self.closed_at),
            row=row,
        )

    def _score(self, row: Mapping[str, str]) -> int | None:
        text = self.score.of(row) if self.score else ""
        if not text:
            return None
        if text not in ("1", "2", "3", "4", "5"):
            raise Invalid(_("评分应为 1 到 5 分，现为“{text}”", text=text[:40]), field="score")
        return int(text)

    def _raw(self, row: Mapping[str, str]) -> dict[str, Any]:
        raw: dict[str, Any] = {}
        form: dict[str, Any] = {}
        for name, source in self.fields.items():
            try:
                text = source.of(row)
            except Invalid as fault:
                raise Invalid(fault.message, field=name) from None
            if not text:
                continue
            if name.startswith("form."):
                form[name.removeprefix("form.")] = mended(text, lines=True)
            else:
                raw[name] = self._typed(name, text)
        if form:
            raw["form"] = form
        if len(title := raw.get("title", "")) > _TITLE:  # nothing that was said gets lost
            raw |= {"title": f"{title[: _TITLE - 1]}…", "body": f"{title}\n{raw.get('body', '')}"}
        return raw

    def _typed(self, name: str, text: str) -> Any:
        match _TYPES[name]:
            case "yes":
                if text.lower() not in _YES | _NO:
                    raise Invalid(_("“{text}”既不是“是”也不是“否”", text=text[:40]), field=name)
                return text.lower() in _YES
            case "units":
                return [part for part in _BETWEEN.split(text) if part]
            case "time":
                return self.time(text, name)
            case kind:
                return mended(text, lines=kind == "long")


def mended(text: str, *, lines: bool) -> str:
    """Text without characters that cannot be seen: an old export is cleaned, not refused."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not lines:
        text = text.replace("\n", " ").replace("\t", " ")
    if text.replace("\n", "").replace("\t", "").replace("\u3000", "").isprintable():
        return text.strip()
    kept = (c for c in text if c in "\n\t" or unicodedata.category(c) not in _UNSEEN)
    return "".join(kept).strip()


def read_mapping(name_or_file: str | Path) -> CaseMapping:
    """A mapping by its shipped name or from a file.

    Raises:
        NotFound: neither; the message lists the shipped ones.
        Invalid: not YAML, or with faults; each is named with its place.
    """
    path = Path(name_or_file)
    if str(name_or_file) in shipped():
        path = SHIPPED / f"{name_or_file}.yaml"
    elif not path.is_file():
        names = _("、").join(shipped())
        raise NotFound(_("没有映射“{name}”；自带的有：{all}", name=path.name, all=names))
    try:
        return CaseMapping.model_validate(yaml_text.load(path.read_bytes(), path.name))
    except ValidationError as error:
        faults = worded(error)
        raise Invalid(
            _("映射“{name}”有 {n} 处需要改正：\n{lines}",
              name=path.name, n=len(faults), lines="\n".join(faults)),
            code="mapping",
        ) from error  # fmt: skip
