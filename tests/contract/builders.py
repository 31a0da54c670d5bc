"""One good example of everything that is kept, to be changed where a test cares."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

from qrev.accounts.grant import Grant
from qrev.accounts.models import (
    Account,
    ApiKey,
    AuditEntry,
    Change,
    ChangeKind,
    ChangeState,
    Invitation,
    InvitationState,
    Member,
    Role,
    Scope,
    Session,
    SessionId,
    Team,
    TeamMember,
    TeamRole,
    User,
    UserId,
)
from qrev.campaigns.logins import SealedLogin
from qrev.campaigns.models import (
    Draft,
    DraftStatus,
    Fact,
    LedgerEntry,
    Mailbox,
    Message,
    MessageStatus,
    Notice,
    Proposal,
    ProposalState,
    Prospect,
    Sequence,
    SequenceStatus,
    Step,
    message_id,
)
from qrev.campaigns.policies import Policy, PolicyKind
from qrev.campaigns.rulebook import Rulebook
from qrev.crm.company_ports import CompanyEdit
from qrev.crm.edits import FieldEdit, PersonEdit
from qrev.crm.models import Company, Person, Suppression, Upload
from tests.conftest import ACME, TUESDAY_10AM

ALICE = UserId("alice")
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
STEPS = (Step(number=1, delay=timedelta(0)), Step(number=2, delay=3 * DAY))


def a_user(**changes: Any) -> User:
    user = User(id=ALICE, email="alice@acme.test", name="Alice", created_at=TUESDAY_10AM)
    return replace(user, **changes)


def an_account(**changes: Any) -> Account:
    return replace(Account(id=ACME, name="Acme", timezone="Europe/Berlin"), **changes)


def a_member(**changes: Any) -> Member:
    return replace(Member(account_id=ACME, user_id=ALICE, role=Role.OWNER), **changes)


def a_session(key: str = "ses1", **changes: Any) -> Session:
    session = Session(
        id=SessionId(key),
        user_id=ALICE,
        email="alice@acme.test",
        name="Alice",
        account_id=ACME,
        device="Firefox",
        address="127.0.0.1",
        created_at=TUESDAY_10AM,
        last_seen_at=TUESDAY_10AM,
        expires_at=TUESDAY_10AM + 180 * DAY,
    )
    return replace(session, **changes)


def an_invitation(key: str = "inv1", **changes: Any) -> Invitation:
    invitation = Invitation(
        id=key,
        account_id=ACME,
        account_name="Acme",
        email="bob@pine.test",
        role=Role.SELLER,
        invited_by=ALICE,
        invited_by_name="Alice",
        state=InvitationState.OPEN,
        serial="first",
        created_at=TUESDAY_10AM,
        expires_at=TUESDAY_10AM + 14 * DAY,
    )
    return replace(invitation, **changes)


def a_team(key: str = "team1", **changes: Any) -> Team:
    team = Team(
        id=key,
        account_id=ACME,
        name="North",
        members=(TeamMember(user_id=ALICE, role=TeamRole.ADMIN),),
        created_at=TUESDAY_10AM,
    )
    return replace(team, **changes)


def an_api_key(key: str = "key1", **changes: Any) -> ApiKey:
    api_key = ApiKey(
        id=key,
        account_id=ACME,
        user_id=ALICE,
        email="alice@acme.test",
        user_name="Alice",
        name="Export",
        scopes=frozenset({Scope.READ}),
        hint="qrev_key1",
        created_at=TUESDAY_10AM,
    )
    return replace(api_key, **changes)


def an_audit_entry(key: str = "aud1", **changes: Any) -> AuditEntry:
    entry = AuditEntry(
        id=key,
        account_id=ACME,
        at=TUESDAY_10AM,
        by=ALICE,
        by_email="alice@acme.test",
        action="account.renamed",
        subject=ACME,
        before={"name": "Old"},
        after={"name": "Acme"},
        address="127.0.0.1",
        through="ses1",
    )
    return replace(entry, **changes)


def a_change(key: str = "chg1", **changes: Any) -> Change:
    change = Change(
        id=key,
        account_id=ACME,
        kind=ChangeKind.DELETE_ACCOUNT,
        subject=ACME,
        created_by=ALICE,
        hash="h1",
        facts=("Acme is deleted.",),
        state=ChangeState.OPEN,
        created_at=TUESDAY_10AM,
        expires_at=TUESDAY_10AM + 15 * MINUTE,
    )
    return replace(change, **changes)


def a_grant(**changes: Any) -> Grant:
    grant = Grant(
        user_id=ALICE,
        subject="google:1",
        email="alice@acme.test",
        scopes=frozenset({"send"}),
        access_sealed="1.old.a",
        refresh_sealed="1.old.r",
        key_id="old",
        expires_at=TUESDAY_10AM,
    )
    return replace(grant, **changes)


def a_person(key: str = "bob", **changes: Any) -> Person:
    person = Person(
        id=key,
        account_id=ACME,
        email=f"{key}@pine.test",
        name=key.title(),
        company_name="Pine",
        source="people.csv",
        created_at=TUESDAY_10AM,
    )
    return replace(person, **changes)


def an_edit(*edits: FieldEdit, **changes: Any) -> PersonEdit:
    """Bob's title becomes CEO, unless told otherwise."""
    edit = PersonEdit(
        account_id=ACME,
        person_id="bob",
        by=ALICE,
        at=TUESDAY_10AM,
        edits=edits or (FieldEdit(field="job_title", before="", after="CEO"),),
    )
    return replace(edit, **changes)


