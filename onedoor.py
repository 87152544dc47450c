"""The command line. Each command parses, opens the house, calls one function, prints.

Exit 0 on success, 1 with one clear line on standard error for a user's mistake.
"""

from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from typer.exceptions import TyperException

from cli.config import config
from cli.imports import imports
from cli.mistakes import in_one_line
from cli.terminal import Json, house, progress, say, say_beside, show
from cli.user import user
from core.errors import OneDoorError
from core.settings import settings
from core.words import _, set_locale

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="一扇门 OneDoor：群众说事一扇门，干部解题一条龙。",
)
app.add_typer(imports, name="import")
app.add_typer(config, name="config")
app.add_typer(user, name="user")


@app.command()
def run(
    host: Annotated[str, typer.Option(help="监听地址 address")] = "0.0.0.0",  # noqa: S104 (a county's LAN)
    port: Annotated[int, typer.Option(help="端口 port")] = 8501,
    worker: Annotated[bool, typer.Option(help="同时运行后台 with the worker")] = True,
    demo: Annotated[
        bool, typer.Option(help="空库时装入演示县 demo county on an empty database")
    ] = True,
) -> None:
    """启动网页和后台。Web and worker together."""
    from api.serve import serve

    serve(host=host, port=port, worker=worker, demo=demo, say=say)


@app.command()
def api(
    host: Annotated[str, typer.Option(help="监听地址 address")] = "0.0.0.0",  # noqa: S104
    port: Annotated[int, typer.Option(help="端口 port")] = 8502,
    processes: Annotated[int, typer.Option(min=1, max=64, help="进程数 processes")] = 2,
) -> None:
    """只启动接口和群众页面。Interface and residents' pages alone, in several processes."""
    from api.serve import serve_api

    serve_api(host, port, processes=processes, say=say)


@app.command()
def init(
    blueprint: Annotated[str, typer.Option(help="蓝图名或文件 name or file")],
    areas: Annotated[Path | None, typer.Option(help="区划 areas CSV/XLSX")] = None,
    units: Annotated[Path | None, typer.Option(help="单位 units CSV/XLSX")] = None,
    users: Annotated[Path | None, typer.Option(help="人员 people CSV/XLSX")] = None,
    as_json: Json = False,
) -> None:
    """空库变成一个县。An empty database becomes a county."""
    from core.access.actor import SYSTEM
    from core.blueprint.store import read_yaml
    from core.places.importing import import_units, import_users, read_areas
    from core.places.setup import set_up

    body = read_yaml(blueprint)
    tables = [("units", units, import_units), ("users", users, import_users)]
    given = [(name, file, load) for name, file, load in tables if file]
    reports = {}
    with house() as office:
        with office.work(SYSTEM) as work:  # a county stands whole, or not at all
            version = set_up(work, body, read_areas(areas) if areas else [])
            for name, file, load in given:
                with progress(name) as tick:
                    reports[name] = load(work, file, tick)
            world = work.world
        for name, file, _load in given:
            say_beside(reports[name], file)
    figures = {"blueprint": body["id"], "version": version}
    figures |= {name: report.saved for name, report in reports.items()}
    figures |= {"areas": len(world.areas), "all_units": len(world.units.units)}
    words = _("已建立：{areas} 个区划、{units} 个单位，配置第 {version} 版",
              areas=figures["areas"], units=figures["all_units"], version=version)  # fmt: skip
    show(figures, as_json, words)


@app.command()
def worker() -> None:
    """后台：提醒、邮件、汇总。Reminders, e-mail, totals."""
    from jobs.worker import main as work_on

    with house() as office:
        work_on(office)


@app.command(hidden=True)
def demo() -> None:
    """演示县的诉求。The demo county's cases; `run` starts it on an empty database."""
    from core.demo import fill, missing, press

    with house() as office:
        if n := missing(office):
            fill(office, n)
        press(office)


@app.command()
def sweep(
    at: Annotated[str | None, typer.Option(help="按此时刻 as of, ISO 8601")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只看不做 only say")] = False,
    as_json: Json = False,
) -> None:
    """把到点的提醒和升级走一遍。One pass of the ladders."""
    from core.cases.sweep import sweep as go

    with house() as office:
        report = go(office, at=_instant(at), dry_run=dry_run)
    show(report, as_json, report.words())


def _instant(text: str | None) -> datetime | None:
    from core.now import ZONE

    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise OneDoorError(
            _("--at 应为时间，如 2026-11-21T08:00，现为“{text}”", text=text)
        ) from error
    return found if found.tzinfo else found.replace(tzinfo=ZONE)


@app.command()
def check(as_json: Json = False) -> None:
    """核对：数字、时间线、时钟。Prove the invariants."""
    from core.kpi.check import check as prove

    with house() as office:
        findings = prove(office)
    if as_json:
        show([asdict(f) for f in findings], True)
    for finding in () if as_json else findings:
        say(str(finding))
    if findings:
        raise typer.Exit(1)
    if not as_json:
        say(_("核对通过：统计与原始诉求一致，时间线完整，每件未结诉求都有承办单位和时钟"))


@app.command()
def bench(
    name: Annotated[
        str, typer.Argument(help="intake, lifecycle, list, pages, import, sweep, all")
    ] = "all",
    cases: Annotated[int, typer.Option(help="库中诉求数 cases in the database")] = 100_000,
    seconds: Annotated[float, typer.Option(help="每项时长 seconds each")] = 10,
    clients: Annotated[int | None, typer.Option(help="并发数 clients")] = None,
    as_json: Json = False,
) -> None:
    """测速，旁边是同一次运行里的底线。Each figure beside its floor."""
    from tests.bench import run as measure

    measure(name, cases=cases, seconds=seconds, clients=clients, as_json=as_json)


def main() -> None:
    """The console script."""
    try:
        set_locale(settings().locale)
        raise SystemExit(app(standalone_mode=False))
    except (OneDoorError, TyperException, typer.Abort) as error:
        typer.echo(in_one_line(error), err=True)
        raise SystemExit(1) from None


if __name__ == "__main__":
    main()
