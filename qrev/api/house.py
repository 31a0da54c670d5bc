"""What stands behind the routes, as each of them finds it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from qrev.api.door import Doorkeeper
from qrev.bootstrap import Services


@dataclass(frozen=True, kw_only=True, slots=True)
class House:
    services: Services
    doorkeeper: Doorkeeper


def _services(request: Request) -> Services:
    house: House = request.app.state.house
    return house.services


Behind = Annotated[Services, Depends(_services)]
