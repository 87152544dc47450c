"""What every command shares: saying, showing, the open house, a progress bar, rejected rows."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, is_dataclass
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Annotated, Any

import typer

from core.words import _

if TYPE_CHECKING:
    from core.places.report import Report

Json = Annotated[bool, typer.Option("--json", help="以 JSON 输出。Print JSON.")]


def say(message: str = "") -> None:
    """A line for the person at the terminal."""
    typer.echo(message)


def show(figures: Any, as_json: bool, words: str = "") -> None:
    """Figures for a program, or words for a person."""
    if as_json:
        body = (
            asdict(figures) if is_dataclass(figures) and not isinstance(figures, type) else figures
        )
        typer.echo(json.dumps(body, ensure_ascii=False, default=str))
    else:
        say(words or str(figures))


@contextmanager
def house() -> Iterator[Any]:
    """The open office, closed again afterwards."""
    from core.open import close_office, office

    try:
        yield office()
    finally:
        close_office()


@contextmanager
def progress(title: str) -> Iterator[Callable[[int, int | None], None]]:
    """A bar on a terminal; nothing elsewhere."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        disable=not sys.stderr.isatty(),
        transient=True,
    )
    with bar:
        task = bar.add_task(title, total=None)
        yield lambda done, total=None: bar.update(task, completed=done, total=total)


def say_beside(report: "Report", file: Path) -> None:
    """What an import's figures do not hold: columns that nobody reads, generated passwords and
    rejected rows. The last two are written to files where the command runs."""
    from core.places.importing import write_passwords, write_rejected

    if report.ignored:
        names = _("、").join(report.ignored)
        typer.echo(_("没有用到的列：{names}", names=names), err=True)
    if report.passwords:
        secret = _beside(f"passwords-{file.name.split('.')[0]}.csv", report, write_passwords)
        typer.echo(_("新账号的初始密码在 {path}，发给本人后请删除", path=secret), err=True)
    if not report.rejected:
        return
    path = _beside(f"rejected-{file.name.split('.')[0]}.csv", report, write_rejected)
    typer.echo(_("有 {n} 行没有导入，原因见 {path}", n=len(report.rejected), path=path), err=True)


def _beside(name: str, report: "Report", write: Callable[["Report", Path], Path]) -> Path:
    """Where it was written: here, or in a folder of its own where nothing can be written here,
    for the rest has been saved by now and nobody would learn what was not."""
    path = Path(name)
    try:
        write(report, path)
    except OSError:
        path = Path(mkdtemp(prefix="onedoor-")) / name
        write(report, path)
    return path


def fail_if_nothing_came(report: "Report", done: int) -> None:
    """A file of which every row was refused has failed: a script has to see that.

    Args:
        done: rows that are in the house now, because of this file or from before.
    """
    if report.rejected and not done:
        raise typer.Exit(1)
