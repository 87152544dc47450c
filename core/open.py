"""Opens the house: database server, schema, and the process's one `Office`."""

import atexit
import threading
from contextlib import suppress
from typing import Any

from core.access.desk import Office
from core.settings import Settings, settings
from db.migrate import app_password, app_url, migrate, owner_url
from db.session import make_engine

_lock = threading.Lock()
_office: Office | None = None
_server: Any = None


def open_office(config: Settings | None = None) -> Office:
    """Start the embedded server unless a database is named, bring the schema up to date.

    Raises:
        NoDatabase: the database cannot be used as it is.
    """
    global _server
    config = config or settings()
    url = config.database_url
    if url is None:
        from db import embedded

        _server = embedded.start(config.home)
        atexit.register(close_office)
        url = _server.url
    owner = owner_url(url)
    migrate(owner, config.app_role, app_password(config.secret_key, config.app_role))
    return Office(make_engine(app_url(owner, config.secret_key, config.app_role)), config)


def office() -> Office:
    """The process's office, opened on first use."""
    global _office
    with _lock:
        if _office is None:
            _office = open_office()
        return _office


def use(given: Office | None) -> None:
    """Let this process work on `given`: tests, and commands that opened their own."""
    global _office
    _office = given


def close_office() -> None:
    """Close the connections and stop the server this process started."""
    global _office, _server
    with _lock:
        if _office is not None:
            _office.engine.dispose()
            _office = None
        if _server is not None:
            with suppress(OSError):
                _server.stop()
            _server = None
