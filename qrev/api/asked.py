"""What programs may send, as types. A field nobody knows is a mistake, and is said."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt, StringConstraints

from qrev.accounts.models import Role, Scope, TeamRole

Id = Annotated[str, Field(min_length=1, max_length=300)]
IdAsked = Annotated[str, Query(min_length=1, max_length=300)]  # in the address
Name = Annotated[str, Field(min_length=1, max_length=100)]
Email = Annotated[str, Field(min_length=3, max_length=320)]
Zone = Annotated[str, Field(max_length=100, examples=["Europe/Berlin"])]
Secret = Annotated[str, Field(min_length=1, max_length=4000)]
HourOfDay = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$", examples=["09:00"])]
Weekday = Annotated[StrictInt, Field(ge=0, le=6, description="0 is Monday.")]


class _Asked(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class RefreshAsked(_Asked):
    refresh_token: Secret


class LogoutAsked(_Asked):
    everywhere: StrictBool = False


class SessionAsked(_Asked):
    session_id: Id


class ProfileAsked(_Asked):
    """What is left out stays as it is."""

    name: Name | None = None
    phone: Annotated[str, Field(max_length=40)] | None = None
    timezone: Zone | None = None


class AccountAsked(_Asked):
    account_id: Id


class NewAccountAsked(_Asked):
    name: Name
    domain: Annotated[str, Field(max_length=253)] = ""
    timezone: Zone = ""


class RenameAsked(_Asked):
    """What is left out stays as it is."""

    name: Name | None = None
    domain: Annotated[str, Field(max_length=253)] | None = None


class PostalAddressAsked(_Asked):
    postal_address: Annotated[str, Field(max_length=2000)]


class ZoneAsked(_Asked):
    timezone: Zone


class MemberAsked(_Asked):
    user_id: Id


class RoleAsked(_Asked):
    user_id: Id
    role: Role


class InvitationAsked(_Asked):
    invitation_id: Id


class NewInvitationAsked(_Asked):
    email: Email
    role: Role = Role.SELLER


class WorkingHoursAsked(_Asked):
    weekdays: Annotated[list[Weekday], Field(max_length=7)]
    opens: HourOfDay = "09:00"
    closes: HourOfDay = "17:00"


class ChangeAsked(_Asked):
    change_id: Id


class ConfirmAsked(_Asked):
    change_id: Id
    hash: Annotated[str, Field(min_length=1, max_length=100)]


class NewApiKeyAsked(_Asked):
    name: Name
    scopes: Annotated[list[Scope], Field(min_length=1, max_length=len(Scope))]
    days: Annotated[StrictInt, Field(ge=1, le=3650)] | None = None


class ApiKeyAsked(_Asked):
    key_id: Id


class NewTeamAsked(_Asked):
    name: Name


class TeamAsked(_Asked):
    team_id: Id


class TeamNameAsked(_Asked):
    team_id: Id
    name: Name


class TeamMemberAsked(_Asked):
    team_id: Id
    user_id: Id


class TeamPlaceAsked(_Asked):
    team_id: Id
    user_id: Id
    role: TeamRole = TeamRole.MEMBER
    is_observer: StrictBool = False


FieldName = Annotated[str, StringConstraints(min_length=1, max_length=100)]
Value = Annotated[str, StringConstraints(max_length=2000)]


class PersonChangeAsked(_Asked):
    """`seen` is what the fields held when you looked: what is left out of it is not compared."""

    person_id: Id
    changes: Annotated[
        dict[FieldName, Value],
        Field(min_length=1, max_length=100, examples=[{"job_title": "CEO"}]),
    ]
    seen: Annotated[dict[FieldName, Value], Field(max_length=100)] = {}


class SuppressionAsked(_Asked):
    """`value` is an address or a domain."""

    value: Annotated[str, Field(min_length=3, max_length=320, examples=["acme.com"])]
    reason: Annotated[str, Field(min_length=1, max_length=200, examples=["a partner of ours"])]


class UnsuppressionAsked(SuppressionAsked):
    """What the person behind it asked for needs `is_meaning_known` to be taken off."""

    is_meaning_known: StrictBool = False
