"""What the environment must tell us, read once by the doors. Everyone else is handed values."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from qrev.kit.embedded import CannotStart, make_private

KEPT = (
    "ai_bot_server_token",
    "chainlit_auth_secret",
    "link_secret",
    "encryption_key",
    "access_token_jwt_secret",
    "refresh_token_jwt_secret",
)
# Whoever guesses one of these comes in as anyone, or reads what was sealed.
CRITICAL = KEPT[1:]
MIN_SECRET = 32  # bytes
SECRETS_FILE = "secrets.json"
GOOGLE = "https://accounts.google.com"
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class Settings(BaseSettings):
    """Names are those of `.env.example`, in capitals. An empty value counts as not given."""

    model_config = SettingsConfigDict(
        env_file=".env",
        env_file_encoding="utf-8",
        frozen=True,
        extra="ignore",
        env_ignore_empty=True,
    )

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535)] = 8080
    data_dir: Path = Path("data")
    server_url_path: str = ""  # where the world reaches us; the host and port if not given
    trusted_proxies: str = ""  # whose X-Forwarded-For is believed; empty: nobody's
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    metrics_token: SecretStr = SecretStr("")  # empty: /health and /metrics for this machine only

    mongo_db_url: str = ""  # empty: the embedded database
    mongo_db_name: str = "qrev"

    broker_url: SecretStr = SecretStr("")  # empty: the web process does the jobs itself

    ai_bot_server_url: str = ""  # empty: the AI server in this process
    ai_bot_server_token: SecretStr = SecretStr("")
    ai_bot_token_in_body: bool = False
    ai_dropbox_db: str = ""  # empty: the same database

    llm_base_url: str = ""  # empty: no language model, the built-in rules and writer
    llm_api_key: SecretStr = SecretStr("")
    llm_model: str = ""
    llm_concurrency: Annotated[int, Field(ge=1, le=100)] = 8
    # What the model's maker asks for a million tokens, in dollars.
    llm_price_read: Annotated[float, Field(ge=0, le=10_000)] = 0
    llm_price_written: Annotated[float, Field(ge=0, le=10_000)] = 0
    # What a month may take, 0 is without limit: of a workspace, and of each of its members.
    llm_account_dollars: Annotated[float, Field(ge=0)] = 0
    llm_account_tokens: Annotated[int, Field(ge=0)] = 0
    llm_member_dollars: Annotated[float, Field(ge=0)] = 0
    llm_member_tokens: Annotated[int, Field(ge=0)] = 0

    google_client_id: str = ""
    google_client_secret: SecretStr = SecretStr("")
    google_issuer: str = GOOGLE
    access_token_expires_in: Annotated[int, Field(ge=60, le=86_400)] = 900  # seconds
    refresh_token_expires_in: Annotated[int, Field(ge=3_600, le=34_560_000)] = 15_552_000

    smtp_url: SecretStr = SecretStr("")  # empty: the local outbox
    smtp_from: str = ""
    smtp_warmed: bool = False
    hold_minutes: Annotated[float, Field(ge=0, le=60)] = 2
    # People a change may reach on one member's word; 0 for any number.
    approval_threshold: Annotated[int, Field(ge=0, le=1_000_000)] = 200
    # Whether lists are asked about in the domain name system: which domains take no mail.
    check_mail_domains: bool = False

    hubspot_app_id: str = ""
    hubspot_client_id: str = ""  # empty: HubSpot cannot be connected
    hubspot_client_secret: SecretStr = SecretStr("")
    hubspot_web_url: str = "https://app.hubspot.com"
    hubspot_api_url: str = "https://api.hubapi.com"

    zoom_client_id: str = ""  # empty: Zoom cannot be connected
    zoom_client_secret: SecretStr = SecretStr("")
    zoom_secret_token: SecretStr = SecretStr("")
    zoom_verification_token: SecretStr = SecretStr("")
    zoom_web_url: str = "https://zoom.us"
    zoom_api_url: str = "https://api.zoom.us/v2"

    sendgrid_api_key: SecretStr = SecretStr("")  # empty: faults are only logged
    sendgrid_host: str = "https://api.sendgrid.com"
    sendgrid_report_error_template_id: str = ""
    primary_report_email: str = ""
    secondary_report_email: str = ""
    report_from_email: str = ""
    environment_type: str = ""  # dev: nobody is mailed about faults

    chainlit_auth_secret: SecretStr = SecretStr("")
    link_secret: SecretStr = SecretStr("")
    encryption_key: SecretStr = SecretStr("")  # several, divided by commas: the first seals
    access_token_jwt_secret: SecretStr = SecretStr("")
    refresh_token_jwt_secret: SecretStr = SecretStr("")

    @field_validator("mongo_db_url")
    @classmethod
    def _is_mongo(cls, value: str) -> str:
        if value and not value.startswith(("mongodb://", "mongodb+srv://")):
            raise ValueError("must begin with mongodb:// or mongodb+srv://")
        return value

    @field_validator(
        *("ai_bot_server_url", "server_url_path", "google_issuer", "llm_base_url"),
        *("sendgrid_host", "hubspot_web_url", "hubspot_api_url"),
        *("zoom_web_url", "zoom_api_url"),
    )
    @classmethod
    def _is_http(cls, value: str) -> str:
        if value and not (value.startswith(("http://", "https://")) and urlsplit(value).netloc):
            raise ValueError("must be a whole address beginning with http:// or https://")
        return value.rstrip("/")

    @field_validator("broker_url")
    @classmethod
    def _is_amqp(cls, value: SecretStr) -> SecretStr:
        if (url := value.get_secret_value()) and not url.startswith(("amqp://", "amqps://")):
            raise ValueError("must begin with amqp:// or amqps://")
        return value

    @field_validator("smtp_url")
    @classmethod
    def _is_smtp(cls, value: SecretStr) -> SecretStr:
        if value.get_secret_value() and not _is_smtp_url(value.get_secret_value()):
            raise ValueError(
                "must look like smtp://user:password@host:port or smtps://…, with %2F for a / in "
                "the password and so on"
            )
        return value

    @property
    def is_embedded(self) -> bool:
        return not self.mongo_db_url

    @property
    def hold(self) -> timedelta:
        return timedelta(minutes=self.hold_minutes)

    @property
    def access_token_life(self) -> timedelta:
        return timedelta(seconds=self.access_token_expires_in)

    @property
    def refresh_token_life(self) -> timedelta:
        return timedelta(seconds=self.refresh_token_expires_in)

    @property
    def encryption_keys(self) -> tuple[str, ...]:
        """Every key there is, the one to seal with first."""
        given = self.encryption_key.get_secret_value().split(",")
        return tuple(key.strip() for key in given if key.strip())

    @property
    def base_url(self) -> str:
        """Where a browser, a mail reader and the AI server find us."""
        return self.server_url_path or f"http://localhost:{self.port}"

    @property
    def gmail_url(self) -> str:
        """Where the Gmail API is: beside the issuer, where that is not Google itself."""
        is_google = self.google_issuer == GOOGLE
        return "https://gmail.googleapis.com" if is_google else self.google_issuer

    @property
    def has_local_sign_in(self) -> bool:
        """Names without a password are for one's own machine only."""
        return not self.google_client_id and self.host in LOOPBACK


