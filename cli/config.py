"""`onedoor config …`: the county's configuration and its published versions."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from cli.terminal import Json, house, say, show
from core.now import local
from core.words import _

config = typer.Typer(no_args_is_help=True, help="配置。The county's configuration.")


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
    from core.blueprint.store import read_yaml
    from core.places.configure import in_force

    with house() as office, office.work(SYSTEM) as work:
        version = in_force(work, read_yaml(file), Path(file).name, note)
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
        say(f"{row.version:>4}  {local(row.published_at):%Y-%m-%d %H:%M}  {row.note}")
