"""Where somebody calls from, as far as that can be believed."""

import pytest

from core.access.address import address

PROXY, INNER = "10.1.1.1", "10.1.1.2"


@pytest.mark.parametrize(
    ("peer", "forwarded", "believed"),
    [
        ("203.0.113.5", "", "203.0.113.5"),
        ("203.0.113.5", "198.51.100.7", "203.0.113.5"),  # anybody may write this
        (PROXY, "203.0.113.5", "203.0.113.5"),
        (PROXY, "198.51.100.7, 203.0.113.5", "203.0.113.5"),
        (PROXY, f"198.51.100.7,203.0.113.5, {INNER}", "203.0.113.5"),
        (PROXY, f" ,{INNER}", PROXY),
        (PROXY, "", PROXY),
        ("::ffff:203.0.113.5", "", "203.0.113.5"),
        ("2001:db8:1:2:3::4", "", "2001:db8:1:2::/64"),
        (PROXY, "2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("testclient", "", "testclient"),
    ],
)
def test_is_whom_the_last_trusted_proxy_has_heard(peer: str, forwarded: str, believed: str) -> None:
    assert address(peer, forwarded, (PROXY, INNER)) == believed
