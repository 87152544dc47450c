"""A person's mistake in one line of their language, whatever found it."""

import re

from typer.exceptions import TyperException

from core.errors import OneDoorError
from core.words import _, lazy

_TYPED = (
    (r"No such command '(.+?)'", lazy("没有命令“{what}”")),
    (r"No such option: (\S+)", lazy("没有选项 {what}")),
    (r"Missing \w+ '(.+?)'", lazy("缺少 {what}")),
    (r"Option '(.+?)' requires", lazy("{what} 后面要写值")),
    (r"Invalid value for '(.+?)': .*valid integer", lazy("{what} 应为整数")),
    (r"Invalid value for '(.+?)': .*valid number", lazy("{what} 应为数字")),
    (r"Invalid value for '(.+?)'", lazy("{what} 的值不对")),
    (r"unexpected extra argument\S* \((.+?)\)", lazy("多出了“{what}”")),
)
"""Typer words its refusals in English; these are all that our commands can meet."""


def in_one_line(error: Exception) -> str:
    """What is wrong, for standard error."""
    match error:
        case OneDoorError():
            head, *faults = error.message.splitlines()
            return head + _("；").join(faults)
        case TyperException() if not error.format_message():  # help has been shown
            return _("请写明要做什么，可用的命令见上")
        case TyperException():
            return _("{wrong}。用法见 {command} --help", wrong=_mistyped(error), command=_of(error))
        case _:
            return _("已取消，没有改动任何内容")


def _mistyped(error: TyperException) -> str:
    said = error.format_message()
    for pattern, words in _TYPED:
        if found := re.search(pattern, said):
            return _(words.message, what=found[1])
    return _("命令写得不对")


def _of(error: TyperException) -> str:
    """The command that was meant."""
    context = getattr(error, "ctx", None)
    return context.command_path if context else "onedoor"
