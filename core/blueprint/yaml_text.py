"""YAML as people type it: read, or refused with the place and what is wrong there."""

from typing import Any

import yaml

from core.errors import Invalid
from core.words import Text, _, lazy

_WRONG: tuple[tuple[str, Text], ...] = (
    ("mapping values are not allowed", lazy("这里不该有冒号：缩进不对，或带冒号的文字没有加引号")),
    ("could not find expected ':'", lazy("这一项缺少冒号，冒号后面要空一格")),
    ("found character '\\t'", lazy("缩进要用空格，不能用制表符")),
    ("expected <block end>", lazy("缩进与上面各行不一致，或括号、引号不成对")),
    ("end of stream", lazy("引号没有成对")),
    ("expected ',' or", lazy("方括号或花括号没有成对，或缺少逗号")),
    ("undefined alias", lazy("用 * 引用了没有定义的名称")),
    ("that cannot start any token", lazy("不能以这个符号开头；请用引号括起来")),
)
"""What the parser says in English, by its most telling words; the first that fits."""


def load(content: bytes, name: str) -> Any:
    """What a YAML file called `name` holds.

    Raises:
        Invalid: not UTF-8, or not YAML; with line, column, and what is wrong there.
    """
    try:
        return yaml.safe_load(content.decode("utf-8"))
    except UnicodeDecodeError as error:
        why = _("文字编码不是 UTF-8")
        raise Invalid(_("“{name}”不是有效的 YAML：{why}", name=name, why=why)) from error
    except yaml.YAMLError as error:
        why = _wrong(error)
        raise Invalid(_("“{name}”不是有效的 YAML：{why}", name=name, why=why)) from error


def _wrong(error: yaml.YAMLError) -> str:
    mark, said = getattr(error, "problem_mark", None), getattr(error, "problem", None) or ""
    why = next((words for telling, words in _WRONG if telling in said), lazy("写法不对"))
    if mark is None:  # no parser came to it: the reader had refused
        return _("含有不能用的字符")
    return _(
        "第 {line} 行第 {column} 列：{why}", line=mark.line + 1, column=mark.column + 1, why=why
    )
