"""Model files: the same predictions after loading, and nothing that harms."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from insight.learning.worlds import NAMES, drawn
from pulse_core.errors import Invalid
from pulse_core.insight.learning import files
from pulse_core.insight.learning.blend import Blend, fit
from pulse_core.insight.learning.packing import packed, unpacked

Edit = Callable[[dict[str, Any]], object]


@pytest.fixture(scope="module")
def blend() -> Blend:
    """A model with missing values."""
    return fit(*drawn(800), names=NAMES)


@pytest.fixture(scope="module")
def kept(blend: Blend, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its file."""
    path = tmp_path_factory.mktemp("models") / "churn-1.json"
    files.write(path, "blend", packed(blend))
    return path


def test_loading_gives_the_very_same_predictions(blend: Blend, kept: Path) -> None:
    """A probability that was published can be explained and repeated later, to the last bit."""
    rows, _ = drawn(5000, seed=1)
    loaded = unpacked(files.read(kept, "blend"))
    assert (loaded.predict(rows) == blend.predict(rows)).all()
    assert (loaded.contributions(rows, NAMES) == blend.contributions(rows, NAMES)).all()
    assert loaded.importance() == blend.importance()


def test_the_same_model_is_the_same_file(blend: Blend, kept: Path, tmp_path: Path) -> None:
    """The checksum tells whether a training learnt anything new."""
    again = files.write(tmp_path / "again.json", "blend", packed(fit(*drawn(800), names=NAMES)))
    assert (tmp_path / "again.json").read_bytes() == kept.read_bytes()
    assert again == json.loads(kept.read_bytes().split(b"\n")[0])["sha256"]


def test_a_split_on_missing_values_is_kept(tmp_path: Path) -> None:
    """Its threshold is beyond every number, which JSON cannot say."""
    rows, y = drawn(800, missing=0)
    rows[y == 1, 4] = np.where(np.arange(int(y.sum())) % 3, np.nan, 1.0)
    model = fit(rows, y, names=NAMES)
    files.write(tmp_path / "m.json", "blend", packed(model))
    fresh = drawn(100, missing=0.5)[0]
    assert (unpacked(files.read(tmp_path / "m.json", "blend")).predict(fresh) == model.predict(fresh)).all()


def test_any_damaged_byte_is_noticed(kept: Path, tmp_path: Path) -> None:
    """A flipped bit must not become another customer's risk."""
    raw, path = kept.read_bytes(), tmp_path / "m.json"

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.integers(0, len(raw) - 2), st.integers(1, 255))
    def flipped(place: int, bits: int) -> None:
        damaged = bytearray(raw)
        damaged[place] ^= bits
        path.write_bytes(damaged)
        with pytest.raises(Invalid):
            unpacked(files.read(path, "blend"))

    flipped()


@pytest.mark.parametrize("share", [0, 0.001, 0.5, 0.999])
def test_a_file_that_was_cut_off_is_noticed(kept: Path, tmp_path: Path, share: float) -> None:
    """A full disk leaves half a file."""
    raw = kept.read_bytes()
    (tmp_path / "m.json").write_bytes(raw[: int(len(raw) * share)])
    with pytest.raises(Invalid, match=r"m\.json .*train the model again"):
        files.read(tmp_path / "m.json", "blend")


def at(*path: str | int, to: Any) -> Edit:
    """An edit that puts `to` at a place."""

    def edit(body: dict[str, Any]) -> None:
        found: Any = body
        for step in path[:-1]:
            found = found[step]
        found[path[-1]] = to

    return edit


@pytest.mark.parametrize(
    "edit",
    [
        at("forest", "left", 0, to=0),  # a walk that never ends
        at("forest", "right", 0, to=10**6),  # one that leaves its tree
        at("forest", "left", 0, to=-1),
        at("forest", "right", 0, to=40),  # a tree has 23 nodes at most
        at("forest", "start", 0, to=1),
        at("forest", "feature", 0, to=5),  # a feature that is not there
        at("forest", "feature", 0, to=1.5),
        at("forest", "start", 1, to=0),
        at("forest", "start", to=[]),
        at("forest", "start", -1, to=10**9),
        at("forest", "value", 1, to="1"),
        at("forest", "value", 1, to=True),
        at("forest", "missing_left", 0, to=0),
        at("forest", "missing_left", to=[True]),
        at("logistic", "scale", 0, to=0),
        at("logistic", "missing", 0, to=9),
        at("logistic", "weight", to=[]),
        at("logistic", to=None),
        at("names", to=[]),
        at("names", to=["recency"] * 5),
        at("mix", to=[1, 2]),
        at("strength", to="a"),
        lambda body: body.pop("forest"),
    ],
)  # fmt: skip
def test_a_file_that_was_made_to_harm_is_refused(blend: Blend, tmp_path: Path, edit: Edit) -> None:
    """Its checksum may be right: every place is checked before the compiled loop follows it."""
    body = json.loads(json.dumps(packed(blend)))
    edit(body)
    files.write(tmp_path / "m.json", "blend", body)
    with pytest.raises(Invalid, match="train the model again"):
        unpacked(files.read(tmp_path / "m.json", "blend"))


@pytest.mark.parametrize(
    "raw",
    [b"", b"\x80\x04\x95", b"[]\n[]", b"{}\n{}", b'{"format": "pulse-model", "version": 2}\n{}', b"[" * 100_000,
     b'{"format": "pulse-model", "version": 1, "kind": "other"}\n{}', b'{"a": NaN}\n', b"\xff\xfe{}\n"],
)  # fmt: skip
def test_what_is_no_model_file_is_refused(tmp_path: Path, raw: bytes) -> None:
    """Also a pickle, which would run what it holds."""
    (tmp_path / "m.json").write_bytes(raw)
    with pytest.raises(Invalid, match=r"m\.json"):
        files.read(tmp_path / "m.json", "blend")


def test_a_huge_or_missing_file_is_refused_unread(tmp_path: Path) -> None:
    """It must not fill the memory first."""
    with (tmp_path / "huge.json").open("wb") as huge:
        huge.truncate(files.MOST_BYTES + 1)
    with pytest.raises(Invalid, match="too large"):
        files.read(tmp_path / "huge.json", "blend")
    with pytest.raises(Invalid, match="No such file"):
        files.read(tmp_path / "gone.json", "blend")


def test_what_json_cannot_hold_is_never_written(tmp_path: Path) -> None:
    """Nothing stands under the name then, and no draft is left."""
    with pytest.raises(ValueError, match="JSON"):
        files.write(tmp_path / "m.json", "blend", {"a": float("nan")})
    assert not list(tmp_path.iterdir())
