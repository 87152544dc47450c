"""Who may: the whole matrix, and the words of each refusal."""

import pytest

from core.errors import NotPermitted
from core.rules.permissions import (
    _DENIALS,
    ROLES,
    STAFF_ROLES,
    Permission,
    Scope,
    permissions_of,
    require,
    scope_of,
)

# Roles across, permissions down; x = may. The first line is what the role sees of the cases.
MATRIX = """
                adm ana aud cle dep dis doo gle gwo han hea lea res sup sys
scope           -   are -   are out are all bot bot uni uni are key are all
assess:manage   .   .   .   .   .   .   .   .   .   .   .   .   .   x   x
assess:read     .   x   .   .   .   .   .   .   .   .   .   x   .   x   x
audit:read      .   .   x   .   .   .   .   .   .   .   .   .   .   .   x
board:read      .   x   .   .   .   x   .   x   .   .   .   x   .   x   x
case:act        .   .   .   x   x   x   .   x   x   x   x   x   x   x   x
case:create     .   .   .   x   .   x   x   x   x   .   .   .   .   .   x
case:export     .   x   .   .   .   x   .   .   .   .   x   x   .   x   x
case:identity   .   .   .   x   .   x   .   x   x   x   x   .   .   .   x
case:instruct   .   .   .   .   .   .   .   .   .   .   .   x   .   .   x
case:print      .   .   .   x   .   x   .   x   x   x   x   x   .   x   x
case:read       .   x   .   x   x   x   .   x   x   x   x   x   x   x   x
case:review     .   .   .   .   x   .   .   .   .   .   .   .   .   .   x
config:read     x   .   .   .   .   .   .   .   .   .   .   .   .   .   x
config:write    x   .   .   .   .   .   .   .   .   .   .   .   .   .   x
instruction:read .  .   .   .   .   x   .   .   .   .   .   x   .   x   x
kpi:read        .   x   .   x   .   x   .   x   .   .   x   x   .   x   x
message:manage  x   .   .   .   .   .   .   .   .   .   .   .   .   .   x
people:manage   x   .   .   .   .   .   .   .   .   .   .   .   .   .   x
places:import   x   .   .   .   .   .   .   .   .   .   .   .   .   .   x
resident:find   .   .   .   x   .   x   .   x   x   .   .   .   .   .   x
system:read     x   .   x   .   .   .   .   .   .   .   .   .   .   .   x
"""
SHORT = {
    "adm": "admin", "ana": "analyst", "aud": "auditor", "cle": "clerk", "dep": "deputy",
    "dis": "dispatcher", "doo": "door", "gle": "grid_leader", "gwo": "grid_worker",
    "han": "handler", "hea": "head", "lea": "leader", "res": "resident", "sup": "supervisor",
    "sys": "system",
}  # fmt: skip
SCOPES = {
    "-": Scope.NONE, "are": Scope.AREA, "uni": Scope.UNIT, "bot": Scope.BOTH, "key": Scope.KEY,
    "all": Scope.ALL, "out": Scope.OUTSIDE,
}  # fmt: skip


def table() -> tuple[list[str], dict[str, list[str]]]:
    """The roles in order, and each line's cells."""
    head, *lines = [line.split() for line in MATRIX.strip().splitlines()]
    return [SHORT[h] for h in head], {name: cells for name, *cells in lines}


def test_the_whole_matrix() -> None:
    roles, lines = table()
    assert roles == list(ROLES)
    for index, role in enumerate(roles):
        assert ROLES[role].scope is SCOPES[lines["scope"][index]], role
        for permission in Permission:
            held = permission in ROLES[role].permissions
            assert held == (lines[permission][index] == "x"), (role, permission)


def test_the_matrix_knows_every_permission_in_order() -> None:
    _roles, lines = table()
    assert [*lines] == ["scope", *sorted(Permission)] == ["scope", *Permission]


def test_the_administrators_stand_apart() -> None:
    """Graded protection: who configures, who audits and who handles are different people."""
    admin, auditor = ROLES["admin"], ROLES["auditor"]
    assert not admin.permissions & auditor.permissions - {Permission.SYSTEM_READ}
    for role in (admin, auditor):
        assert role.scope is Scope.NONE
        assert not {p for p in role.permissions if p.startswith("case:")}


def test_nobody_signs_in_as_the_system_a_resident_or_the_door() -> None:
    assert set(ROLES) - set(STAFF_ROLES) == {"door", "resident", "system"}


@pytest.mark.parametrize("permission", Permission)
def test_every_refusal_has_its_own_sentence(permission: Permission) -> None:
    with pytest.raises(NotPermitted) as refused:
        require(frozenset(), permission)
    assert refused.value.message == str(_DENIALS[permission])
    assert (refused.value.status, refused.value.data) == (403, {"permission": permission.value})
    require(frozenset({permission}), permission)


@pytest.mark.parametrize(
    ("roles", "scope"),
    [
        ((), Scope.NONE),
        (("admin",), Scope.NONE),
        (("handler",), Scope.UNIT),
        (("clerk", "dispatcher"), Scope.AREA),
        (("clerk", "handler"), Scope.BOTH),
        (("deputy",), Scope.OUTSIDE),
        (("deputy", "clerk"), Scope.AREA),
        (("admin", "handler"), Scope.UNIT),
        (("grid_worker", "clerk"), Scope.BOTH),
        (("system", "clerk"), Scope.ALL),
        (("nonsense",), Scope.NONE),
    ],
)
def test_several_roles_see_what_any_of_them_sees(roles: tuple[str, ...], scope: Scope) -> None:
    assert scope_of(roles) is scope


def test_several_roles_may_what_any_of_them_may() -> None:
    both = permissions_of(("clerk", "analyst", "nonsense"))
    assert both == ROLES["clerk"].permissions | ROLES["analyst"].permissions
    assert permissions_of(()) == frozenset()
