"""A county's fields as inputs. What is typed stays typed; a fault stands beside its field."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.errors import Invalid
from core.now import ZONE
from core.open import office
from core.rules.forms import Field
from core.words import _, pick
from pages.ui.markup import esc, icon

_FEW = 7
"""Up to so many choices all stand open; more go into a list that can be searched."""
_NONE = "—"


@dataclass(slots=True)
class Form:
    """Fields drawn on the page, with what was filled in and a place for each fault."""

    key: str
    """Unique on the page; draws of the same key keep what was typed."""
    options: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """By field type (`unit`, `category`, `area`) or id: codes with their words."""
    slots: dict[str, DeltaGenerator] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)
    uploads: dict[str, list[Any]] = field(default_factory=dict)
    """Files are handed over apart: they are kept first, and named by id then."""

    def draw(self, fields: Sequence[Field], prefix: str = "") -> None:
        """Draw fields; `prefix` sets a group apart, such as a category's own `form.`."""
        for one in fields:
            name = prefix + one.id
            value = self._input(one, f"{self.key}:{name}")
            if one.type == "files":
                self.uploads[name] = value or []
            elif value not in (None, "", []) and (value is not False or one.required):
                self.values[name] = value  # a box left alone says nothing, least of all "no"
            self.slots[name] = st.empty()

    def place(self, name: str) -> None:
        """A place for the fault of a field that the page draws by itself."""
        self.slots[name] = st.empty()

    def data(self) -> dict[str, Any]:
        """What was filled in, a group's fields under the group's name."""
        result: dict[str, Any] = {}
        for name, value in self.values.items():
            group, dot, own = name.rpartition(".")
            (result.setdefault(group, {}) if dot else result)[own] = value
        return result

    def of_file(self, fault: Invalid) -> Invalid:
        """A refused file stands beside the files, where there is one input for them."""
        named = fault.data.get("fields", {})
        inputs = [name for name, kept in self.uploads.items() if kept]
        if "file" not in named or "file" in self.slots or len(inputs) != 1:
            return fault
        return Invalid.of({(inputs[0] if k == "file" else k): v for k, v in named.items()})

    def show_faults(self, fault: Invalid) -> None:
        """Each fault beside its field; what has no field here stands on top as a sentence."""
        named = fault.data.get("fields") or {"": fault.message}
        strays = []
        for name, words in named.items():
            slot = self.slots.get(name)
            if slot is None:
                strays.append(str(words))
            else:
                slot.html(fault_line(str(words)))
        if strays:
            st.html(fault_line(_("；").join(strays)))

    def _input(self, one: Field, key: str) -> Any:
        label = pick(one.label) + (" *" if one.required else "")
        tip = pick(one.help) or None
        keep: dict[str, Any] = {"key": key, "help": tip, "persist_state": "session"}
        match one.type:
            case "long":
                return st.text_area(label, height=110, **keep)
            case "number":
                return st.number_input(label, value=None, placeholder=_NONE, **keep)
            case "yes":
                return st.checkbox(label, **keep)
            case "date":
                return _plain(st.date_input(label, value=None, format="YYYY-MM-DD", **keep))
            case "time":
                return _moment(label, keep)
            case "score":
                return st.pills(label, [5, 4, 3, 2, 1], format_func=score_words, **keep)
            case "files":
                label = files_label(label)
                return st.file_uploader(label, accept_multiple_files=True, key=key, help=tip)
            case "choice" | "choices" | "unit" | "units" | "category" | "area":
                return self._choice(one, label, keep)
        return st.text_input(label, autocomplete="off", **keep)

    def _choice(self, one: Field, label: str, keep: dict[str, Any]) -> Any:
        many = one.type in ("choices", "units")
        options = self.options.get(one.id) or self.options.get(one.type.removesuffix("s")) or {}
        options = {c: pick(w) for c, w in one.choices.items()} or options
        words = options.get
        if one.choices and len(options) <= _FEW:
            mode = "multi" if many else "single"
            return st.pills(label, list(options), selection_mode=mode, format_func=words, **keep)
        if many:
            return st.multiselect(
                label, list(options), format_func=words, placeholder=_("可输入名称查找，可多选"),
                filter_mode="contains", select_all=False, **keep,
            )  # fmt: skip
        return st.selectbox(
            label, list(options), index=None, format_func=words, placeholder=_("可输入名称查找"),
            filter_mode="contains", **keep,
        )  # fmt: skip


def files_label(name: str) -> str:
    """What may be uploaded, said before it is tried."""
    most = office().settings.file_limit // (1024 * 1024)
    return _("{name}（每个不超过 {n} MB）", name=name, n=most)


def fault_line(words: str) -> str:
    """A fault in words, with its icon; not red, which means overdue."""
    return f'<p class="fault" role="alert">{icon("error")}{esc(words)}</p>'


def score_words(score: int) -> str:
    """「5 非常满意」."""
    words = {
        5: _("非常满意"),
        4: _("满意"),
        3: _("基本满意"),
        2: _("不满意"),
        1: _("非常不满意"),
    }
    return f"{score} {words[score]}"


def _moment(label: str, keep: Mapping[str, Any]) -> str | None:
    """A day and, where it is known, the hour: in a single input a day alone counts for nothing."""
    left, right = st.columns(2)
    day = left.date_input(label, value=None, format="YYYY-MM-DD", **keep)
    clock = {**keep, "key": f"{keep['key']}:clock", "help": None}
    hour = right.time_input(_("几点（不清楚可以不填）"), value=None, **clock)
    if hour is None or day is None:
        return hour.isoformat("minutes") if hour else _plain(day)
    return _plain(datetime.combine(day, hour))


def _plain(value: date | datetime | None) -> str | None:
    if value is None:
        return None
    if isinstance(value, datetime):
        value = value if value.tzinfo else value.replace(tzinfo=ZONE)
    return value.isoformat()
