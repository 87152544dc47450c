"""The command line. Each command parses, opens the house, calls one function, prints.

Exit 0 on success, 1 with one clear line on standard error for a user's mistake.
"""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, is_dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from core.errors import OneDoorError
from core.settings import settings
from core.words import _, set_locale

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="一扇门 OneDoor：群众说事一扇门，干部解题一条龙。",
)
imports = typer.Typer(no_args_is_help=True, help="导入 CSV 或 XLSX。Import CSV or XLSX.")
config = typer.Typer(no_args_is_help=True, help="配置。The county's configuration.")
user = typer.Typer(no_args_is_help=True, help="账号。Accounts.")
app.add_typer(imports, name="import")
app.add_typer(config, name="config")
app.add_typer(user, name="user")

Json = Annotated[bool, typer.Option("--json", help="以 JSON 输出。Print JSON.")]
File = Annotated[Path, typer.Argument(help="CSV, CSV.gz 或 XLSX")]


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
    with house() as office:
        with office.work(SYSTEM) as work:
            version = set_up(work, body, read_areas(areas) if areas else [])
        figures = {"blueprint": body["id"], "version": version}
        for name, file, load in (("units", units, import_units), ("users", users, import_users)):
            if file:
                with progress(name) as tick, office.work(SYSTEM) as work:
                    report = load(work, file, tick)
                figures[name] = report.saved
                _rejected(report, file)
        with office.look(SYSTEM) as look:
            world = look.world
            figures |= {"areas": len(world.areas), "all_units": len(world.units.units)}
    words = _("已建立：{areas} 个区划、{units} 个单位，配置第 {version} 版",
              areas=figures["areas"], units=figures["all_units"], version=version)  # fmt: skip
    show(figures, as_json, words)


def _rejected(report: Any, file: Path) -> None:
    """Write rejected rows and generated passwords beside where the command runs, and say so."""
    from core.places.importing import write_passwords, write_rejected

    if getattr(report, "passwords", None):
        secret = Path(f"passwords-{file.name.split('.')[0]}.csv")
        write_passwords(report, secret)
        typer.echo(_("新账号的初始密码在 {path}，发给本人后请删除", path=secret), err=True)
    if not report.rejected:
        return

    path = Path(f"rejected-{file.name.split('.')[0]}.csv")
    write_rejected(report, path)
    typer.echo(_("有 {n} 行没有导入，原因见 {path}", n=len(report.rejected), path=path), err=True)


def _import(file: Path, load: Any, as_json: bool) -> None:
    from core.access.actor import SYSTEM

    with house() as office:
        with progress(file.name) as tick, office.work(SYSTEM) as work:
            report = load(work, file, tick)
        _rejected(report, file)
    figures = {"rows": report.rows, "saved": report.saved, "rejected": len(report.rejected)}
    words = _("共 {rows} 行，导入 {saved} 行，退回 {rejected} 行", **figures)
    show(figures, as_json, words)


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
    _rejected(report, file)
    for note in report.notes:
        typer.echo(note, err=True)
    figures = {
        "rows": report.rows,
        "saved": report.saved,
        "known": report.known,
        "rejected": len(report.rejected),
        "seconds": round(report.seconds, 2),
    }
    words = _(
        "共 {rows} 行：导入 {saved}，已有 {known}，退回 {rejected}；用时 {seconds} 秒", **figures
    )
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


@config.command("export")
def config_export(version: Annotated[int | None, typer.Argument()] = None) -> None:
    """以 YAML 输出配置。Print the configuration as YAML."""
    from core.access.actor import SYSTEM
    from core.blueprint.versions import export

    with house() as office, office.look(SYSTEM) as look:
        say(export(look.tx, version))


@config.command("validate")
def config_validate(file: Annotated[str, typer.Argument(help="蓝图名或文件 name or file")]) -> None:
    """检查一个蓝图。Check a blueprint."""
    from core.blueprint.store import parse, read_yaml

    found = parse(read_yaml(file))
    say(_("蓝图“{name}”没有问题", name=found.id))


@config.command("publish")
def config_publish(
    file: Annotated[str, typer.Argument(help="蓝图名或文件 name or file")],
    note: Annotated[str, typer.Option(help="改了什么 what changed")] = "",
) -> None:
    """发布新的一版。Publish a version."""
    from core.access.actor import SYSTEM
    from core.blueprint.store import publish, read_yaml

    with house() as office, office.work(SYSTEM) as work:
        version = publish(work.tx, read_yaml(file), note=note, by=None)
    say(_("已发布第 {version} 版；在办的诉求仍按原来的版本办", version=version))


@config.command("history")
def config_history(as_json: Json = False) -> None:
    """历次发布。What was published when."""
    from core.access.actor import SYSTEM
    from core.blueprint.versions import history

    with house() as office, office.look(SYSTEM) as look:
        rows = history(look.tx)
    if as_json:
        show([asdict(r) for r in rows], True)
        return
    for row in rows:
        say(f"{row.version:>4}  {row.published_at:%Y-%m-%d %H:%M}  {row.note}")


@user.command("add")
def user_add(
    username: str,
    name: Annotated[str, typer.Option(help="姓名 name")],
    role: Annotated[list[str], typer.Option(help="角色 role, repeatable")],
    unit: Annotated[str | None, typer.Option(help="单位代码 unit code")] = None,
    area: Annotated[str | None, typer.Option(help="区划代码 area code")] = None,
    email: Annotated[str, typer.Option(help="电子邮箱 e-mail")] = "",
    password: Annotated[str, typer.Option(prompt=True, hide_input=True, help="密码 password")] = "",
) -> None:
    """新增账号。Add an account."""
    from core.access.actor import SYSTEM
    from core.places.people import examine, save_people

    values = {"username": username, "name": name, "roles": role, "unit": unit, "area": area,
              "email": email, "password": password}  # fmt: skip
    with house() as office, office.work(SYSTEM) as work:
        save_people(work, [examine(work, values)])
    say(_("已新增账号 {username}", username=username))


@user.command("disable")
def user_disable(username: str) -> None:
    """停用账号。Close an account."""
    from core.access.actor import SYSTEM
    from core.places.people import disable

    with house() as office, office.work(SYSTEM) as work:
        disable(work, username)
    say(_("已停用账号 {username}", username=username))


@user.command("passwd")
def user_passwd(
    username: str,
    password: Annotated[str, typer.Option(prompt=True, hide_input=True, confirmation_prompt=True)],
) -> None:
    """改密码。Set a password."""
    from core.access.actor import SYSTEM
    from core.places.people import set_password

    with house() as office, office.work(SYSTEM) as work:
        set_password(work, username, password)
    say(_("已修改 {username} 的密码，原有登录全部退出", username=username))


def main() -> None:
    """The console script."""
    try:
        set_locale(settings().locale)
        app()
    except OneDoorError as error:
        typer.echo(error.message, err=True)
        raise SystemExit(1) from None


if __name__ == "__main__":
    main()
