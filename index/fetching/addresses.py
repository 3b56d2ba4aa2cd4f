"""Which addresses may be fetched: http and https, and nothing of the machine's own network."""

import ipaddress
import socket
from collections.abc import Callable, Sequence

import httpx

from index.errors import Unreadable

Resolve = Callable[[str, int], Sequence[str]]
"""The IP addresses of a host name; raises OSError where there are none."""

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_COMPATIBLE = ipaddress.ip_network("::/96")


def resolve(host: str, port: int) -> list[str]:
    """The IP addresses of a host name, in the order that the system prefers."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def web_url(url: str, base: httpx.URL | None = None) -> httpx.URL:
    """The address as one to be asked, from the page `base` where it is relative.

    Raises Unreadable for what is not http or https, and for an address with a password in it.
    """
    try:
        parsed = base.join(url) if base else httpx.URL(url)
    except (httpx.InvalidURL, ValueError, TypeError) as error:
        raise Unreadable(f"{_shown(url)} is no address") from error
    if parsed.scheme not in ("http", "https") or not parsed.host:
        raise Unreadable(f"only http and https addresses are fetched, not {_shown(url)}")
    if parsed.userinfo:
        raise Unreadable("an address with a password in it is not fetched")
    return parsed


def addresses_of(
    host: str, port: int, *, private: bool, look_up: Resolve = resolve
) -> tuple[str, ...]:
    """The IP addresses of a host, all of them checked.

    Raises Unreadable where there are none, or where one leads into this machine or its network
    while `private` does not allow that.
    """
    try:
        found = tuple(look_up(host, port))
    except (OSError, UnicodeError) as error:
        raise Unreadable(f"{host} is not found; is the name right, and the network up?") from error
    if not private and (inside := [each for each in found if not is_public(each)]):
        where = host if host == inside[0] else f"{host} ({inside[0]})"
        raise Unreadable(
            f"{where} is inside this machine's own network; INDEX_PRIVATE=true allows that"
        )
    return found


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public internet, whatever form it hides in."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        ip = _carried(ip) or ip
    return ip.is_global and not ip.is_multicast and not getattr(ip, "is_site_local", False)


def _carried(ip: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that an IPv6 one stands for, in any of the ways there are."""
    if ip in _NAT64 or ip in _COMPATIBLE:
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)


def _shown(url: str) -> str:
    plain = "".join(char if char.isprintable() else " " for char in url[:120])
    return plain if len(url) <= 120 else f"{plain}…"
