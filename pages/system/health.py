"""系统状态: is the county healthy, what is half-configured, and what to do about it."""

from core.kpi.health import health
from core.open import office
from core.places.configure import draft
from core.rules.permissions import Permission
from pages.ui.guard import guard
from pages.ui.system.checking import check_all
from pages.ui.system.health import health_html
from pages.ui.system.parts import dress
from pages.ui.taps import taps

actor = guard(Permission.SYSTEM_READ)

dress()
may_cure = Permission.CONFIG_READ in actor.permissions
found = health(office(), actor)
waiting = None
if may_cure:
    with office().look(actor) as look:
        waiting = draft(look)
taps(health_html(found, waiting, may_cure=may_cure), key="health")
check_all()