def _is_smtp_url(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("smtp", "smtps") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # its words would quote what may be a piece of the password
        return False


def load() -> Settings:
    """Return the settings, with the secrets this installation keeps for itself filled in.

    Raises CannotStart with one sentence naming the setting that is missing or wrong.
    """
    try:
        settings = Settings()
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        name = str(first["loc"][0]).upper() if first["loc"] else "a setting"
        reason = first["msg"].removeprefix("Value error, ")
        raise CannotStart(f"The setting {name} cannot be used: {reason}.") from error
    if settings.ai_bot_server_url and not settings.ai_bot_server_token.get_secret_value():
        raise CannotStart("AI_BOT_SERVER_URL is set, so AI_BOT_SERVER_TOKEN must be set too.")
    if settings.broker_url.get_secret_value() and settings.is_embedded:
        raise CannotStart(
            "BROKER_URL is set, so several processes share the work and need one database: "
            "MONGO_DB_URL must be set too."
        )
    if settings.llm_base_url and not settings.llm_model:
        raise CannotStart("LLM_BASE_URL is set, so LLM_MODEL (which model to ask for) must be too.")
    if settings.smtp_url.get_secret_value() and not settings.smtp_from:
        raise CannotStart("SMTP_URL is set, so SMTP_FROM (the address to send from) must be too.")
    if settings.google_client_id and not settings.google_client_secret.get_secret_value():
        raise CannotStart("GOOGLE_CLIENT_ID is set, so GOOGLE_CLIENT_SECRET must be set too.")
    if settings.hubspot_client_id and not settings.hubspot_client_secret.get_secret_value():
        raise CannotStart("HUBSPOT_CLIENT_ID is set, so HUBSPOT_CLIENT_SECRET must be set too.")
    if settings.zoom_client_id and not settings.zoom_client_secret.get_secret_value():
        raise CannotStart("ZOOM_CLIENT_ID is set, so ZOOM_CLIENT_SECRET must be set too.")
    if settings.sendgrid_api_key.get_secret_value():
        _must_tell_somebody(settings)
    return _with_secrets(settings)


def _must_tell_somebody(settings: Settings) -> None:
    """Raise CannotStart for reports that would reach nobody."""
    needed = ("primary_report_email", "report_from_email", "sendgrid_report_error_template_id")
    for name in needed:
        if not getattr(settings, name):
            raise CannotStart(f"SENDGRID_API_KEY is set, so {name.upper()} must be set too.")


def _with_secrets(settings: Settings) -> Settings:
    missing = [name for name in KEPT if not getattr(settings, name).get_secret_value()]
    if missing and not settings.is_embedded:
        names = ", ".join(name.upper() for name in missing)
        raise CannotStart(
            f"MONGO_DB_URL is set, so several processes may share it and need the same {names}. "
            "Set each to 64 random characters."
        )
    if not settings.is_embedded or settings.host not in LOOPBACK:
        _must_be_strong(settings)
    if not missing:
        return settings
    kept = _kept_secrets(settings.data_dir)
    return settings.model_copy(update={name: SecretStr(kept[name]) for name in missing})


def _must_be_strong(settings: Settings) -> None:
    """Raise CannotStart for secrets that the world could guess."""
    for name in CRITICAL:
        secret = getattr(settings, name).get_secret_value()
        parts = settings.encryption_keys if name == "encryption_key" else (secret,)
        if not parts or any(len(part.encode()) < MIN_SECRET for part in parts):
            raise CannotStart(
                f"QRev is reachable from elsewhere, so {name.upper()} must be set, to at least "
                f"{MIN_SECRET} random bytes. `openssl rand -hex 32` makes some."
            )


def _kept_secrets(data_dir: Path) -> Mapping[str, str]:
    """Return this installation's own secrets. Those that are not there yet are made."""
    make_private(data_dir)
    path = data_dir / SECRETS_FILE
    made = {name: secrets.token_urlsafe(48) for name in KEPT}
    with contextlib.suppress(FileExistsError):
        _write_once(path, made)
    try:
        kept = {str(name): str(value) for name, value in json.loads(path.read_text()).items()}
        if not kept.keys() >= made.keys():
            # Kept by an earlier version, which needed fewer.
            kept = made | kept
            _replace(path, kept)
    except (OSError, ValueError, AttributeError) as error:
        raise CannotStart(
            f"{path} cannot be read. Restore it from a backup, or delete it: everyone signs in "
            "again, mailboxes are connected again, and opt-out links in mails already sent stop "
            "working."
        ) from error
    return kept


def _write_once(path: Path, kept: Mapping[str, str]) -> None:
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(dict(kept), file)


def _replace(path: Path, kept: Mapping[str, str]) -> None:
    """Write all of it or nothing."""
    partial = path.with_suffix(".part")
    partial.unlink(missing_ok=True)
    _write_once(partial, kept)
    partial.replace(path)
