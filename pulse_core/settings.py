"""Every setting, declared once: its name, default, unit and help. The environment (PULSE_…) is read here alone."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from pulse_core.errors import Invalid


class Settings(BaseSettings):
    """Settings of one installation, from `PULSE_…` variables; secrets print masked."""

    model_config = SettingsConfigDict(env_prefix="PULSE_", extra="ignore", frozen=True)

    home: Path = Field(Path("var"), description="folder that holds everything Pulse stores")
    org: str = Field("my-shop", description="organisation that commands use when none is named")
    ledger_url: SecretStr | None = Field(
        None, description="ledger database (postgresql+psycopg://…); SQLite in the home folder when empty"
    )
    warehouse_memory_mb: int = Field(
        0,
        ge=0,
        description="memory for all open warehouses together, MiB; 0 takes half of the machine's, at most 2,048",
    )
    warehouse_open: int = Field(4, ge=1, le=64, description="warehouses kept open at the same time")
    studio_address: str = Field("127.0.0.1", description="address that the studio listens on")
    studio_port: int = Field(8501, ge=1, le=65535, description="port that the studio listens on")
    send_lease_seconds: float = Field(
        120, gt=0, description="seconds after which a message claimed by a silent sender is looked into"
    )
    job_lease_seconds: float = Field(
        30, gt=0, description="seconds without a sign of life after which a running job is started again"
    )
    hand_over_wait_seconds: float = Field(
        20, gt=0, description="seconds a studio waits at its start for a command that holds the warehouses"
    )

    inbox_seconds: float = Field(
        5,
        ge=0,
        description="seconds between two looks of the studio into the drop folders; 0 switches them off",
    )
    inbox_settle_seconds: float = Field(
        3, ge=0, description="seconds for which a dropped file must not change before it is taken"
    )
    sample_on_start: bool = Field(
        True, description="whether a studio on a new home folder makes the sample world"
    )

    def ledger_address(self) -> str:
        """The ledger's SQLAlchemy URL."""
        if self.ledger_url is not None:
            return self.ledger_url.get_secret_value()
        return f"sqlite:///{self.home.resolve() / 'ledger.sqlite'}"

    def warehouse_memory(self) -> int:
        """Bytes that all open warehouses may use together."""
        return self.warehouse_memory_mb * 1024**2 or min(_machine_memory() // 2, 2048 * 1024**2)

    def child_environment(self) -> dict[str, str]:
        """The environment for a child process that is to use the same settings."""
        given = {f"PULSE_{name.upper()}": value for name, value in self if name in self.model_fields_set}
        plain = {k: v.get_secret_value() if isinstance(v, SecretStr) else str(v) for k, v in given.items()}
        return environment(**plain)


def environment(**more: str) -> dict[str, str]:
    """The environment of this process, and more, for a child process."""
    return {**os.environ, **more}


def load(**given: Any) -> Settings:
    """The settings of this process; what is `given` goes before the environment. Invalid names a bad one."""
    try:
        return Settings(**given)
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0])
        shown = "what it is" if name == "ledger_url" else repr(first["input"])
        raise Invalid(
            f"the setting PULSE_{name.upper()} cannot be {shown} ({first['msg']})",
            remedy=f"it is the {Settings.model_fields[name].description}",
        ) from error


def _machine_memory() -> int:
    if not hasattr(os, "sysconf"):  # Windows has no sysconf: a cautious figure
        return 4 * 1024**3
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
