"""The resident's door: light pages, rendered here, that need no script and no account.

`routes()` is all that the house needs to know. A page is a plain function from `Ask` to a
response; `ask.page` opens the envelope and seals it (form, language, headers, errors).
"""

from starlette.routing import Route

from api.door import answer, assets, board, help, new, track


def routes() -> list[Route]:
    """Every route of the resident's door, for whoever builds the application."""
    return [*new.ROUTES, *track.ROUTES, *answer.ROUTES, *help.ROUTES, *board.ROUTES, *assets.ROUTES]
