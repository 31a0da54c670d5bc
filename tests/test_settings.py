from __future__ import annotations

import re
import stat
from pathlib import Path

import pytest

from qrev.kit.embedded import CannotStart
from qrev.settings import Settings, load

ROOT = Path(__file__).parent.parent


@pytest.fixture(autouse=True)
def _a_clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)


def test_the_example_names_every_setting_and_no_other() -> None:
    text = (ROOT / ".env.example").read_text()

    named = set(re.findall(r"^([A-Z_]+)=", text, re.MULTILINE))

    assert named == {name.upper() for name in Settings.model_fields}


def test_the_example_as_it_is_changes_nothing(tmp_path: Path) -> None:
    before = Settings()

    (tmp_path / ".env").write_text((ROOT / ".env.example").read_text())

    assert Settings() == before


def test_nothing_set_is_enough_and_the_secrets_stay_the_same(tmp_path: Path) -> None:
    first, second = load(), load()

    assert first == second
    assert len(first.link_secret.get_secret_value()) >= 64
    assert stat.S_IMODE((tmp_path / "data" / "secrets.json").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "eighty"),
        ("PORT", "70000"),
        ("MONGO_DB_URL", "localhost:27017"),
        ("AI_BOT_SERVER_URL", "example.org/turns"),
        ("GOOGLE_ISSUER", "accounts.google.com"),
        ("SMTP_URL", "mail.example.org"),
        ("SMTP_URL", "smtp://mail.example.org:post"),
        ("HOLD_MINUTES", "90"),
        ("LOG_LEVEL", "loud"),
    ],
)
def test_a_bad_setting_is_named_in_one_sentence(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)

    with pytest.raises(CannotStart, match=f"^The setting {name} cannot be used: [^\n]+$"):
        load()


def test_several_processes_must_be_given_the_same_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MONGO_DB_URL", "mongodb://db.example.test/")

    with pytest.raises(CannotStart, match="LINK_SECRET"):
        load()


def test_an_ai_server_elsewhere_needs_a_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AI_BOT_SERVER_URL", "https://ai.example.test/turns")

    with pytest.raises(CannotStart, match="AI_BOT_SERVER_TOKEN"):
        load()


def test_a_google_client_needs_its_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOOGLE_CLIENT_ID", "some-client")

    with pytest.raises(CannotStart, match="GOOGLE_CLIENT_SECRET"):
        load()


def test_an_unreadable_secrets_file_is_named(tmp_path: Path) -> None:
    load()
    (tmp_path / "data" / "secrets.json").write_text("{")

    with pytest.raises(CannotStart, match=r"secrets\.json"):
        load()


def test_names_without_a_password_are_for_loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOST", "0.0.0.0")

    assert not Settings().has_local_sign_in


SECRETS = (
    "CHAINLIT_AUTH_SECRET",
    "LINK_SECRET",
    "ENCRYPTION_KEY",
    "ACCESS_TOKEN_JWT_SECRET",
    "REFRESH_TOKEN_JWT_SECRET",
)


@pytest.mark.parametrize(
    ("weak", "value"),
    [
        *((name, value) for name in SECRETS for value in ("", "x" * 31)),
        ("ENCRYPTION_KEY", f"{'x' * 32},short"),
    ],
)
def test_beyond_loopback_secrets_are_given_and_strong(
    weak: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOST", "0.0.0.0")
    for name in SECRETS:
        monkeypatch.setenv(name, value if name == weak else "x" * 32)

    with pytest.raises(CannotStart, match=weak) as raised:
        load()

    assert "xxxx" not in str(raised.value)


def test_beyond_loopback_strong_secrets_are_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOST", "0.0.0.0")
    for name in SECRETS:
        monkeypatch.setenv(name, "x" * 32)

    assert load().encryption_keys == ("x" * 32,)


def test_an_installation_that_kept_fewer_secrets_keeps_those(tmp_path: Path) -> None:
    path = tmp_path / "data" / "secrets.json"
    path.parent.mkdir()
    path.write_text('{"link_secret": "old", "chainlit_auth_secret": "old"}')

    settings = load()

    assert settings.link_secret.get_secret_value() == "old"
    assert settings == load()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_secrets_are_not_in_what_is_printed() -> None:
    settings = load()

    assert settings.encryption_keys[0] not in repr(settings)
    assert settings.access_token_jwt_secret.get_secret_value() not in repr(settings)


def test_a_password_that_was_not_quoted_is_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMTP_URL", "smtp://alice:ge/heim@mail.example.test:587")

    with pytest.raises(CannotStart, match="%2F") as raised:
        load()

    assert "heim" not in str(raised.value)
