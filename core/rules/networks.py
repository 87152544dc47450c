"""Which network addresses a message may be sent to.

An address that somebody types must not reach what only this server can reach: itself, its
neighbours, a cloud's metadata service. Closed county networks have nothing but inside
addresses, so an installation may list networks that are fine all the same.
"""

from collections.abc import Sequence
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_NAT64 = ip_network("64:ff9b::/96")
"""RFC 6052: the last 32 bits are the IPv4 address that is really meant."""


def allowed(address: str, networks: Sequence[Network] = ()) -> bool:
    """Whether a message may go there: anywhere in the open internet, and in `networks`.

    Not allowed otherwise: loopback, link-local (169.254.169.254), private, shared (RFC 6598,
    which holds a metadata service too), multicast, reserved; nor any of these in the guise of
    an IPv6 address.

    Args:
        address: numeric, as a resolver gives it; a zone (`fe80::1%eth0`) is passed over.
    """
    meant = _meant(ip_address(address.partition("%")[0]))
    if any(meant.version == n.version and meant in n for n in networks):
        return True
    return meant.is_global and not meant.is_multicast


def _meant(address: Address) -> Address:
    """The IPv4 address that some IPv6 addresses stand for."""
    if isinstance(address, IPv4Address):
        return address
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    inner = address.ipv4_mapped or address.sixtofour
    return inner or (address.teredo[1] if address.teredo else address)
