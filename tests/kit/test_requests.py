"""Where a request came from."""

from __future__ import annotations

from starlette.requests import Request

from qrev.kit.requests import address_of


def test_a_request_came_from_the_address_of_its_client() -> None:
    assert address_of(Request({"type": "http", "client": ("10.0.0.9", 5000)})) == "10.0.0.9"


def test_a_request_over_a_socket_file_has_no_address() -> None:
    assert address_of(Request({"type": "http", "client": None})) == ""
