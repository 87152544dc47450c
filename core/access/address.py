"""Where somebody calls from, as far as that can be believed: limits count by it."""

from collections.abc import Collection
from functools import lru_cache
from ipaddress import IPv6Address, IPv6Network, ip_address


def address(peer: str, forwarded: str, trusted: Collection[str]) -> str:
    """The caller's network address; an IPv6 address counts as its /64.

    Args:
        peer: the address at the other end of the connection.
        forwarded: the `X-Forwarded-For` that came with it, all lines. Each proxy writes on its
            right whom it has heard; what stands left of the first stranger may be anybody's words.
        trusted: the proxies that are believed.
    """
    if peer in trusted:
        hops = (hop.strip() for hop in reversed(forwarded.split(",")))
        peer = next((hop for hop in hops if hop and hop not in trusted), peer)
    return _counted_as(peer)


@lru_cache(1000)
def _counted_as(peer: str) -> str:
    try:
        found = ip_address(peer)
    except ValueError:
        return peer[:64]
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped:
            return str(found.ipv4_mapped)
        return str(IPv6Network((found, 64), strict=False))
    return str(found)
