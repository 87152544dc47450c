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
        if "import" in wanted:
            found["import"] = importing.measure(bench)
        if "list" in wanted:
            found["list"] = lists.measure(bench)
        if "intake" in wanted:
            found["intake"] = http.intake(bench, seconds, clients or 32)
        if "lifecycle" in wanted:
            found["lifecycle"] = http.lifecycle(bench, seconds, clients or 8)
        if "pages" in wanted:
            found["pages"] = pages.measure(bench, clients or 20)
    for title, figures in found.items():
        if as_json:
            continue
        print(title)
        for key, value in figures.items():
            print(f"  {key:<34}{value}")
    if as_json:
        print(json.dumps(found, ensure_ascii=False))
    return found
