"""What the door keeps for a while: photos of a form that is not right yet, and receipts.

After a form with an error a browser forgets the files that were chosen; we do not. They lie
under the form's own key (`seal`), as their own hash, and go after some hours. A receipt's
query code is kept veiled by what only the browser's key gives, so that what lies on disk opens
nothing.
"""

import contextlib
import hashlib
import json
import re
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from api.door import seal
from core.cases.files import too_large
from core.cases.filetypes import examine
from core.errors import Invalid
from core.now import now
from core.settings import Settings
from core.words import _

LIFE = 6 * 3600
"""Seconds that something is kept after the form was last used."""
MOST = 9
"""Photos of one form."""
_ID = re.compile(r"[0-9a-f]{32}")
_swept = 0.0


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo that waits for its case."""

    id: str
    name: str
    mime: str
    size: int
    path: Path

    @property
    def is_picture(self) -> bool:
        """Whether a browser can show it."""
        return self.mime.startswith("image/")


@dataclass(frozen=True, slots=True)
class Held:
    """What is kept under one form's key."""

    settings: Settings
    key: str

    @property
    def folder(self) -> Path:
        """Named by a hash: who reads the disk does not learn the key."""
        return _root(self.settings) / hashlib.sha256(self.key.encode()).hexdigest()[:40]

    def photos(self) -> list[Photo]:
        """What was kept, in the order it came."""
        found = []
        for note in self.folder.glob("*.json"):
            with contextlib.suppress(OSError, ValueError):
                said = json.loads(note.read_text(encoding="utf-8"))
                found.append((said["at"], Photo(**said["photo"], path=note.with_suffix(""))))
        return [photo for at, photo in sorted(found, key=lambda pair: pair[0])]

    def photo(self, photo_id: str) -> Photo | None:
        """One of them."""
        return next((p for p in self.photos() if p.id == photo_id), None)

    def add(self, name: str, data: bytes) -> None:
        """Keep a photo; the same one twice is once.

        Raises:
            Invalid: empty, too large, not a type that is taken, or one too many.
        """
        if not data:
            raise Invalid(_("文件“{name}”是空的，请重新选择", name=name))
        if len(data) > self.settings.file_limit:
            raise too_large(self.settings, name)
        kept = examine(name, data)
        photo_id = hashlib.sha256(kept.data).hexdigest()[:32]
        photos = self.photos()
        if any(p.id == photo_id for p in photos):
            return
        if len(photos) >= MOST:
            raise Invalid(_("一次最多 {n} 张照片，“{name}”没有收下", n=MOST, name=kept.name))
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        (self.folder / photo_id).write_bytes(kept.data)
        said = {"id": photo_id, "name": kept.name, "mime": kept.mime, "size": len(kept.data)}
        note = json.dumps({"at": now().timestamp(), "photo": said}, ensure_ascii=False)
        (self.folder / f"{photo_id}.json").write_text(note, encoding="utf-8")

    def drop(self, photo_id: str) -> None:
        """Forget a photo that the person took back."""
        if _ID.fullmatch(photo_id):
            (self.folder / f"{photo_id}.json").unlink(missing_ok=True)
            (self.folder / photo_id).unlink(missing_ok=True)

    def drop_all(self) -> None:
        """Forget the photos: the case has them now."""
        for photo in self.photos():
            self.drop(photo.id)

    def note_receipt(self, number: str, code: str) -> None:
        """Remember what this form led to, for a second tap and for a page that was lost."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        veiled = seal.veil(self.settings.secret_key, self.key, code.encode())
        (self.folder / "receipt").write_text(f"{number} {veiled.hex()}", encoding="ascii")

    def receipt(self) -> tuple[str, str] | None:
        """(number, query code) of what this form led to."""
        try:
            number, veiled = (self.folder / "receipt").read_text(encoding="ascii").split()
            code = seal.veil(self.settings.secret_key, self.key, bytes.fromhex(veiled))
            return number, code.decode()
        except (OSError, ValueError):
            return None

    def mark(self, what: str) -> bool:
        """Note that this form does `what`; False where it has done so before."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            (self.folder / f"{what}.done").touch(exist_ok=False)
        except FileExistsError:
            return False
        return True

    def unmark(self, what: str) -> None:
        """It failed after all and may be tried again."""
        (self.folder / f"{what}.done").unlink(missing_ok=True)


def _root(settings: Settings) -> Path:
    return settings.home / "held"


def sweep(settings: Settings) -> None:
    """Forget what nobody came back for; looks at most every ten minutes."""
    global _swept
    if time.monotonic() - _swept < 600 and _swept:
        return
    _swept = time.monotonic()
    old = now().timestamp() - LIFE
    for folder in _root(settings).glob("*"):
        with contextlib.suppress(OSError):
            if folder.stat().st_mtime < old:
                shutil.rmtree(folder, ignore_errors=True)
