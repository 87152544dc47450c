"""What every command shares: saying, showing, the open house, a progress bar, rejected rows."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, is_dataclass
from pathlib import Path
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
        secret = Path(f"passwords-{file.name.split('.')[0]}.csv")
        write_passwords(report, secret)
        typer.echo(_("新账号的初始密码在 {path}，发给本人后请删除", path=secret), err=True)
    if not report.rejected:
        return
    path = Path(f"rejected-{file.name.split('.')[0]}.csv")
    write_rejected(report, path)
    typer.echo(_("有 {n} 行没有导入，原因见 {path}", n=len(report.rejected), path=path), err=True)
