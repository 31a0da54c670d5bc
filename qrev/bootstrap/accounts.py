"""The accounts room, wired: who comes in, and who may do what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pymongo.asynchronous.database import AsyncDatabase

from qrev.accounts import store
from qrev.accounts.api_keys import ApiKeys
from qrev.accounts.audit import Audit
from qrev.accounts.changes import NO_MAKERS, Changes
from qrev.accounts.grants import Grants
from qrev.accounts.invitations import InvitationLinks, Invitations
from qrev.accounts.members import Members, Traces
from qrev.accounts.models import AccountId, ChangeKind, UserId
from qrev.accounts.ports import ChangeMaker, GrantIssuer, InvitationPost
from qrev.accounts.profile import Profile
from qrev.accounts.service import Accounts, Books
from qrev.accounts.sessions import Sessions
from qrev.accounts.sign_in import SignIn
from qrev.accounts.teams import Teams
from qrev.accounts.tokens import TokenMint, TokenSecrets
from qrev.accounts.users import Users
from qrev.campaigns.store.sequences import MongoBelongings
from qrev.crm.store.owned import MongoOwnedPeople
from qrev.kit.clock import Clock
from qrev.kit.crypto import Vault
from qrev.kit.mongo import Document
from qrev.kit.signing import Signer
from qrev.settings import Settings

INVITATION_PATH = "/invitation"


@dataclass(frozen=True, kw_only=True)
class WhoMay:
    """Who comes in, and who may do what."""

    accounts: Accounts
    sign_in: SignIn
    sessions: Sessions
    members: Members
    changes: Changes
    invitations: Invitations
    teams: Teams
    profile: Profile
    api_keys: ApiKeys
    grants: Grants
    audit: Audit
    users: Users


class _Stores:
    """What is kept about who may do what, and the log of how it changed."""

    def __init__(self, db: AsyncDatabase[Document], clock: Clock) -> None:
        self.books = Books(
            accounts=store.MongoAccountBook(db),
            users=store.MongoUserBook(db),
            members=store.MongoMemberBook(db),
            sessions=store.MongoSessionBook(db),
        )
        self.invitations = store.MongoInvitationBook(db)
        self.teams = store.MongoTeamBook(db)
        self.api_keys = store.MongoApiKeyBook(db)
        self.changes = store.MongoChangeBook(db)
        self.grants = store.MongoGrantBook(db)
        self.pictures = store.MongoPictures(db)
        self.eraser = store.MongoEraser(db)
        self.belongings = AllBelongings(db)
        self.audit = Audit(entries=store.MongoAuditBook(db), clock=clock)


class AllBelongings:
    """What a member owns in the other rooms. Sequences are counted: of people they may have many,
    and nothing is to be decided about them.
    """

    def __init__(self, db: AsyncDatabase[Document]) -> None:
        self._sequences = MongoBelongings(db)
        self._people = MongoOwnedPeople(db)

    async def count(self, account_id: AccountId, user_id: UserId) -> int:
        return await self._sequences.count(account_id, user_id)

    async def hand_over(self, account_id: AccountId, user_id: UserId, to: UserId) -> int:
        """Return how many sequences changed hands; the people do as well."""
        await self._people.hand_over(account_id, user_id, to)
        return await self._sequences.hand_over(account_id, user_id, to)


def who_may(
    settings: Settings,
    db: AsyncDatabase[Document],
    post: InvitationPost,
    issuer: GrantIssuer,
    *,
    clock: Clock,
    makers: Mapping[ChangeKind, ChangeMaker] = NO_MAKERS,
) -> WhoMay:
    """Wire the accounts room."""
    stores = _Stores(db, clock)
    books, audit = stores.books, stores.audit
    accounts = Accounts(books=books, eraser=stores.eraser, audit=audit, clock=clock)
    sessions = _sessions(settings, stores, clock)
    members = _members(stores, clock)
    return WhoMay(
        accounts=accounts,
        sign_in=SignIn(
            users=books.users,
            accounts=accounts,
            invitations=stores.invitations,
            sessions=sessions,
            clock=clock,
        ),
        sessions=sessions,
        members=members,
        changes=Changes(
            changes=stores.changes,
            accounts=accounts,
            members=members,
            audit=audit,
            clock=clock,
            makers=makers,
        ),
        invitations=_invitations(settings, stores, post, clock),
        teams=Teams(teams=stores.teams, members=books.members, audit=audit, clock=clock),
        profile=Profile(books=books, pictures=stores.pictures, audit=audit),
        api_keys=ApiKeys(keys=stores.api_keys, audit=audit, clock=clock),
        grants=_grants(settings, stores, issuer, clock),
        audit=audit,
        users=_users(stores, clock),
    )


def grants_of(
    settings: Settings, db: AsyncDatabase[Document], issuer: GrantIssuer, *, clock: Clock
) -> Grants:
    """Wire what people let us do elsewhere, and nothing else."""
    return _grants(settings, _Stores(db, clock), issuer, clock)


def _grants(settings: Settings, stores: _Stores, issuer: GrantIssuer, clock: Clock) -> Grants:
    return Grants(
        grants=stores.grants,
        vault=Vault(settings.encryption_keys),
        issuer=issuer,
        audit=stores.audit,
        clock=clock,
    )


def users(db: AsyncDatabase[Document], *, clock: Clock) -> Users:
    """Wire what is done to users from the command line, and nothing else."""
    return _users(_Stores(db, clock), clock)


def _users(stores: _Stores, clock: Clock) -> Users:
    return Users(
        users=stores.books.users,
        members=stores.books.members,
        sessions=stores.books.sessions,
        api_keys=stores.api_keys,
        audit=stores.audit,
        clock=clock,
    )


def _sessions(settings: Settings, stores: _Stores, clock: Clock) -> Sessions:
    return Sessions(
        sessions=stores.books.sessions,
        users=stores.books.users,
        members=stores.books.members,
        mint=TokenMint(_token_secrets(settings), clock=clock),
        audit=stores.audit,
        clock=clock,
    )


def _members(stores: _Stores, clock: Clock) -> Members:
    return Members(
        members=stores.books.members,
        users=stores.books.users,
        traces=Traces(
            invitations=stores.invitations,
            teams=stores.teams,
            api_keys=stores.api_keys,
            belongings=stores.belongings,
        ),
        audit=stores.audit,
        clock=clock,
    )


def _invitations(
    settings: Settings, stores: _Stores, post: InvitationPost, clock: Clock
) -> Invitations:
    signer = Signer(settings.link_secret.get_secret_value(), "invitation")
    return Invitations(
        invitations=stores.invitations,
        books=stores.books,
        links=InvitationLinks(signer, settings.base_url + INVITATION_PATH),
        post=post,
        audit=stores.audit,
        clock=clock,
    )


def _token_secrets(settings: Settings) -> TokenSecrets:
    return TokenSecrets(
        access=settings.access_token_jwt_secret.get_secret_value(),
        refresh=settings.refresh_token_jwt_secret.get_secret_value(),
        access_life=settings.access_token_life,
        refresh_life=settings.refresh_token_life,
    )