def a_company(key: str = "pine", **changes: Any) -> Company:
    company = Company(id=key, account_id=ACME, name=key.title(), url=f"https://{key}.test")
    return replace(company, **changes)


def a_company_edit(*edits: FieldEdit, **changes: Any) -> CompanyEdit:
    """Pine's industry becomes wood, unless told otherwise."""
    edit = CompanyEdit(
        account_id=ACME,
        company_id="pine",
        by=ALICE,
        at=TUESDAY_10AM,
        edits=edits or (FieldEdit(field="industry", before="", after="Wood"),),
    )
    return replace(edit, **changes)


def an_upload(**changes: Any) -> Upload:
    upload = Upload(
        id="u1",
        account_id=ACME,
        created_by=ALICE,
        filename="people.csv",
        size=5,
        created_at=TUESDAY_10AM,
    )
    return replace(upload, **changes)


def a_suppression(**changes: Any) -> Suppression:
    suppression = Suppression(
        account_id=ACME, value="bob@pine.test", reason="asked to stop", created_at=TUESDAY_10AM
    )
    return replace(suppression, **changes)


def a_sequence(key: str = "s1", **changes: Any) -> Sequence:
    sequence = Sequence(
        id=key,
        account_id=ACME,
        owner_id=ALICE,
        dropbox_id=f"ai-{key}",
        conversation_id="c1",
        name="Spring",
        steps=STEPS,
        status=SequenceStatus.DRAFT,
        upload_id="u1",
        people=0,
        is_enrolled=False,
        is_drafting=True,
        created_at=TUESDAY_10AM,
    )
    return replace(sequence, **changes)


def a_prospect(key: str = "bob", **changes: Any) -> Prospect:
    prospect = Prospect(
        id=f"s1:{key}",
        account_id=ACME,
        sequence_id="s1",
        person_id=key,
        email=f"{key}@pine.test",
        name=key.title(),
        company_name="Pine",
        job_title="CEO",
        timezone="Europe/Berlin",
        country="DE",
        steps=STEPS,
        position=1,
    )
    return replace(prospect, **changes)


def a_draft(key: str = "bob", step: int = 1, **changes: Any) -> Draft:
    draft = Draft(
        id=message_id(f"s1:{key}", step),
        account_id=ACME,
        sequence_id="s1",
        prospect_id=f"s1:{key}",
        step=step,
        subject="Hello",
        body="Hi there",
        facts=(Fact(text="They moved to Berlin.", source="their web site"),),
        missing=(),
        status=DraftStatus.READY,
        reason="",
        version=1,
    )
    return replace(draft, **changes)


def a_notice(key: str = "n1", **changes: Any) -> Notice:
    notice = Notice(
        id=key, account_id=ACME, conversation_id="c1", at=TUESDAY_10AM, text="All mails are out."
    )
    return replace(notice, **changes)


def a_mailbox(key: str = "m1", **changes: Any) -> Mailbox:
    mailbox = Mailbox(
        id=key,
        account_id=ACME,
        email=f"{key}@acme.test",
        name="Alice",
        channel="outbox",
        timezone="Europe/Berlin",
        cap=50,
        ramp_started_on=date(2026, 3, 1),
    )
    return replace(mailbox, **changes)


def a_proposal(key: str = "p1", **changes: Any) -> Proposal:
    proposal = Proposal(
        id=key,
        account_id=ACME,
        sequence_id="s1",
        conversation_id="c1",
        created_by=ALICE,
        hash="h1",
        seed=7,
        planned_at=TUESDAY_10AM,
        expires_at=TUESDAY_10AM + 15 * MINUTE,
        state=ProposalState.OPEN,
        people=1,
        messages=2,
        created_at=TUESDAY_10AM,
    )
    return replace(proposal, **changes)


def a_message(key: str = "bob", step: int = 1, **changes: Any) -> Message:
    """Return a message that is planned for Tuesday at ten and held by nothing."""
    message = Message(
        id=message_id(f"s1:{key}", step),
        account_id=ACME,
        sequence_id="s1",
        prospect_id=f"s1:{key}",
        person_id=key,
        proposal_id="p1",
        step=step,
        mailbox_id="m1",
        to=f"{key}@pine.test",
        to_name=key.title(),
        company="pine.test",
        timezone="Europe/Berlin",
        country="DE",
        subject="Hello",
        body="Hi there",
        send_at=TUESDAY_10AM,
        held_until=TUESDAY_10AM,
        because="first mail",
        status=MessageStatus.PLANNED,
        created_at=TUESDAY_10AM - DAY,
        ledger=(LedgerEntry(kind="planned", at=TUESDAY_10AM - DAY, status=MessageStatus.PLANNED),),
    )
    return replace(message, **changes)


def a_rulebook(**changes: Any) -> Rulebook:
    """Return rules of every kind that can be kept."""
    book = Rulebook(
        values={
            "windows": {"0": [["09:00", "12:00"], ["13:00", "24:00"]]},
            "skips_holidays": False,
        },
        policies=(
            Policy(
                id="pol1",
                kind=PolicyKind.CLOSED,
                weekdays=(4,),
                begins=time(14),
                said="never on Fridays after 14",
                created_by="alice",
                created_at=TUESDAY_10AM,
            ),
            Policy(id="pol2", kind=PolicyKind.NO_DOMAIN, domains=("gmail.com",), is_on=False),
        ),
    )
    return replace(book, **changes)


def a_login(**changes: Any) -> SealedLogin:
    login = SealedLogin(mailbox_id="m1", account_id=ACME, sealed="one", key_id="old", version=1)
    return replace(login, **changes)
