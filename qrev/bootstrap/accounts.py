"""The accounts room, wired: who comes in, and who may do what."""

from __future__ import annotations

from dataclasses import dataclass

from pymongo.asynchronous.database import AsyncDatabase

from qrev.accounts import store
from qrev.accounts.api_keys import ApiKeys
from qrev.accounts.audit import Audit
from qrev.accounts.changes import Changes
from qrev.accounts.grants import Grants
from qrev.accounts.invitations import InvitationLinks, Invitations
from qrev.accounts.members import Members, Traces
from qrev.accounts.ports import GrantIssuer, InvitationPost
from qrev.accounts.profile import Profile
from qrev.accounts.service import Accounts, Books
from qrev.accounts.sessions import Sessions
from qrev.accounts.sign_in import SignIn
from qrev.accounts.teams import Teams
from qrev.accounts.tokens import TokenMint, TokenSecrets
from qrev.campaigns.store.sequences import MongoBelongings
from qrev.kit.clock import Clock
from qrev.kit.crypto import Vault
from qrev.kit.mongo import Document
from qrev.kit.signing import Signer
from qrev.settings import Settings

INVITATION_PATH = "/invitation"


@dataclass(frozen=True, kw_only=True, slots=True)
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


def who_may(
    settings: Settings,
    db: AsyncDatabase[Document],
    post: InvitationPost,
    issuer: GrantIssuer,
    *,
    clock: Clock,
) -> WhoMay:
    """Wire the accounts room."""
    books = Books(
        accounts=store.MongoAccountBook(db),
        users=store.MongoUserBook(db),
        members=store.MongoMemberBook(db),
        sessions=store.MongoSessionBook(db),
    )
    invitation_book = store.MongoInvitationBook(db)
    team_book = store.MongoTeamBook(db)
    api_key_book = store.MongoApiKeyBook(db)
    audit = Audit(entries=store.MongoAuditBook(db), clock=clock)
    accounts = Accounts(books=books, eraser=store.MongoEraser(db), audit=audit, clock=clock)
    sessions = Sessions(
        sessions=books.sessions,
        users=books.users,
        members=books.members,
        api_keys=api_key_book,
        mint=TokenMint(_token_secrets(settings), clock=clock),
        audit=audit,
        clock=clock,
    )
    members = Members(
        members=books.members,
        users=books.users,
        traces=Traces(
            invitations=invitation_book,
            teams=team_book,
            api_keys=api_key_book,
            belongings=MongoBelongings(db),
        ),
        audit=audit,
        clock=clock,
    )
    return WhoMay(
        accounts=accounts,
        sign_in=SignIn(
            users=books.users,
            accounts=accounts,
            invitations=invitation_book,
            sessions=sessions,
            clock=clock,
        ),
        sessions=sessions,
        members=members,
        changes=Changes(
            changes=store.MongoChangeBook(db),
            accounts=accounts,
            members=members,
            audit=audit,
            clock=clock,
        ),
        invitations=Invitations(
            invitations=invitation_book,
            books=books,
            links=InvitationLinks(
                Signer(settings.link_secret.get_secret_value(), "invitation"),
                settings.base_url + INVITATION_PATH,
            ),
            post=post,
            audit=audit,
            clock=clock,
        ),
        teams=Teams(teams=team_book, members=books.members, audit=audit, clock=clock),
        profile=Profile(books=books, pictures=store.MongoPictures(db), audit=audit),
        api_keys=ApiKeys(keys=api_key_book, audit=audit, clock=clock),
        grants=Grants(
            grants=store.MongoGrantBook(db),
            vault=Vault(settings.encryption_keys),
            issuer=issuer,
            clock=clock,
        ),
        audit=audit,
    )


def _token_secrets(settings: Settings) -> TokenSecrets:
    return TokenSecrets(
        access=settings.access_token_jwt_secret.get_secret_value(),
        refresh=settings.refresh_token_jwt_secret.get_secret_value(),
        access_life=settings.access_token_life,
        refresh_life=settings.refresh_token_life,
    )
