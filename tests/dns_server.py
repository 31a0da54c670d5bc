"""A name server on loopback that knows what a test tells it (RFC 1035)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import cast

import dns.asyncresolver
import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset


@dataclass
class NameServer(asyncio.DatagramProtocol):
    """`records` are by name and kind; no other name exists, and one of `mute` hangs."""

    records: Mapping[tuple[str, str], list[str]]
    mute: frozenset[str] = frozenset()
    asked: list[tuple[str, str]] = field(default_factory=list)
    transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        query = dns.message.from_wire(data)
        question = query.question[0]
        name, kind = str(question.name).rstrip("."), dns.rdatatype.to_text(question.rdtype)
        self.asked.append((name, kind))
        if name in self.mute:
            return
        answer = dns.message.make_response(query)
        answer.flags |= dns.flags.RA
        if found := self.records.get((name, kind)):
            answer.answer.append(dns.rrset.from_text(question.name, 60, "IN", kind, *found))
        elif name not in {known for known, _ in self.records}:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        assert self.transport is not None
        self.transport.sendto(answer.to_wire(), addr)


@asynccontextmanager
async def a_name_server(
    records: Mapping[tuple[str, str], list[str]], *, mute: frozenset[str] = frozenset()
) -> AsyncIterator[tuple[NameServer, dns.asyncresolver.Resolver]]:
    """Yield a running server, and what asks only it."""
    transport, server = await asyncio.get_running_loop().create_datagram_endpoint(
        lambda: NameServer(records, mute), local_addr=("127.0.0.1", 0)
    )
    resolver = dns.asyncresolver.Resolver(configure=False)
    resolver.nameservers = ["127.0.0.1"]
    resolver.port = transport.get_extra_info("sockname")[1]
    resolver.lifetime = 0.5
    try:
        yield server, resolver
    finally:
        transport.close()
