"""How long one waits after wrong passwords: longer each time, for an account and for an address by itself.

An attempt counts from when it begins, not from when it has failed: many at once are as many attempts.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address, ip_address, ip_network


@dataclass(frozen=True, slots=True)
class Rule:
    """The first `free` attempts cost nothing; each one after it doubles the wait, up to `longest_s`."""

    free: int
    first_s: int
    longest_s: int
    forget_s: int
    """After so many seconds without an attempt it is as if there had been none."""

    def wait_s(self, attempt: int) -> int:
        """Seconds to wait after the attempt of that number (the first is 1) before the next one."""
        if attempt <= self.free:
            return 0
        doublings = min(attempt - self.free - 1, 32)
        return min(self.first_s << doublings, self.longest_s)

    def waits_ms(self) -> list[int]:
        """The waits after attempts 1, 2, …; the last one holds for all that follow. Milliseconds."""
        waits = [0] * self.free
        while not waits or waits[-1] < self.longest_s * 1000:
            waits.append(self.wait_s(len(waits) + 1) * 1000)
        return waits


RULES = {
    "account": Rule(free=4, first_s=5, longest_s=900, forget_s=24 * 3600),
    "known": Rule(free=4, first_s=5, longest_s=900, forget_s=24 * 3600),
    "address": Rule(free=20, first_s=1, longest_s=60, forget_s=3600),
}
"""By what is counted. `account`: tries of one name from anywhere; `known`: of one name in a browser in which
it has signed in before, so that nobody's guesses keep the seat's own browser out; `address`: tries from one
network address, of whatever names. A proxy that is not known as one is one address for all, so these waits
are short."""

_OF_ONE_IPV6 = 64
"""Bits of an address that its holder does not choose."""


def network_of(address: str) -> str:
    """What attempts from this address count for: of IPv6 the network: one has countless addresses there."""
    try:
        found = ip_address(address)
    except ValueError:  # what a proxy said
        return address
    if isinstance(found, IPv4Address):
        return address
    return str(found.ipv4_mapped or ip_network((found, _OF_ONE_IPV6), strict=False))
