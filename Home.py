"""The office: `streamlit run Home.py`, `uvicorn Home:app` and `onedoor run` are the same.

Imported by a server, this file is the one application of pages, API and resident pages
on one port. Run by Streamlit for a browser, it is the navigation.
"""

from streamlit.runtime.scriptrunner import get_script_run_ctx

if get_script_run_ctx(suppress_warning=True) is None:
    from pathlib import Path

    import streamlit as st
    from streamlit.file_util import get_static_dir
    from streamlit.runtime.pages_manager import PagesManager

    from api import app as api
    from api import auth, downloads, shell
    from pages import registry
    from pages.ui import lifespan, states

    # Without this the first run of a cold process takes every pages/*.py for a page.
    PagesManager.uses_pages_directory = False

    _UI = registry.TOP / "ui"
    _SHELL = shell.Shell(
        index=Path(get_static_dir()) / "index.html",
        assets={p.name: p for p in _UI.iterdir() if p.suffix in (".css", ".js", ".svg")},
    )
    app = st.App(
        Path(__file__),
        routes=[
            *api.routes(),
            *auth.routes(),
            *downloads.routes(),
            *shell.routes(_SHELL, [p.url for p in registry.PAGES]),
        ],
        lifespan=lifespan.lifespan,
        on_script_error=states.failed,
    )
else:
    from pages.registry import navigate

    navigate()
