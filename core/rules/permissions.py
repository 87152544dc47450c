"""Who may. Permissions, the role table and the words of a refusal stand here and nowhere else.

What a role may do *to a case* stands in the county's workflow (`Transition.who`); this
table says which doors are open at all. `tests/core/rules/test_permissions.py` asserts
the whole matrix.
"""

from dataclasses import dataclass
from enum import StrEnum

from core.errors import NotPermitted
from core.words import Text, lazy


class Permission(StrEnum):
    """`resource:action`, alphabetical."""

    ASSESS_MANAGE = "assess:manage"
    ASSESS_READ = "assess:read"
    AUDIT_READ = "audit:read"
    BOARD_READ = "board:read"
    CASE_ACT = "case:act"
    CASE_CREATE = "case:create"
    CASE_EXPORT = "case:export"
    CASE_IDENTITY = "case:identity"
    CASE_INSTRUCT = "case:instruct"
    CASE_PRINT = "case:print"
    CASE_READ = "case:read"
    CASE_REVIEW = "case:review"
    CONFIG_READ = "config:read"
    CONFIG_WRITE = "config:write"
    INSTRUCTION_READ = "instruction:read"
    KPI_READ = "kpi:read"
    MESSAGE_MANAGE = "message:manage"
    PEOPLE_MANAGE = "people:manage"
    PLACES_IMPORT = "places:import"
    RESIDENT_FIND = "resident:find"
    SYSTEM_READ = "system:read"


