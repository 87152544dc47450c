"""Row-level security: the database itself shows nobody more than they may see.

Policies take the setting `app.scope` (`db.session.RowScope`) apart. Unset, as on a reused
connection, it reads as an empty string, which opens nothing. The `CASE` keeps the rule a mere
filter: written with `OR`, the planner would walk several indexes at once.
"""

from db.session import FIELDS


def _part(name: str) -> str:
    """One field of the scope; null where it is empty."""
    position = FIELDS.index(name) + 1
    return f"nullif(split_part(current_setting('app.scope', true), '|', {position}), '')"


_HAS_ACTOR = f"{_part('by')} is not null"
_BY = f"(select {_part('by')})"
_MY_UNITS = f"(select string_to_array({_part('units')}, ','))"
_LINEAGE = f"(select string_to_array({_part('lineage')}, ','))"
_ME = f"(select {_part('person')}::bigint)"
_IN_AREA = f"""(area >= (select {_part("lo")}) and area < (select {_part("hi")}))"""

VISIBLE = f"""
case {_BY}
  when 'all' then true
  when 'key' then number = (select {_part("number")}) and code_hash = (select {_part("code")})
  when 'outside' then {_IN_AREA} and not confidential
              and source is distinct from 'instruction'
              and not coalesce(accused && {_LINEAGE}, false)
  else coalesce({_BY} in ('area', 'unit', 'both'), false)
              and coalesce({_IN_AREA} or units && {_MY_UNITS} or registered_by = {_ME}, false)
              and not coalesce(accused && {_LINEAGE}, false)
end"""
"""Which rows of `cases` are visible. Neither an accused unit nor a part of it ever sees the
accusation; the units above it do, for they have to judge it.

Each part of the scope stands here as seldom as possible: every mention is a plan of its own that
each statement prepares, for each table, twice where it changes rows. What does not bound the
person's scope (an area, for who sees their unit's cases only) is empty in it.
"""

ON_CASES = (
    f"create policy seen on cases for select using ({VISIBLE})",
    f"create policy changed on cases for update using ({VISIBLE}) with check ({_HAS_ACTOR})",
    f"create policy added on cases for insert with check ({_HAS_ACTOR})",
)


def cases_anew() -> list[str]:
    """The statements that bring the policies of `cases` up to date where older ones stand."""
    return [*(f"drop policy {name} on cases" for name in ("seen", "changed", "added")), *ON_CASES]


OF_CASE = ("task", "clock", "demand", "timeline", "rating", "file", "assessment_input")
"""Tables whose rows are visible exactly where their case is."""

APPEND_ONLY = (
    "timeline", "fired", "audit", "blueprint", "delta", "assessment_result", "assessment_input",
    "paper_template",
)  # fmt: skip
"""Tables that the application may add to and read, never change (deltas are folded away)."""

CLAIMS = ("exclusion", "score_appeal")
"""What a unit asks for about its own score: seen by that unit, and by whoever watches its area."""


def _of_unit(table: str) -> str:
    """Whose unit, or in whose area; of an exclusion also only where its case is visible."""
    mine = f"coalesce(unit = any (({_MY_UNITS})::text[]), false)"
    near = _IN_AREA.replace("area ", "unit_area ")
    seen = f"""case {_BY} when 'all' then true when 'area' then {near} when 'unit' then {mine}
               when 'both' then ({near} or {mine}) else false end"""
    if table == "exclusion":
        seen += f""" and ({_BY} = 'all' or exists (select 1 from cases
                 where cases.county = exclusion.county and cases.id = exclusion.case_id))"""
    return seen


def _assessments() -> list[str]:
    """A published result names units only: every official may read it."""
    staff = f"{_BY} in ('all', 'area', 'unit', 'both')"
    sql = [
        "alter table assessment_result enable row level security",
        f"create policy seen on assessment_result for select using ({staff})",
        f"create policy added on assessment_result for insert with check ({_HAS_ACTOR})",
    ]
    for table in CLAIMS:
        seen = _of_unit(table)
        sql += [
            f"alter table {table} enable row level security",
            f"create policy seen on {table} for select using ({seen})",
            f"create policy added on {table} for insert with check ({_HAS_ACTOR})",
            f"create policy changed on {table} for update using ({seen}) with check ({_HAS_ACTOR})",
        ]
    return sql


def policies(app_role: str) -> list[str]:
    """The statements that protect the tables and grant the application what it needs."""
    sql = [
        f"grant usage on schema public to {app_role}",
        f"grant select, insert, update, delete on all tables in schema public to {app_role}",
        f"grant usage, select on all sequences in schema public to {app_role}",
        f"revoke insert, update, delete on alembic_version from {app_role}",
        *(f"revoke update on {table} from {app_role}" for table in APPEND_ONLY),
        *(
            f"revoke delete on {table} from {app_role}"
            for table in ("cases", *CLAIMS, *(t for t in APPEND_ONLY if t != "delta"))
        ),
        "alter table cases enable row level security",
        *ON_CASES,
    ]
    for table in OF_CASE:
        case = f"""exists (select 1 from cases
                   where cases.county = {table}.county and cases.id = {table}.case_id)"""
        sql += [
            f"alter table {table} enable row level security",
            f"create policy seen on {table} for select using ({_BY} = 'all' or {case})",
            f"create policy added on {table} for insert with check ({_HAS_ACTOR})",
            f"create policy changed on {table} for update using ({_BY} = 'all' or {case})"
            f" with check ({_HAS_ACTOR})",
            f"create policy removed on {table} for delete using ({_BY} = 'all')",
        ]
    sql += [
        "alter table message enable row level security",
        f"create policy mine on message using ({_BY} = 'all' or person_id = {_ME})"
        f" with check ({_HAS_ACTOR})",
        # Not bound to where their cases lie: an upsert must see the row of a number that is known
        # elsewhere. Who spoke in confidence is kept by `core.access.confidence`: the way to them
        # leads over `cases.resident_id`, and that row its handlers do see.
        "alter table resident enable row level security",
        f"create policy staff on resident using ({_BY} in ('all', 'area', 'unit', 'both'))"
        f" with check ({_HAS_ACTOR})",
        *_assessments(),
    ]
    return sql
