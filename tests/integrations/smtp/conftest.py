"""Channels whose connections end with the test."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from typing import Any

import pytest
from smtpdfix.controller import AuthController

from qrev.integrations.smtp.channel import SmtpChannel

_open: list[SmtpChannel] = []


def a_channel(url: str = "", **how: Any) -> SmtpChannel:
    _open.append(SmtpChannel(url, **how))
    return _open[-1]


@pytest.fixture
async def ended() -> AsyncIterator[None]:
    yield
    while _open:
        await _open.pop().close()


@pytest.fixture
def trusting(smtpd: AuthController) -> ssl.SSLContext:
    """Trust in the certificate that smtpdfix made for itself."""
    certificate, _ = smtpd.config.ssl_cert_files
    return ssl.create_default_context(cafile=certificate)


@pytest.fixture
def certified(smtpd: AuthController) -> ssl.SSLContext:
    """A server's side of TLS, with the same certificate."""
    certificate, _ = smtpd.config.ssl_cert_files
    assert certificate is not None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context