class Scope(StrEnum):
    """Which cases a role sees at all; row-level security holds the same rule."""

    ALL = "all"
    """Everything: the system itself, and the resident's door, which may read nothing."""
    AREA = "area"
    """Cases that lie in the person's area."""
    UNIT = "unit"
    """Cases in which the person's unit has or had a part."""
    BOTH = "both"
    """Either of the two: grid workers, heads of stations."""
    OUTSIDE = "outside"
    """Cases that lie in the person's area, without who spoke, and none told in confidence:
    deputies, who are no officials."""
    KEY = "key"
    """The one case whose number and query code a resident holds."""
    NONE = "none"
    """No case."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Role:
    """A role of the field; a county may rename it, not widen it."""

    label: Text
    scope: Scope
    permissions: frozenset[Permission]


P = Permission
_OFFICE = frozenset({P.CASE_READ, P.CASE_ACT, P.CASE_PRINT})
_INTAKE = frozenset({P.CASE_CREATE, P.RESIDENT_FIND, P.CASE_IDENTITY})

ROLES: dict[str, Role] = {
    "admin": Role(
        label=lazy("系统管理员"),
        scope=Scope.NONE,
        permissions=frozenset(
            {
                P.CONFIG_READ,
                P.CONFIG_WRITE,
                P.MESSAGE_MANAGE,
                P.PEOPLE_MANAGE,
                P.PLACES_IMPORT,
                P.SYSTEM_READ,
            }
        ),
    ),
    "analyst": Role(
        label=lazy("分析员"),
        scope=Scope.AREA,
        permissions=frozenset(
            {P.ASSESS_READ, P.CASE_READ, P.KPI_READ, P.CASE_EXPORT, P.BOARD_READ}
        ),
    ),
    "auditor": Role(
        label=lazy("审计员"), scope=Scope.NONE, permissions=frozenset({P.AUDIT_READ, P.SYSTEM_READ})
    ),
    "clerk": Role(
        label=lazy("受理员"), scope=Scope.AREA, permissions=_OFFICE | _INTAKE | {P.KPI_READ}
    ),
    "deputy": Role(
        label=lazy("人大代表"),
        scope=Scope.OUTSIDE,
        permissions=frozenset({P.CASE_READ, P.CASE_ACT, P.CASE_REVIEW}),
    ),
    "dispatcher": Role(
        label=lazy("调度员"),
        scope=Scope.AREA,
        permissions=_OFFICE
        | _INTAKE
        | {P.BOARD_READ, P.INSTRUCTION_READ, P.KPI_READ, P.CASE_EXPORT},
    ),
    "door": Role(label=lazy("群众入口"), scope=Scope.ALL, permissions=frozenset({P.CASE_CREATE})),
    "grid_leader": Role(
        label=lazy("网格长"),
        scope=Scope.BOTH,
        permissions=_OFFICE | _INTAKE | {P.BOARD_READ, P.KPI_READ},
    ),
    "grid_worker": Role(label=lazy("网格员"), scope=Scope.BOTH, permissions=_OFFICE | _INTAKE),
    "handler": Role(
        label=lazy("承办人"), scope=Scope.UNIT, permissions=_OFFICE | {P.CASE_IDENTITY}
    ),
    "head": Role(
        label=lazy("单位负责人"),
        scope=Scope.UNIT,
        permissions=_OFFICE | {P.CASE_IDENTITY, P.KPI_READ, P.CASE_EXPORT},
    ),
    "leader": Role(
        label=lazy("领导"),
        scope=Scope.AREA,
        permissions=_OFFICE
        | {P.ASSESS_READ, P.BOARD_READ, P.CASE_EXPORT, P.CASE_INSTRUCT}
        | {P.INSTRUCTION_READ, P.KPI_READ},
    ),
    "resident": Role(
        label=lazy("群众"), scope=Scope.KEY, permissions=frozenset({P.CASE_READ, P.CASE_ACT})
    ),
    "supervisor": Role(
        label=lazy("督查员"),
        scope=Scope.AREA,
        permissions=_OFFICE
        | {P.ASSESS_MANAGE, P.ASSESS_READ, P.BOARD_READ, P.CASE_EXPORT}
        | {P.INSTRUCTION_READ, P.KPI_READ},
    ),
    "system": Role(label=lazy("系统"), scope=Scope.ALL, permissions=frozenset(P)),
}
STAFF_ROLES = tuple(r for r in ROLES if r not in ("door", "resident", "system"))

_DENIALS: dict[Permission, Text] = {
    P.ASSESS_MANAGE: lazy("只有督查员可以公布考核结果，决定剔除和申诉"),
    P.ASSESS_READ: lazy("只有督查、分析人员和领导可以看其他单位的考核得分"),
    P.AUDIT_READ: lazy("只有审计员可以查看审计记录"),
    P.BOARD_READ: lazy("只有调度、督查、分析人员和领导可以看调度看板"),
    P.CASE_ACT: lazy("您的角色不能办理诉求"),
    P.CASE_CREATE: lazy("您的角色不能登记诉求，请联系受理员"),
    P.CASE_EXPORT: lazy("您的角色不能导出诉求"),
    P.CASE_IDENTITY: lazy("您的角色不能查看群众身份信息"),
    P.CASE_INSTRUCT: lazy("只有领导可以批示"),
    P.CASE_PRINT: lazy("您的角色不能打印诉求文书"),
    P.CASE_READ: lazy("您的角色不能查看诉求"),
    P.CASE_REVIEW: lazy("只有人大代表可以评议诉求"),
    P.CONFIG_READ: lazy("只有系统管理员可以查看配置"),
    P.CONFIG_WRITE: lazy("只有系统管理员可以修改配置"),
    P.INSTRUCTION_READ: lazy("只有领导、督查和调度人员可以看批示台账"),
    P.KPI_READ: lazy("您的角色不能查看统计数据"),
    P.MESSAGE_MANAGE: lazy("只有系统管理员可以处理未送达的消息"),
    P.PEOPLE_MANAGE: lazy("只有系统管理员可以管理人员"),
    P.PLACES_IMPORT: lazy("只有系统管理员可以导入区划、单位和人员"),
    P.RESIDENT_FIND: lazy("您的角色不能查找群众"),
    P.SYSTEM_READ: lazy("只有管理员和审计员可以查看系统状态"),
}


def permissions_of(roles: "tuple[str, ...]") -> frozenset[Permission]:
    """Everything that any of the roles may."""
    return frozenset().union(*(ROLES[r].permissions for r in roles if r in ROLES))


def scope_of(roles: "tuple[str, ...]") -> Scope:
    """The one scope of a person with several roles: the union, never less."""
    scopes = {ROLES[r].scope for r in roles if r in ROLES} - {Scope.NONE}
    if len(scopes) > 1:
        scopes -= {Scope.OUTSIDE}  # an official who is a deputy sees as an official
    if not scopes:
        return Scope.NONE
    if len(scopes) == 1:
        return scopes.pop()
    return Scope.ALL if Scope.ALL in scopes else Scope.BOTH


def require(held: frozenset[Permission], wanted: Permission) -> None:
    """Raise `NotPermitted` in words unless `wanted` is among the held."""
    if wanted not in held:
        raise NotPermitted(_DENIALS[wanted], permission=str(wanted))
