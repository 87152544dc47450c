"""`onedoor user …`: accounts."""

from typing import Annotated

import typer

from cli.terminal import house, say
from core.words import _

user = typer.Typer(no_args_is_help=True, help="账号。Accounts.")


@user.command("add")
def user_add(
    username: str,
    name: Annotated[str, typer.Option(help="姓名 name")],
    role: Annotated[list[str], typer.Option(help="角色 role, repeatable")],
    unit: Annotated[str | None, typer.Option(help="单位代码 unit code")] = None,
    area: Annotated[str | None, typer.Option(help="区划代码 area code")] = None,
    email: Annotated[str, typer.Option(help="电子邮箱 e-mail")] = "",
    password: Annotated[
        str, typer.Option(prompt="密码 password", hide_input=True, help="密码 password")
    ] = "",
) -> None:
    """新增账号。Add an account."""
    from core.access.actor import SYSTEM
    from core.places.account import add

    values = {"username": username, "name": name, "roles": role, "unit": unit, "area": area,
              "email": email, "password": password}  # fmt: skip
    with house() as office, office.work(SYSTEM) as work:
        made = add(work, values)
    say(_("已新增账号 {username}", username=username))
    if not password:
        say(_("初始密码：{password}", password=made))


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
    password: Annotated[
        str, typer.Option(prompt="密码 password", hide_input=True, confirmation_prompt=True)
    ],
) -> None:
    """改密码。Set a password."""
    from core.access.actor import SYSTEM
    from core.places.people import set_password

    with house() as office, office.work(SYSTEM) as work:
        set_password(work, username, password)
    say(_("已修改 {username} 的密码，原有登录全部退出", username=username))
