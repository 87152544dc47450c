"""调度看板: what nobody has taken on top, then by stage; where it piles up on the side."""

from core.cases.queries import board
from core.open import office
from core.rules.permissions import Permission
from pages.ui import instruct
from pages.ui.actions import tapped
from pages.ui.boards import SHOWN, board_html
from pages.ui.guard import guard
from pages.ui.scope import area_of
from pages.ui.taps import taps

actor = guard(Permission.BOARD_READ)

with office().look(actor) as look:
    world = look.world
    found = board(look, area_of(actor, world), per_stage=SHOWN)
tap = taps(board_html(world, actor, found), key="board")
if not instruct.tapped(actor, tap):
    tapped(actor, tap)
