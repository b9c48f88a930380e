"""The theme: what the browser may see, that text and marks can be read, and that the fonts are our own."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from pulse_core.charts.palette import DARK, LIGHT, Palette, along, contrast, ink, mix

ROOT = Path(__file__).parent.parent
STATIC = ROOT / "pages" / "static"
CONFIG = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())
CSS = (STATIC / "studio.css").read_text()
TEXT, MARK = 4.5, 3.0

both = pytest.mark.parametrize(("name", "colours"), [("light", LIGHT), ("dark", DARK)])


def _theme(name: str) -> dict[str, Any]:
    theme: dict[str, Any] = CONFIG["theme"][name]
    return theme


def _worst(colour: str, colours: Palette) -> float:
    """The lower contrast of a colour against the two grounds of a theme."""
    return min(contrast(colour, colours.ground), contrast(colour, colours.surface))


def test_contrast_is_that_of_wcag() -> None:
    """The measure itself: black on white is 21, and WCAG's grey #767676 just passes 4.5 on white."""
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#ffffff", "#767676") == pytest.approx(4.54, abs=0.01)


@both
def test_palette_stands_on_the_grounds_of_the_theme(name: str, colours: Palette) -> None:
    """The contrasts below are computed against the grounds that Streamlit really paints."""
    theme = _theme(name)
    assert (theme["backgroundColor"], theme["secondaryBackgroundColor"]) == (colours.ground, colours.surface)
    assert theme["textColor"] == colours.text
    assert theme["chartSequentialColors"] == list(colours.sequential)
    assert theme["chartDivergingColors"] == list(colours.diverging)


@both
@pytest.mark.parametrize("key", ["textColor", "linkColor", "codeTextColor", "primaryColor"])
def test_text_can_be_read(name: str, colours: Palette, key: str) -> None:
    """Every text colour of the theme; primaryColor too, which Streamlit uses for tabs and chosen pills."""
    assert _worst(_theme(name)[key], colours) >= TEXT


@both
@pytest.mark.parametrize("strength", [0.6, float(re.findall(r"fill-opacity: ([\d.]+)", CSS)[0])])
def test_faint_text_can_be_read(name: str, colours: Palette, strength: float) -> None:
    """Captions (Streamlit draws them at 60 %) and the labels of charts (studio.css)."""
    for ground in (colours.ground, colours.surface):
        assert contrast(mix(ground, colours.text, strength), ground) >= TEXT


@both
def test_a_chosen_pill_can_be_read(name: str, colours: Palette) -> None:
    """Streamlit writes it in primaryColor on a ground tinted with a tenth of the same."""
    primary = _theme(name)["primaryColor"]
    assert contrast(primary, mix(colours.ground, primary, 0.1)) >= TEXT


def test_white_on_filled_buttons_can_be_read() -> None:
    """Streamlit's label on a filled button is always white; studio.css fills it, hovered or not."""
    fills = re.findall(r"background-color: (#\w{6})", CSS)
    assert len(fills) == 2
    assert all(contrast("#ffffff", fill) >= TEXT for fill in fills)


@both
def test_white_tick_can_be_seen(name: str, colours: Palette) -> None:
    """Ticks and switches are white marks on primaryColor."""
    assert contrast("#ffffff", _theme(name)["primaryColor"]) >= MARK


@both
def test_marks_can_be_seen(name: str, colours: Palette) -> None:
    """Every colour that a chart's mark can have, against both grounds."""
    marks = {**colours.segments, **colours.risk, "accent": colours.accent, "neutral": colours.neutral}
    marks |= {colour: colour for colour in _theme(name)["chartCategoricalColors"]}
    faint = {mark: round(_worst(colour, colours), 2) for mark, colour in marks.items()}
    assert {mark: value for mark, value in faint.items() if value < MARK} == {}


@both
@pytest.mark.parametrize("sequence", ["sequential", "diverging"])
def test_figures_in_cells_can_be_read(name: str, colours: Palette, sequence: str) -> None:
    """A cell's text is readable on every colour between the steps, so cells may be faint themselves."""
    steps = getattr(colours, sequence)
    fills = [along(steps, share / 1000) for share in range(1001)]
    assert len(steps) == 10
    assert min(contrast(ink(fill), fill) for fill in fills) >= TEXT


@both
def test_sequence_runs_away_from_the_ground(name: str, colours: Palette) -> None:
    """More stands out more, on both grounds."""
    strengths = [contrast(step, colours.ground) for step in colours.sequential]
    assert strengths == sorted(strengths)


def test_segments_keep_their_names_and_order_on_both_grounds() -> None:
    """The eleven segments are the same everywhere, and no two share a colour."""
    assert list(LIGHT.segments) == list(DARK.segments)
    assert len(set(LIGHT.segments.values())) == len(set(DARK.segments.values())) == 11


def test_fonts_are_served_by_us() -> None:
    """Every font file of the theme lies in the static folder with its licence; no outside host is asked."""
    faces = CONFIG["theme"]["fontFaces"]
    assert {face["family"] for face in faces} == {"Inter"}
    for face in faces:
        file = STATIC / face["url"].removeprefix("app/static/")
        assert file.read_bytes()[:4] == b"wOF2"
    assert "SIL Open Font License" in (STATIC / "inter-LICENSE.txt").read_text()
    assert "http" not in CSS + (ROOT / ".streamlit" / "config.toml").read_text()


@pytest.mark.parametrize(
    ("section", "key", "value"),
    [
        ("client", "showErrorDetails", "none"),
        ("client", "toolbarMode", "viewer"),
        ("server", "address", "127.0.0.1"),
        ("server", "enableXsrfProtection", True),
        ("server", "enableStaticServing", True),
        ("server", "maxUploadSize", 2000),
        ("browser", "gatherUsageStats", False),
        ("runner", "postScriptGC", False),
        ("runner", "magicEnabled", False),
    ],
)
def test_settings_that_must_not_slip(section: str, key: str, value: object) -> None:
    """No traceback in the browser, no statistics sent, loopback only, large uploads, no slow collections."""
    assert CONFIG[section][key] == value


def test_streamlit_knows_every_key() -> None:
    """A key with a typing error would be left out in silence."""
    from streamlit import config

    known = config.get_config_options()
    keys = [f"{section}.{key}" for section, part in CONFIG.items() for key in part]
    nested = [f"theme.{name}.{key}" for name in ("light", "dark") for key in _theme(name)]
    unknown = {key for key in [*keys, *nested] if key not in known} - {"theme.light", "theme.dark"}
    assert unknown == set()
