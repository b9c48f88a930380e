"""The studio's door: `streamlit run app.py`, or `pulse up`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from ipaddress import ip_address

import streamlit as st

import wiring
from pulse_core.errors import Refused


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[dict[str, object]]:
    """Own the home folder and run its jobs for as long as the server lives."""
    refuse_strangers(st.get_option("server.address"))
    pulse = wiring.studio()
    try:
        yield {}
    finally:
        pulse.close()


def refuse_strangers(address: str | None) -> None:
    """There is no log-in yet, so nobody but this computer may reach the studio."""
    if address != "localhost" and not (address and ip_address(address).is_loopback):
        raise Refused(
            f"the studio has no log-in, so it does not listen on {address or 'every address'}",
            remedy="use --address 127.0.0.1, and a tunnel (ssh -L) to reach it from elsewhere",
        )


app = st.App("pages/navigation.py", lifespan=lifespan)
