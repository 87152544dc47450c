"""What an HTTP answer means for the letter that was sent."""

from datetime import UTC, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import requests

from core.now import now
from core.words import Text, lazy
from jobs.letters import Away, Never

SOONEST, LATEST = timedelta(seconds=5), timedelta(hours=6)
"""Bounds within which a `Retry-After` is believed."""
AGAIN = frozenset({408, 425, 429})
"""Not this time (RFC 9110, 15.5.9; RFC 8470; RFC 6585), though they begin with a 4."""


def judge(answer: requests.Response) -> None:
    """Return when the letter has been taken.

    Raises:
        Away: later, for the whole address: 5xx, 429 and the like.
        Never: any other 4xx; a redirect, which is not followed.
    """
    status = answer.status_code
    if 200 <= status < 300:
        return
    if 300 <= status < 400:
        raise Never(_redirected(answer))
    fault = lazy("对方回答 {status}", status=status)
    if said := _said(answer):
        fault = lazy("对方回答 {status}：{said}", status=status, said=said)
    if status >= 500 or status in AGAIN:
        raise Away(fault, after=retry_after(answer.headers.get("Retry-After", "")))
    raise Never(fault)


def _redirected(answer: requests.Response) -> Text:
    to = answer.headers.get("Location", "")
    try:
        host = urlsplit(to).hostname or ""
    except ValueError:
        host = ""
    if not host:
        return lazy(
            "对方回答 {status}，要求转到别的地址；为了安全不跟随", status=answer.status_code
        )
    return lazy(
        "对方回答 {status}，要求转到 {host}；为了安全不跟随，请直接填写最终的地址",
        status=answer.status_code,
        host=host[:100],
    )


def _said(answer: requests.Response) -> str:
    """The beginning of what they answered, on one line."""
    text = answer.content[:400].decode("utf-8", "replace")
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:120]


def retry_after(value: str) -> timedelta | None:
    """The wait that a `Retry-After` asks for (RFC 9110, 10.2.3: seconds or a date), within
    bounds; None where it asks for none."""
    value = value.strip()
    if value.isdecimal():
        asked = timedelta(seconds=min(int(value), 10**6))
    else:
        try:
            moment = parsedate_to_datetime(value)
        except (ValueError, TypeError):
            return None
        asked = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - now()
    return min(max(asked, SOONEST), LATEST)
