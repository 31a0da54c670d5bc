"""What the backend and the AI server say to each other. Used by both sides.

Strict in what we send, forgiving in what we read: one action that cannot be read becomes an
`UnknownAction` and never costs the others.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, Field, model_validator

from qrev.assistant.contract_base import Short as Short
from qrev.assistant.contract_base import SourcedFact as SourcedFact
from qrev.assistant.contract_base import Spoken
from qrev.assistant.contract_base import Text as Text
from qrev.assistant.contract_edits import ChosenMails as ChosenMails
from qrev.assistant.contract_edits import DraftEditAction as DraftEditAction
from qrev.assistant.contract_edits import MailsRewrittenAction as MailsRewrittenAction
from qrev.assistant.contract_edits import MailToRewrite as MailToRewrite
from qrev.assistant.contract_edits import RewriteRequest as RewriteRequest
from qrev.assistant.contract_edits import RewrittenMail as RewrittenMail

MAX_ANSWER = 10 * 1024 * 1024  # bytes; no honest answer comes near
EVENTS = "text/event-stream"  # how words are told as they come, to those who accept it
MAX_INLINE_ROWS = 500  # a bigger upload is laid into the drop box instead
SAMPLE_ROWS = 20
MAX_ACTIONS = 50
MAX_CALLBACK_MESSAGES = 500


def _text_or_number(value: object) -> object:
    """Read an id that is a number as its digits; anything else has to be text already."""
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return str(value) if is_number else value


class Said(Spoken, BaseModel):
    """Anything said across the wire."""


# --- the request ---------------------------------------------------------------------------------


class Utterance(Said):
    role: Literal["user", "assistant"]
    content: Text


class ConversationSoFar(Said):
    conversation_id: str
    messages: list[Utterance] = []


class SenderCompany(Said):
    """Both spellings of the address: servers read one or the other."""

    name: str = ""
    description: str = ""
    website: str = ""
    website_url: str = ""
    industry: str = ""


class SenderPerson(Said):
    name: str = ""
    email: str = ""
    title: str = ""
    company: str = ""


class TimeOfDispatch(Said):
    time_value: Annotated[float, Field(ge=0, le=100_000)] = 0
    time_unit: Short = "days"

    def span(self) -> timedelta:
        """Return the time since the sequence's first step. Unknown units count as days."""
        unit = self.time_unit.strip().lower().rstrip("s")
        length = {
            "minute": timedelta(minutes=1),
            "min": timedelta(minutes=1),
            "hour": timedelta(hours=1),
            "hr": timedelta(hours=1),
            "week": timedelta(weeks=1),
            "month": timedelta(days=30),
        }.get(unit, timedelta(days=1))
        return min(self.time_value * length, timedelta(days=3650))


class StepTemplate(Said):
    type: str = "email"
    time_of_dispatch: TimeOfDispatch = TimeOfDispatch()


class Defaults(Said):
    exclude_domains: list[str] = []
    sequence_steps_template: list[StepTemplate] = []


class DocumentPage(Said):
    number: int
    text: str = ""


class ResourceDocument(Said):
    name: Literal["brand_doc", "pain_points_doc", "case_studies_doc", "icp_doc"]
    links: list[str] = []
    text: str = ""
    title: Short = ""
    pages: list[DocumentPage] = []  # the same text by page, so that a fact can name its page


class UploadSummary(Said):
    """Stands for a big upload: the rows themselves are in the drop box under `upload_id`."""

    header: list[str]
    sample: list[dict[str, str]]
    count: int
    upload_id: str


class LookUp(Said):
    """Where a server may read on behalf of the member, with the member's rights and no more."""

    url: str
    ticket: Annotated[str, Field(max_length=4000)]


class TurnRequest(Said):
    query: Text
    company_id: str
    user_id: str
    token: str | None = None
    asynchronous: str = ""
    conversation: ConversationSoFar
    sender_company: SenderCompany = SenderCompany()
    sender_person: SenderPerson = SenderPerson()
    default_configurations: Defaults = Defaults()
    sender_resource_documents: list[ResourceDocument] = []
    uploaded_data: list[dict[str, str]] | UploadSummary | None = None
    is_demo_conversation: bool = False
    look_up: LookUp | None = None
    rewrite: RewriteRequest | None = None


# --- the answer ----------------------------------------------------------------------------------


class TextAction(Said):
    type: Literal["text"] = "text"
    response: Text


class ListAction(Said):
    type: Literal["list"] = "list"
    title: Short = ""
    values: Annotated[list[dict[str, Any]], Field(max_length=10_000)] = []

    def columns(self) -> list[str]:
        """Return the union of the rows' keys, in the order they first appear."""
        return list(dict.fromkeys(key for row in self.values for key in row))


class DraftedStep(Said):
    id: Annotated[str, BeforeValidator(_text_or_number), Field(max_length=100)] = ""
    type: Short = "email"
    time_of_dispatch: TimeOfDispatch = TimeOfDispatch()


class DraftedSequence(Said):
    id: Annotated[str, BeforeValidator(_text_or_number), Field(min_length=1, max_length=200)]
    name: Short = ""
    steps: Annotated[list[DraftedStep], Field(max_length=20)] = []


class SequenceDraftAction(Said):
    type: Literal["email_sequence_draft"] = "email_sequence_draft"
    title: Short = ""
    subject: Annotated[str, Field(max_length=1000)] = ""
    body: Text = ""
    sequence: DraftedSequence

    @model_validator(mode="before")
    @classmethod
    def _usual_spellings(cls, data: Any) -> Any:
        if not isinstance(data, Mapping):
            return data
        read = dict(data)
        if not read.get("body") and isinstance(read.get("content"), str):
            read["body"] = read["content"]
        if not read.get("sequence") and read.get("sequence_id"):
            read["sequence"] = {"id": read["sequence_id"]}
        return read


