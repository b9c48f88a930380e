"""Inbox: the messages in the outbox folder, as a customer would read them."""

from __future__ import annotations

import streamlit as st

from pages.parts import blocks, session
from pages.parts.text import literal
from pulse_core.delivery.policy import explain
from pulse_core.errors import PulseError
from pulse_core.stores.ledger import campaigns, outbox
from pulse_core.stores.ledger.campaigns import Campaign
from pulse_core.stores.ledger.outbox import OutboxRow

PAGE_SIZE = 50
STATE_HELP = {
    "planned": "waits to be sent",
    "sending": "is being handed over",
    "sent": "was taken by the channel",
    "failed": "was refused by the channel",
    "unknown": "may or may not have been taken; it is never sent again by itself",
    "skipped": "was not sent, for the reason shown",
}


def page() -> None:
    """Choose a campaign, choose a message, read it."""
    blocks.header("Inbox", "What your customers would read: the messages in the outbox folder.")
    org = session.organisation()
    with session.pulse().ledger.read() as conn:
        known = {campaign.id: campaign for campaign in campaigns.all(conn, org.id)}
    if not known:
        blocks.empty(
            "No messages yet", "They appear when a campaign is sent.", "Start a campaign", "campaign.py"
        )
        return
    campaign = _choose(known)
    with session.pulse().ledger.read() as conn:
        counts = outbox.counts(conn, org.id, campaign.id)
    state, offset = _filters(counts)
    with session.pulse().ledger.read() as conn:
        rows = outbox.page(conn, org.id, campaign_id=campaign.id, state=state, offset=offset, limit=PAGE_SIZE)
    left, right = st.columns([2, 3])
    with left:
        row = _list(rows)
    with right:
        _message(row)


def _choose(known: dict[str, Campaign]) -> Campaign:
    wanted = st.session_state.pop("edit:inbox", None)
    if (
        wanted is None and "edit:inbox-campaign" not in st.session_state
    ):  # a link decides once, then the person
        wanted = st.query_params.get("campaign")
    if wanted in known:
        st.session_state["edit:inbox-campaign"] = wanted
    words = session.words()
    key = st.selectbox(
        "Campaign",
        list(known),
        format_func=lambda k: f"{known[k].name} ({words.plural('recipient', known[k].audience)})",
        key="edit:inbox-campaign",
    )
    st.query_params["campaign"] = key
    return known[key]


def _filters(counts: dict[str, int]) -> tuple[str | None, int]:
    """The state and the place in the list that the person looks at."""
    words = session.words()
    states = [state for state, n in counts.items() if n]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        state = st.segmented_control(
            "State",
            states,
            format_func=lambda s: f"{s.capitalize()} {words.number(counts[s])}",
            help="\n".join(f"- **{s}** {STATE_HELP[s]}" for s in states),
        )
        total = counts[state] if state else sum(counts.values())
        pages = max(1, -(-total // PAGE_SIZE))
        number = st.number_input(f"Page of {words.number(pages)}", 1, pages, 1, width=140)
    return state, (number - 1) * PAGE_SIZE


def _list(rows: list[OutboxRow]) -> OutboxRow | None:
    event = st.dataframe(
        [
            {
                "Customer": row.customer_id,
                "Group": row.variant,
                "State": row.state,
                "Reason": explain(row.reason) if row.reason else "–",
            }
            for row in rows
        ],
        hide_index=True,
        height=520,
        on_select="rerun",
        selection_mode="single-row",
        key="inbox-list",
    )
    chosen = event.selection.rows
    if chosen and chosen[0] < len(rows):
        return rows[chosen[0]]
    return next((row for row in rows if row.state == "sent"), rows[0] if rows else None)


def _message(row: OutboxRow | None) -> None:
    with st.container(border=True):
        if row is None:
            st.caption("No message in this state.")
            return
        if row.state != "sent":
            why = explain(row.reason) if row.reason else ""
            st.text(f"The message to {row.customer_id} {STATE_HELP[row.state]}. {why}")
            return
        try:
            message = session.pulse().folder.read(row.org_id, row.campaign_id, row.id)
        except PulseError as error:
            blocks.problem(error)
            return
        st.subheader(literal(message.subject), anchor=False)
        st.text(f"From {message.from_}\nTo {message.to}")
        st.divider()
        st.text(message.text)
        st.divider()
        sent_on = session.words().date(row.settled_at.date() if row.settled_at else None)
        st.caption(f"{sent_on} · message {row.id}")
        st.download_button(
            "Download .eml",
            message.source,
            f"{row.id}.eml",
            "message/rfc822",
            icon=":material/download:",
            on_click="ignore",
        )


page()
