"""`onedoor import …`: places, people and history from CSV or XLSX."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.terminal import Json, fail_if_nothing_came, house, progress, say_beside, show
from core.words import _

imports = typer.Typer(no_args_is_help=True, help="导入 CSV 或 XLSX。Import CSV or XLSX.")

File = Annotated[Path, typer.Argument(help="CSV, CSV.gz 或 XLSX")]


def _import(file: Path, load: Any, as_json: bool) -> None:
    from core.access.actor import SYSTEM

    with house() as office:
        with progress(file.name) as tick, office.work(SYSTEM) as work:
            report = load(work, file, tick)
        say_beside(report, file)
    figures = {
        "rows": report.rows,
        "saved": report.saved,
        "unchanged": report.unchanged,
        "outside": report.outside,
        "rejected": len(report.rejected),
        "ignored": report.ignored,
    }
    show(figures, as_json, report.sentence)
    fail_if_nothing_came(report, report.saved + report.unchanged + report.outside)


def _importer(what: str) -> Callable[..., None]:
    def command(file: File, as_json: Json = False) -> None:
        from core.places import importing

        _import(file, getattr(importing, f"import_{what}"), as_json)

    return command


imports.command("areas", help="区划。Areas.")(_importer("areas"))
imports.command("grids", help="网格。Grids.")(_importer("grids"))
imports.command("units", help="单位。Units.")(_importer("units"))
imports.command("users", help="人员。People.")(_importer("users"))
imports.command("plates", help="二维码门牌。QR plates.")(_importer("plates"))


@imports.command("cases")
def import_cases_command(
    file: File,
    mapping: Annotated[str, typer.Option(help="列对应表 YAML，或自带的名字 file or shipped name")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只检查 check only")] = False,
    as_json: Json = False,
) -> None:
    """历史诉求。History or another system's export."""
    from core.cases.importing import import_cases

    with house() as office, progress(file.name) as tick:
        report = import_cases(office, file, mapping, dry_run=dry_run, progress=tick)
    say_beside(report, file)
    for note in report.notes:
        typer.echo(note, err=True)
    figures = {
        "rows": report.rows,
        "saved": report.saved,
        "known": report.known,
        "rejected": len(report.rejected),
        "ignored": report.ignored,
        "seconds": round(report.seconds, 2),
    }
    words = _(
        "共 {rows} 行：导入 {saved}，已有 {known}，退回 {rejected}；用时 {seconds} 秒", **figures
    )
    show(figures, as_json, words)
    fail_if_nothing_came(report, report.saved + report.known)
