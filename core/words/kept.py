"""A sentence that is stored now and worded later, in the language of whoever reads it.

What has nothing to fill in is kept as it is: a message id of ours, or the words of a server that
nobody translates. What has is kept as JSON: the message id, and what fills its places.
"""

import json

from core.words import Text, _

_MARK = '{"said": '
LONGEST, _VALUE = 500, 200
"""Characters of a sentence without places, and of a value, that are kept."""


def keep(said: str | Text) -> str:
    """The sentence as it is stored; the same sentence is always stored in the same way."""
    if isinstance(said, str):
        return said[:LONGEST]
    if not said.values:
        return said.message
    values = {name: str(value)[:_VALUE] for name, value in sorted(said.values.items())}
    return json.dumps({"said": said.message, "with": values}, ensure_ascii=False)


def worded(kept: str) -> str:
    """The sentence in the present reader's language; empty where none was kept."""
    if not kept.startswith(_MARK):
        return _(kept)
    read = json.loads(kept)
    return _(read["said"], **read["with"])
