"""配置: everything that the county has decided, as tables; versions, draft and publishing."""

from core.open import office
from core.rules.permissions import Permission
from core.words import lazy
from pages.ui.guard import guard
from pages.ui.system import loop, tables, year
from pages.ui.system.papers import papers_panel
from pages.ui.system.parts import dress, part, parts
from pages.ui.system.publish import publish_panel
from pages.ui.taps import taps

actor = guard(Permission.CONFIG_READ)

dress()
PARTS = {
    "loop": lazy("流程"),
    "categories": lazy("类别"),
    "dispatch": lazy("派单"),
    "terms": lazy("时限和提醒"),
    "calendar": lazy("日历"),
    "rest": lazy("其他"),
    "papers": lazy("文书模板"),
    "publish": lazy("版本和发布"),
}
SHOWN = {
    "loop": loop.loop_html,
    "categories": tables.categories_html,
    "dispatch": tables.dispatch_html,
    "terms": tables.terms_html,
    "calendar": year.calendar_html,
    "rest": tables.rest_html,
}
chosen = part(PARTS)
taps(parts("/config", PARTS, chosen), key="config_parts")
if chosen in SHOWN:
    with office().look(actor) as look:
        world = look.world
    taps(SHOWN[chosen](world), key="config")
elif chosen == "papers":
    papers_panel(actor)
else:
    publish_panel(actor)
