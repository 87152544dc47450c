"""Benchmarks: each prints its figure beside a floor measured in the same run.

The floor is a bare Starlette route that does one INSERT: what this machine's Python,
HTTP and PostgreSQL can do at all. Nothing here is asserted by time.
"""

import json
from typing import Any

from tests.bench import house, http, importing, lists, pages, sweep

NAMES = ("intake", "lifecycle", "list", "pages", "import")
ALONE = ("sweep",)
"""Those that fill a county of their own."""


def run(
    name: str, *, cases: int, seconds: float, clients: int | None, as_json: bool
) -> dict[str, Any]:
    """Measure `name` (or `all`) on a database of its own with `cases` cases in it."""
    wanted = (*NAMES, *ALONE) if name == "all" else (name,)
    if set(wanted) - {*NAMES, *ALONE}:
        from core.errors import Invalid
        from core.words import _

        raise Invalid(
            _("没有测速项“{name}”；有：{all}", name=name, all=_("、").join((*NAMES, *ALONE)))
        )
    found: dict[str, Any] = {}
    if set(wanted) & set(NAMES):
        with house.filled(cases) as bench:
            for title, measure in (  # what adds cases comes after what only reads
                ("list", lambda: lists.measure(bench)),
                ("pages", lambda: pages.measure(bench, clients or 20)),
                ("lifecycle", lambda: http.lifecycle(bench, seconds, clients or 8)),
                ("intake", lambda: http.intake(bench, seconds, clients or 32)),
                ("import", lambda: importing.measure(bench)),
            ):
                if title in wanted:
                    found[title] = measure()
                    _say(title, found[title], as_json)
    if "sweep" in wanted:
        with house.filled(0) as bench:
            found["sweep"] = sweep.measure(bench, cases)
        _say("sweep", found["sweep"], as_json)
    if as_json:
        print(json.dumps(found, ensure_ascii=False))
    return found


def _say(title: str, figures: dict[str, Any], as_json: bool) -> None:
    if as_json:
        return
    print(title)
    for key, value in figures.items():
        print(f"  {key:<42}{value}", flush=True)
