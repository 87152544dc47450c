"""Benchmarks: each prints its figure beside a floor measured in the same run.

The floor is a bare Starlette route that does one INSERT: what this machine's Python,
HTTP and PostgreSQL can do at all. Nothing here is asserted by time.
"""

import json
from typing import Any

from tests.bench import house, http, importing, lists, pages

NAMES = ("intake", "lifecycle", "list", "pages", "import")


def run(
    name: str, *, cases: int, seconds: float, clients: int | None, as_json: bool
) -> dict[str, Any]:
    """Measure `name` (or `all`) on a database of its own with `cases` cases in it."""
    wanted = NAMES if name == "all" else (name,)
    if set(wanted) - set(NAMES):
        from core.errors import Invalid
        from core.words import _

        raise Invalid(_("没有测速项“{name}”；有：{all}", name=name, all="、".join(NAMES)))
    found: dict[str, Any] = {}
    with house.filled(cases) as bench:
        for title, measure in (
            ("import", lambda: importing.measure(bench)),
            ("list", lambda: lists.measure(bench)),
            ("intake", lambda: http.intake(bench, seconds, clients or 32)),
            ("lifecycle", lambda: http.lifecycle(bench, seconds, clients or 8)),
            ("pages", lambda: pages.measure(bench, clients or 20)),
        ):
            if title not in wanted:
                continue
            found[title] = measure()
            if not as_json:
                print(title)
                for key, value in found[title].items():
                    print(f"  {key:<34}{value}", flush=True)
    if as_json:
        print(json.dumps(found, ensure_ascii=False))
    return found
