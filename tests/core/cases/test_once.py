"""By what an appeal is known when it is sent again."""

from core.access.actor import DOOR, Actor
from core.cases.once import once

CLERK, OTHER = (Actor(roles=("clerk",), person=n) for n in (1, 2))
SAID = {"body": "路灯坏了", "phone": "13800001111"}


def test_who_has_an_account_is_the_same_sender_whatever_they_say() -> None:
    first, second = once(CLERK, "1", SAID), once(CLERK, "1", SAID | {"body": "暖气不热"})
    assert first.sender == second.sender != once(OTHER, "1", SAID).sender
    assert first.kept != second.kept
    assert first.span[0] <= second.kept < first.span[1]
    assert once(CLERK, "2", SAID).sender != first.sender


def test_who_has_none_is_known_by_what_they_said() -> None:
    assert once(DOOR, "1", SAID) == once(DOOR, "1", dict(reversed(SAID.items())))
    assert once(DOOR, "1", SAID).sender != once(DOOR, "1", SAID | {"phone": "13800001112"}).sender


def test_nothing_can_be_read_from_what_is_kept() -> None:
    kept = once(CLERK, "form-1", SAID).kept
    assert not any(secret in kept for secret in ("form-1", "13800001111", "路灯"))
