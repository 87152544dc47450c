"""What somebody says at the door, between the form and `take_in`: typed, kept, checked."""

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

from starlette.datastructures import UploadFile

from api.door import places, seal
from api.door.ask import Ask
from api.door.fields import Typed, one, typed_of, values_of
from api.door.held import Held
from core.access import limits
from core.access.actor import NOBODY
from core.blueprint.world import World
from core.cases.intake import examine
from core.errors import Invalid, OneDoorError
from core.places.plates import Sign
from core.rules.forms import Field
from core.words import _

PLAIN = ("address", "name", "phone", "on_behalf", "category", "lat", "lon")
TICKS = ("anonymous", "confidential")
FORM = "form."
"""Names of the category's own inputs begin with this, as `examine` names their faults."""
SOMEWHERE = "?"
"""Chosen by who cannot say where: the county's own centre finds out."""


@dataclass
class Said:
    """One form in progress."""

    typed: Typed
    held: Held
    sign: Sign | None = None
    faults: dict[str, str] = field(default_factory=dict)
    """Input → what is wrong with it, in words."""

    def __getitem__(self, name: str) -> str:
        return one(self.typed, name)

    @property
    def town(self) -> str:
        """The township chosen."""
        return self["town"]

    @property
    def key(self) -> str:
        """The form's own key."""
        return self.held.key

    def fields(self, world: World) -> tuple[Field, ...]:
        """The inputs of the category's own form."""
        category = world.blueprint.categories.get(self["category"])
        return category.fields if category else ()

    def raw(self, world: World) -> dict[str, Any]:
        """The appeal as `take_in` wants it."""
        raw: dict[str, Any] = {"body": self["body"]}
        raw |= {name: self[name] for name in PLAIN if self[name].strip()}
        raw |= {name: True for name in TICKS if self[name]}
        if self.sign:
            raw["plate"] = self.sign.code
            if raw.get("address"):
                raw["address"] = f"{self.sign.address} {raw['address']}"
        elif area := self.area(world):
            raw["area"] = area
        if fields := self.fields(world):
            raw["form"] = values_of(fields, self.typed, FORM)
        return raw

    def area(self, world: World) -> str:
        """The smallest place chosen; nothing where none was, or where it cannot be said."""
        town = self.town or places.start(world)
        inside = {choice.code for choice in places.villages(world, town)}
        return self["village"] if self["village"] in inside else town if town in world.areas else ""

    def once(self, world: World) -> str:
        """The same form with the same words: a second tap. Other words are another matter."""
        text = json.dumps(self.raw(world), sort_keys=True, ensure_ascii=False)
        return f"{self.key}:{hashlib.sha256(text.encode()).hexdigest()[:24]}"

    def check(self, world: World) -> None:
        """Note every fault beside its input."""
        if not self["body"].strip():
            self.faults["body"] = _("请写下发生了什么事")
        if not self.sign and places.towns(world) and not self._place_known(world):
            self.faults["town"] = _("请选一下大致在哪里；说不清就选最后一项")
        try:
            examine(world, self.raw(world))
        except Invalid as fault:
            for name, sentence in fault.data.get("fields", {}).items():
                self.faults.setdefault(name, str(sentence))

    def _place_known(self, world: World) -> bool:
        known = {choice.code for group in places.towns(world) for choice in group.choices}
        return self.town in known or self.town == SOMEWHERE


def blank(ask: Ask, sign: Sign | None = None) -> Said:
    """A new form."""
    settings = ask.office.settings
    return Said({}, Held(settings, seal.new_key(settings.secret_key)), sign)


def read(ask: Ask, sign: Sign | None = None) -> Said:
    """The posted form; its photos are kept at once, so that no error can lose them."""
    typed = typed_of(ask.form)
    said = Said(typed, held_of(ask, typed), sign)
    if fault := keep_photos(ask, said.held):
        said.faults["photos"] = fault
    if ask.go.startswith("drop:"):
        said.held.drop(ask.go.removeprefix("drop:"))
    return said


def held_of(ask: Ask, typed: Typed) -> Held:
    """What is kept for the posted form; a key that is not ours is replaced."""
    settings, key = ask.office.settings, one(typed, "key")
    if not seal.is_key(settings.secret_key, key):
        key = seal.new_key(settings.secret_key)
    return Held(settings, key)


def keep_photos(ask: Ask, held: Held) -> str:
    """Keep the photos of a posted form; what is wrong with the others, in words."""
    faults = []
    most = limits.photos(ask.office.settings)
    for upload in ask.form.getlist("photos"):
        if not isinstance(upload, UploadFile) or not upload.filename:
            continue
        try:
            with ask.office.work(NOBODY) as work:
                limits.count(work, (most, ask.address))
            held.add(upload.filename, upload.file.read())
        except OneDoorError as fault:
            faults.append(fault.message)
    return "\n".join(faults)
