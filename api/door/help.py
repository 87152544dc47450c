"""`/help`: how it works, whom to call, what one may expect."""

from starlette.responses import Response
from starlette.routing import Route

from api.door.ask import Ask, page
from core.access.actor import NOBODY
from core.places.plates import phones_of_centres
from core.rules.deadlines import Term
from core.words import pick


def help_page(ask: Ask) -> Response:
    """Out of the county's own configuration, so that it never promises something else."""
    blueprint = ask.world.blueprint
    with ask.office.look(NOBODY) as look:
        phones = phones_of_centres(look)
    return ask.public(
        "help.html",
        steps=[pick(label) for label in blueprint.workflow.steps.values()],
        terms=[(pick(row.name), Term.parse(row.case).words()) for row in blueprint.deadlines],
        phones=phones,
        low=blueprint.rating.satisfied_from,
    )


ROUTES = [Route("/help", page(help_page))]
