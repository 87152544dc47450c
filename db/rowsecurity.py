"""Row-level security: the database itself shows nobody more than they may see.

Policies read the settings `app.*` (`db.session.RowScope`). An unset setting on a reused
connection reads as an empty string, which opens nothing. The `CASE` keeps the rule a mere
filter: written with `OR`, the planner would walk several indexes at once.
"""

_HAS_ACTOR = "nullif(current_setting('app.by', true), '') is not null"
_MY_UNITS = "(select string_to_array(nullif(current_setting('app.units', true), ''), ','))"
_LINEAGE = "(select string_to_array(nullif(current_setting('app.lineage', true), ''), ','))"
_ME = "(select nullif(current_setting('app.person', true), '')::bigint)"
_BY = "(select current_setting('app.by', true))"
_IN_AREA = """(area >= (select current_setting('app.lo', true))
      and area < (select current_setting('app.hi', true)))"""

VISIBLE = f"""
case {_BY}
  when 'all' then true
  when 'key' then number = (select current_setting('app.number', true))
              and code_hash = (select current_setting('app.code', true))
  when 'area' then ({_IN_AREA} or registered_by = {_ME})
              and not coalesce(accused && {_LINEAGE}, false)
  when 'unit' then (coalesce(units && {_MY_UNITS}, false) or registered_by = {_ME})
              and not coalesce(accused && {_LINEAGE}, false)
  when 'both' then ({_IN_AREA} or coalesce(units && {_MY_UNITS}, false) or registered_by = {_ME})
              and not coalesce(accused && {_LINEAGE}, false)
  else false
end"""
"""Which rows of `cases` are visible. Neither an accused unit nor a part of it ever sees the
accusation; the units above it do, for they have to judge it."""

OF_CASE = ("task", "clock", "timeline", "rating", "file")
"""Tables whose rows are visible exactly where their case is."""

APPEND_ONLY = ("timeline", "fired", "audit", "blueprint", "delta")
"""Tables that the application may add to and read, never change (deltas are folded away)."""


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
            for table in ("timeline", "fired", "audit", "blueprint", "cases")
        ),
        "alter table cases enable row level security",
        f"create policy seen on cases for select using ({VISIBLE})",
        f"create policy changed on cases for update using ({VISIBLE}) with check ({_HAS_ACTOR})",
        f"create policy added on cases for insert with check ({_HAS_ACTOR})",
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
        "alter table resident enable row level security",
        f"create policy staff on resident using ({_BY} in ('all', 'area', 'unit', 'both'))"
        f" with check ({_HAS_ACTOR})",
    ]
    return sql
