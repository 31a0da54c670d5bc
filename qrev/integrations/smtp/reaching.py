"""Where servers that members name may be: on the internet, not inside the network of ours."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Callable

from qrev.campaigns.ports import MailboxRefused

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Allows = Callable[[Address], bool]


def is_public(address: Address) -> bool:
    """Return whether an address is one of the internet's."""
    inner = getattr(address, "ipv4_mapped", None) or address
    return bool(inner.is_global and not inner.is_multicast)


async def allowed_socket(host: str, port: int, allows: Allows) -> socket.socket:
    """Return a connection to an address of the host, looked at before it is used.

    The name is asked for once, so that it cannot mean another machine a moment later. Raises
    MailboxRefused for a host that has an address which is not allowed, OSError.
    """
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    if not all(allows(ipaddress.ip_address(each[4][0])) for each in found):
        raise MailboxRefused(f"{host} is not on the internet")
    trouble: OSError = OSError(f"{host} has no address")
    for family, kind, protocol, _, address in found:
        taken = socket.socket(family, kind, protocol)
        taken.setblocking(False)
        try:
            await loop.sock_connect(taken, address)
        except OSError as error:
            taken.close()
            trouble = error
        except BaseException:
            taken.close()
            raise
        else:
            return taken
    raise trouble
