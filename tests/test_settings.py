"""Settings: declared once, read from the environment in one place, secrets masked."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from pulse_core.settings import Settings

URL = "postgresql+psycopg://ada:s3cret@db/pulse"


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting comes from the machine that runs the tests."""
    for name in Settings.model_fields:
        monkeypatch.delenv(f"PULSE_{name.upper()}", raising=False)


def test_a_bare_environment_will_do() -> None:
    """Every setting has a default: the first run needs no configuration."""
    settings = Settings()
    assert settings.home == Path("var")
    assert settings.ledger_address() == f"sqlite:///{Path('var').resolve() / 'ledger.sqlite'}"
    assert 2**28 < settings.warehouse_memory() < 2**50


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_says_what_it_is(name: str) -> None:
    """The help is where the setting is declared, and a number says its unit."""
    field = Settings.model_fields[name]
    assert field.description
    for unit, word in (("seconds", "seconds"), ("_mb", "MiB")):
        assert not name.endswith(unit) or word in field.description


def test_the_environment_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """PULSE_… variables set each value, typed."""
    monkeypatch.setenv("PULSE_HOME", "/srv/pulse")
    monkeypatch.setenv("PULSE_WAREHOUSE_MEMORY_MB", "300")
    monkeypatch.setenv("PULSE_LEDGER_URL", URL)
    settings = Settings()
    assert settings.home == Path("/srv/pulse")
    assert settings.warehouse_memory() == 300 * 1024**2
    assert settings.ledger_address() == URL


@pytest.mark.parametrize(
    ("name", "value"),
    [("STUDIO_PORT", "0"), ("STUDIO_PORT", "http"), ("WAREHOUSE_OPEN", "0"), ("JOB_LEASE_SECONDS", "-1")],
)
def test_values_that_cannot_be_are_refused(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    """A slip in a setting is told at the start, with its name."""
    monkeypatch.setenv(f"PULSE_{name}", value)
    with pytest.raises(ValidationError, match=name.lower()):
        Settings()


def test_secrets_print_masked() -> None:
    """A log or an error page never shows the ledger's password."""
    settings = Settings(ledger_url=SecretStr(URL))
    assert "s3cret" not in repr(settings) + str(settings) + settings.model_dump_json()


def test_a_child_gets_the_same_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was given on the command line reaches the process that it starts, secrets too."""
    settings = Settings(home=Path("/srv/pulse"), ledger_url=SecretStr(URL))
    for name, value in settings.child_environment().items():
        monkeypatch.setenv(name, value)
    assert Settings() == settings
