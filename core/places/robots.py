"""Robots of Apprise: only the kinds that `core.rules.addresses` lists are ever loaded."""

import logging
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from core.errors import Invalid
from core.rules.addresses import ROBOTS, scheme
from core.words import lazy

if TYPE_CHECKING:
    from apprise.plugins.base import NotifyBase

logging.getLogger("apprise").setLevel(logging.CRITICAL)  # its lines hold addresses and texts

_OURS = ("redirect", "verify", "retry", "wait", "timeout", "cto", "rto")
"""What an address may ask of Apprise and the way out decides instead."""


@cache
def _plugin(module: str) -> "type[NotifyBase]":
    from apprise.plugins.base import NotifyBase

    found = import_module(f"apprise.plugins.{module}")
    return next(
        each
        for each in vars(found).values()
        if isinstance(each, type)
        and issubclass(each, NotifyBase)
        and each.__module__ == found.__name__
    )


@cache
def _asset() -> Any:
    from apprise import AppriseAsset

    return AppriseAsset(
        plugin_paths=[], async_mode=False, http_redirects=False, secure_logging=True,
        app_id="OneDoor", app_desc="OneDoor", app_url="", image_url_mask="", image_url_logo="",
    )  # fmt: skip


def robot(url: str) -> "NotifyBase":
    """The robot behind an address.

    Raises:
        Invalid: not one of ours, or its key or number has the wrong form.
    """
    kind = ROBOTS.get(scheme(url))
    if kind is None:
        raise Invalid(lazy("不认识这个机器人地址"), field="robot")
    plugin = _plugin(kind.module)
    try:
        found = plugin.parse_url(url)
        if found:
            kept = {k: v for k, v in found.items() if k not in _OURS}
            return plugin(**kept, asset=_asset())
    except (TypeError, ValueError):  # Apprise's own errors are TypeErrors
        pass
    raise Invalid(lazy("机器人地址里的密钥或号码格式不对，请核对"), field="robot")
