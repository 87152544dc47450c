"""The web process from start to end: the house opened, things warmed up, garbage kept small."""

import asyncio
import gc
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

from anyio import to_thread

from core.access.actor import SYSTEM
from core.access.desk import NotSetUp
from core.open import close_office, office

_EVERY = 60.0
"""Seconds between two looks at the garbage that sessions leave behind."""


@asynccontextmanager
async def lifespan(_app: Any) -> AsyncIterator[None]:
    """Open the database and read the county before the first visitor; close at the end."""
    await to_thread.run_sync(_warm_up)
    keeper = asyncio.create_task(_keep_house())
    try:
        yield
    finally:
        keeper.cancel()
        await to_thread.run_sync(close_office)


def _warm_up() -> None:
    quiet = logging.getLogger("streamlit.runtime.scriptrunner_utils.script_run_context")
    level = quiet.level
    quiet.setLevel(logging.ERROR)  # the library's import asks for a visitor; there is none yet
    import streamlit_authenticator  # noqa: F401 (half a second that nobody should wait for)

    quiet.setLevel(level)
    with suppress(NotSetUp), office().look(SYSTEM) as look:
        look.world.blueprint.clock_calendar  # noqa: B018 (computed on first use)
    _sweep()


def _sweep() -> None:
    """Collect what is dead, then take the living out of the collector's sight.

    Streamlit's own collection after every run is switched off (`runner.postScriptGC`): with
    all libraries loaded it cost more than the run. What sessions add since is frozen here.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()


async def _keep_house() -> None:
    while True:
        await asyncio.sleep(_EVERY)
        _sweep()