class QueryAction(Said):
    type: Literal["query"] = "query"
    entity: Literal[
        "people",
        "companies",
        "sequences",
        "prospects",
        "messages",
        "events",
        "audit",
        "members",
        "teams",
        "suppressions",
        "plan",
    ]
    filter: dict[str, str | int | float | bool | None] = {}
    sort: Short = ""
    limit: Annotated[int, Field(ge=1, le=1000)] = 25
    group_by: Short = ""


class ChartAction(Said):
    type: Literal["chart"] = "chart"
    title: Short = ""
    query: QueryAction
    kind: Literal["bar", "line", "funnel"] = "bar"


class ProposalAction(Said):
    type: Literal["proposal"] = "proposal"
    kind: Short
    arguments: dict[str, Any] = {}


class QuestionAction(Said):
    type: Literal["question"] = "question"
    response: Text
    choices: Annotated[list[Short], Field(max_length=12)] = []


class UnknownAction(Said):
    """Something this version cannot show. `type` is for the log."""

    type: str
    reason: str = ""


KnownAction = Annotated[
    TextAction
    | ListAction
    | SequenceDraftAction
    | QueryAction
    | ChartAction
    | ProposalAction
    | DraftEditAction
    | MailsRewrittenAction
    | QuestionAction,
    Field(discriminator="type"),
]
Action = KnownAction | UnknownAction


class Answer(Said):
    actions: list[KnownAction] = []


class LookUpRequest(Said):
    """What a server wants to know: people, sequences, or the numbers of one sequence."""

    ticket: Annotated[str, Field(max_length=4000)]
    about: Literal["people", "sequences", "numbers"]
    contains: Short = ""
    sequence_id: Short = ""
    limit: Annotated[int, Field(ge=1, le=50)] = 20


# --- the drop box and the callback ---------------------------------------------------------------

PROSPECTS_COLLECTION = "ai_prospects"
MESSAGES_COLLECTION = "ai_messages"
UPLOADS_COLLECTION = "ai_uploads"
SPENDING_COLLECTION = "ai_spending"
STOPS_COLLECTION = "ai_stops"  # sequences, by their id, whose drafting a member stopped


def spending_id(account_id: str, month: str, user_id: str = "") -> str:
    """Return under what a month is counted: the whole workspace's, or one member's of it."""
    return f"{account_id}:{month}:{user_id}"


class ProspectRow(Said):
    """One person the AI server found or took over from an upload."""

    sequence_id: str
    email: Annotated[str, Field(min_length=3, max_length=320)]
    name: Short = ""
    timezone: Short = ""
    phone_number: Short = ""
    company_name: Short = ""
    company_url: Annotated[str, Field(max_length=2000)] = ""
    job_title: Short = ""
    linkedin_url: Annotated[str, Field(max_length=2000)] = ""
    fields: dict[str, str] = {}

    @property
    def id(self) -> str:
        return f"{self.sequence_id}:{self.email}"


class MessageRow(Said):
    """One drafted message. `step` counts from 1; where it is missing, `step_id` is one of the ids
    in the answer, or the number as text.
    """

    sequence_id: str
    step_id: Annotated[str, BeforeValidator(_text_or_number), Field(max_length=100)] = ""
    step: Annotated[int, Field(ge=0, le=100)] = 0
    email: Annotated[str, Field(min_length=3, max_length=320)]
    subject: Annotated[str, Field(max_length=1000)] = ""
    body: Text = ""
    facts: Annotated[list[SourcedFact], Field(max_length=100)] = []
    missing: Annotated[list[Short], Field(max_length=50)] = []
    status: Literal["ready", "failed"] = "ready"
    reason: Annotated[str, Field(max_length=1000)] = ""
    model: Short = ""  # which language model wrote it; "" for none
    prompt: Short = ""  # and after which version of the instructions
    dollars: Annotated[float, Field(ge=0, le=1000)] = 0

    @property
    def id(self) -> str:
        return f"{self.sequence_id}:{self.email}:{self.step or self.step_id}"


HISTORICAL = {
    "prospect_generation_completion": "prospects_ready",
    "sequence_step_personalized_messages": "messages_ready",
}
CallbackType = Literal["prospects_ready", "messages_progress", "messages_ready", "messages_failed"]


class Callback(Said):
    """Something arrived in the drop box. The historical form is read as the typed one.

    A server that cannot reach the drop box sends `prospects` and `messages` along, 500 of each.
    """

    type: CallbackType
    sequence_id: Annotated[
        str, BeforeValidator(_text_or_number), Field(min_length=1, max_length=200)
    ]
    step_id: Annotated[str, BeforeValidator(_text_or_number), Field(max_length=100)] = ""
    done: Annotated[int, Field(ge=0)] = 0
    total: Annotated[int, Field(ge=0)] = 0
    prospects: Annotated[list[dict[str, Any]], Field(max_length=MAX_CALLBACK_MESSAGES)] = []
    messages: Annotated[list[dict[str, Any]], Field(max_length=MAX_CALLBACK_MESSAGES)] = []
    is_historical: bool = False

    @model_validator(mode="before")
    @classmethod
    def _historical_form(cls, data: Any) -> Any:
        if not isinstance(data, Mapping):
            return data
        read = dict(data)
        if read.get("type") in HISTORICAL:
            read["type"] = HISTORICAL[str(read["type"])]
            read["is_historical"] = True
        if not read.get("step_id") and read.get("sequence_step_id"):
            read["step_id"] = read["sequence_step_id"]
        return read
