"""Campaign: choose a segment, look over what is said, and send it once."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from pages.parts import blocks, figures, jobs, session
from pages.parts.text import literal
from pulse_core.audience.catalogue import Catalogue
from pulse_core.audience.sentence import sentence
from pulse_core.audience.tree import EVERYBODY, Tree, parse
from pulse_core.delivery import campaigns as planning
from pulse_core.errors import Invalid, PulseError
from pulse_core.insight.segments import LIFECYCLE_GROUPS, SEGMENT_NAMES
from pulse_core.message.fields import MERGE_FIELDS
from pulse_core.message.pitch import PITCHES, Pitch
from pulse_core.stores.ledger import campaigns, outbox, segments
from pulse_core.stores.ledger.campaigns import Campaign
from pulse_core.stores.ledger.segments import Segment

SAVED = "saved:"


@dataclass(frozen=True, slots=True)
class Choice:
    """A segment to speak to; a saved one may ask for what is not there any more, and `fault` says so."""

    key: str
    name: str
    tree: Tree
    fault: Invalid | None = None


def page() -> None:
    """The new campaign, and those that were sent."""
    found = figures.load()
    if not found.overview.customers:
        blocks.header("Campaign", "Say the right thing to the right customers, exactly once.")
        blocks.empty(
            "Nobody to write to yet", "Customers appear with the first file of orders.", "Add data", "data.py"
        )
        return
    blocks.header("Campaign", "Choose a segment, look over the text, and send. Nobody gets a campaign twice.")
    new, sent = st.tabs(["New campaign", "Campaigns so far"])
    with new:
        _new(found)
    with sent:
        _sent()


def _new(found: figures.Figures) -> None:
    choice = _choose(found.catalogue)
    if choice.fault:
        blocks.problem(choice.fault)
        return
    who = figures.audience(choice.tree)
    words = session.words()
    with st.container(border=True):
        st.metric("Recipients", words.plural("customer", who.customers))
        st.text(sentence(choice.tree, money=words.money_full))
        st.caption(
            "The outbox folder reaches nobody: each message becomes a file that you can read in the inbox."
        )
    if not who.customers:
        st.info("Nobody is in this segment now; choose another.", icon=":material/group_off:")
        return
    content = _write([group for group in LIFECYCLE_GROUPS if who.groups.get(group)])
    ready = _preview(choice.tree, content, found)
    name = st.text_input("Name of the campaign", f"{choice.name}, {words.date(found.as_of)}", max_chars=120)
    sending = jobs.running("campaign", "resume")
    label = f"Send to {words.plural('customer', who.customers)}"
    if st.button(
        label, type="primary", icon=":material/send:", disabled=not ready or sending or not name.strip()
    ):
        _confirm(choice, content, name.strip(), who.customers)


def _choose(catalogue: Catalogue) -> Choice:
    """A business segment or a saved one; a link or another page may have chosen it."""
    choices = {choice.key: choice for choice in _choices(catalogue)}
    wanted = st.session_state.pop("edit:segment", None)
    if wanted is None and "edit:chosen" not in st.session_state:  # a link decides once, then the person does
        wanted = st.query_params.get("segment")
    if wanted in choices:
        st.session_state["edit:chosen"] = wanted
    key = st.selectbox(
        "Segment",
        list(choices),
        format_func=lambda k: choices[k].name + (" (saved)" if k.startswith(SAVED) else ""),
        key="edit:chosen",
    )
    st.query_params["segment"] = key
    return choices[key]


def _choices(catalogue: Catalogue) -> list[Choice]:
    with session.pulse().ledger.read() as conn:
        kept = segments.all(conn, session.organisation().id)
    business = [
        Choice(name, name, parse({"field": "segment", "op": "eq", "value": name})) for name in SEGMENT_NAMES
    ]
    return [*business, *(_saved(segment, catalogue) for segment in kept)]


def _saved(segment: Segment, catalogue: Catalogue) -> Choice:
    try:
        return Choice(f"{SAVED}{segment.id}", segment.name, parse(segment.tree, catalogue))
    except Invalid as error:
        return Choice(f"{SAVED}{segment.id}", segment.name, EVERYBODY, error)


def _write(groups: list[str]) -> dict[str, Pitch]:
    """One text for each lifecycle group among the recipients."""
    st.subheader("What it says", anchor=False)
    with st.popover("Merge fields", icon=":material/data_object:"):
        st.dataframe(
            [{"Write": f"{{{{ {f.key} }}}}", "For": f.help, "For example": f.example} for f in MERGE_FIELDS],
            hide_index=True,
        )
    content = {}
    for tab, group in zip(st.tabs([f"To {group} customers" for group in groups]), groups, strict=True):
        with tab:
            pitch = PITCHES[group]
            subject = st.text_input("Subject", pitch.subject, key=f"edit:subject-{group}", max_chars=200)
            body = st.text_area("Text", pitch.body, key=f"edit:body-{group}", height=320)
            content[group] = Pitch(group, subject, body)
    return content


def _preview(tree: Tree, content: dict[str, Pitch], found: figures.Figures) -> bool:
    """What the first customers would get; False (with the reason shown) when the text cannot be sent."""
    try:
        with session.snapshot() as reader:
            shown = planning.preview(
                reader, session.organisation(), tree=tree, content=content, as_of=found.as_of, limit=3
            )
    except PulseError as error:
        blocks.problem(error)
        return False
    with st.expander("Preview for real customers", expanded=True):
        for tab, (_, message) in zip(
            st.tabs([literal(f"Customer {c}") for c, _ in shown]), shown, strict=True
        ):
            with tab:
                st.text(f"Subject: {message.subject}")
                st.text(message.text)
    return True


@st.dialog("Send this campaign")
def _confirm(choice: Choice, content: dict[str, Pitch], name: str, recipients: int) -> None:
    verb = f"Send to {session.words().plural('customer', recipients)}"
    st.text(
        f"“{name}” is written to the outbox folder, one file for each customer. This cannot be taken back."
    )
    if st.button(verb, type="primary", key="confirm-send"):
        texts = {group: {"subject": pitch.subject, "body": pitch.body} for group, pitch in content.items()}
        session.submit(
            "campaign",
            {
                "name": name,
                "tree": choice.tree.model_dump(mode="json"),
                "segment_name": choice.name,
                "channel": session.pulse().folder.name,
                "content": texts,
            },
        )
        st.rerun()


def _sent() -> None:
    org = session.organisation()
    with session.pulse().ledger.read() as conn:
        found = [(c, outbox.counts(conn, org.id, c.id)) for c in campaigns.all(conn, org.id)]
    if not found:
        st.info("No campaign was sent yet. Each one is listed here with what became of every message.")
    for campaign, counts in found:
        with st.container(border=True):
            _one(campaign, counts)


def _one(campaign: Campaign, counts: dict[str, int]) -> None:
    words = session.words()
    st.markdown(f"**{literal(campaign.name)}** · {campaign.state}")
    st.text(campaign.sentence)
    told = " · ".join(f"{words.number(n)} {state}" for state, n in counts.items() if n)
    st.caption(f"{words.plural('recipient', campaign.audience)}: {told}")
    with st.container(horizontal=True):
        if counts["sent"] and st.button(
            "Read the messages", key=f"read-{campaign.id}", icon=":material/inbox:"
        ):
            st.session_state["edit:inbox"] = campaign.id
            session.go("inbox.py")
        waiting = counts["planned"] + counts["sending"]
        resumable = waiting and not jobs.running("campaign", "resume")
        if resumable and st.button(
            f"Send the remaining {words.number(waiting)}",
            key=f"resume-{campaign.id}",
            icon=":material/play_arrow:",
        ):
            session.submit("resume", {"campaign_id": campaign.id})
            st.rerun()


page()
