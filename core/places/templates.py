"""Empty tables to fill in: the columns that each import knows, and how to fill each."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

from core.places.importing import TABLES
from core.words import Text, lazy

_WAYS = {
    "robot": lazy("企业微信、钉钉、飞书群机器人的地址；空着会删掉原来的"),
    "webhook": lazy("接收消息的其他系统的 https 地址；空着会删掉原来的"),
}
_HELP: dict[str, dict[str, Text]] = {
    "areas": {
        "code": lazy("统计用区划代码：县 6 位，乡镇 9 位，村 12 位"),
        "name": lazy("如：安平镇"),
        "parent_code": lazy("上一级的代码；不填按代码推算"),
        "level": lazy("县级、乡级、村级；不填按代码推算"),
    },
    "grids": {
        "name": lazy("如：王家摆第一网格"),
        "village": lazy("所属村的代码或名称"),
        "code": lazy("15 位；不填由系统在村代码后编号"),
    },
    "units": {
        "code": lazy("本县不重复的编号，字母、数字和 . _ -"),
        "name": lazy("全称，群众会看到"),
        "kind": lazy("中心、部门、站所、网格、志愿队伍或办公室"),
        "area": lazy("所在区划的代码或名称"),
        "parent": lazy("上级单位的代码或名称"),
        "duties": lazy("配置里的职责，几项用顿号隔开；派单按它找单位"),
        "phone": lazy("值班电话，群众会看到"),
        "active": lazy("是或否；不填为是"),
        "successor": lazy("撤并的填并入哪个单位（启用填否），考核时成绩算在它名下"),
        **_WAYS,
    },
    "people": {
        "username": lazy("登录用，字母、数字和 . _ -，不能重复"),
        "name": lazy("真实姓名"),
        "roles": lazy("如：承办人；几个角色用顿号隔开"),
        "unit": lazy("单位的代码或名称"),
        "area": lazy("没有单位的（如人大代表）填区划"),
        "phone": lazy("手机或座机"),
        "email": lazy("收提醒邮件用"),
        "password": lazy("不填由系统生成，导入后显示一次"),
        **_WAYS,
    },
    "plates": {
        "code": lazy("印在二维码里的编号，字母、数字和 . _ -"),
        "area": lazy("所在村或网格的代码或名称"),
        "address": lazy("如：王家摆村 3 号楼门前"),
        "lat": lazy("纬度，如 39.72；可不填"),
        "lon": lazy("经度，如 116.96；可不填"),
    },
}


@dataclass(frozen=True, slots=True)
class Known:
    """A column as it is explained to people."""

    name: str
    help: str
    required: bool


def columns_of(kind: str) -> Sequence[Known]:
    """The columns of a kind of table (`importing.TABLES`), the usual order."""
    return [Known(c.label, str(_HELP[kind][c.id]), c.required) for c in TABLES[kind].columns]


def template(kind: str) -> bytes:
    """A CSV of headers alone, with the mark by which Excel knows that it is UTF-8."""
    text = io.StringIO()
    csv.writer(text).writerow([c.label for c in TABLES[kind].columns])
    return text.getvalue().encode("utf-8-sig")
