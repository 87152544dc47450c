"""Where a message may be sent to."""

from ipaddress import ip_network

import pytest

from core.rules.networks import allowed

OPEN = ["1.1.1.1", "123.125.114.144", "2400:3200::1", "::ffff:1.1.1.1", "64:ff9b::101:101"]
INSIDE = [
    "127.0.0.1", "127.255.255.254", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1",  # noqa: S104
    "169.254.169.254",  # the metadata of most clouds
    "100.100.100.200",  # the metadata of Alibaba's cloud
    "224.0.0.1", "255.255.255.255", "240.0.0.1",
    "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "ff02::1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2002:a00:1::1",
]  # fmt: skip


@pytest.mark.parametrize("address", OPEN)
def test_the_open_internet(address: str) -> None:
    assert allowed(address)


@pytest.mark.parametrize("address", INSIDE)
def test_no_inside_network(address: str) -> None:
    assert not allowed(address)


def test_inside_networks_that_are_listed() -> None:
    networks = (ip_network("10.0.0.0/8"), ip_network("fd00::/8"))
    assert allowed("10.1.2.3", networks)
    assert allowed("::ffff:10.1.2.3", networks)
    assert allowed("fd12::1", networks)
    assert allowed("1.1.1.1", networks)
    assert not allowed("127.0.0.1", networks)
    assert not allowed("192.168.1.1", networks)


def test_a_name_is_no_address() -> None:
    with pytest.raises(ValueError, match="does not appear"):
        allowed("example.org")
