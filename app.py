"""The studio's door: `streamlit run app.py`, or `pulse up`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import streamlit as st

import wiring
from pulse_core.settings import load


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[dict[str, object]]:
    """Own the home folder and run its jobs for as long as the server lives."""
    wiring.check_start(load(), st.get_option("server.address"))
    pulse = wiring.studio()
    try:
        yield {}
    finally:
        pulse.close()


app = st.App("pages/navigation.py", lifespan=lifespan)
