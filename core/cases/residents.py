"""Who gave a phone number is a resident of the county: found or created, however many at once."""

from typing import Literal

Caller = tuple[str, str]
"""County and phone by which a resident is known."""

Kept = Literal["new", "known"]
"""Which name stays where both are there: the `new` one, or the one already `known`."""

_NAMES: dict[Kept, tuple[str, str]] = {
    "new": ("excluded", "resident"),
    "known": ("resident", "excluded"),
}


def finding(name: Kept) -> str:
    """The statement that finds or creates `%(people)s` and returns county, phone and id.

    Ordered, so that two bursts with the same people wait for each other in one order.
    """
    first, second = _NAMES[name]
    return f"""
insert into resident (county, id, name, phone, address, created_at)
select county, id, name, phone, coalesce(address, ''), at
from jsonb_to_recordset(%(people)s::jsonb)
  as p(county text, id bigint, name text, phone text, address text, at timestamptz)
order by phone, county
on conflict (phone, county) do update
set name = case when {first}.name <> '' then {first}.name else {second}.name end
returning county, phone, id"""  # noqa: S608 (our own words)
