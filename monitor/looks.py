"""Lights, stages, phases and kinds of days -> colour, symbol and word: the one table of looks.

A light is always shape + word + colour, because red and green are close for colour-blind readers.
Amber has a contrast of 2.3 on white, so texts take `text`, never `fill`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from monitor.text import N_, _
from rules.vocabulary import CaseState, Group, Light, Phase, Stage

Scheme = Literal["light", "dark"]
Palette = Literal["usual", "safe"]  # "safe" takes blue for green: for red-green colour-blind readers

FONT = '"PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif'

TOKENS: dict[Scheme, dict[str, str]] = {
    "light": {
        "ground": "#F6F7F9",
        "surface": "#FFFFFF",
        "line": "#E5E7EB",
        "ink": "#1F2329",
        "muted": "#5C6370",
        "accent": "#2F5BEA",
        "accent-soft": "#B9C8F7",
        "tint": "#EDF1FD",  # chosen entry, bar of a past day
        "hover": "#F6F7F9",
        "amber": "#FEF6E0",  # ground of a warning in words
        "amber-ink": "#7A5200",
        "alarm": "#FDF1EF",
        "alarm-ink": "#B42318",
    },
    "dark": {
        "ground": "#14171C",
        "surface": "#1C2026",
        "line": "#2E343D",
        "ink": "#E8EAED",
        "muted": "#9AA3AF",
        "accent": "#7C9BFF",
        "accent-soft": "#3E4E86",
        "tint": "#232C44",
        "hover": "#232830",
        "amber": "#3A2F16",
        "amber-ink": "#F2C14E",
        "alarm": "#3B2220",
        "alarm-ink": "#FF8A7A",
    },
}

# Ten shades, lightest first, as Mantine asks for; the seventh is the accent.
ACCENT_SHADES = (
    "#EDF1FD",
    "#DCE4FC",
    "#BCCAF8",
    "#9BB0F4",
    "#7C9BFF",
    "#5276F0",
    "#2F5BEA",
    "#274DCB",
    "#2040AB",
    "#18328A",
)

DARK_SHADES = (
    "#E8EAED",
    "#C6CCD4",
    "#9AA3AF",
    "#6B7480",
    "#3A414B",
    "#2E343D",
    "#1C2026",
    "#181B21",
    "#14171C",
    "#0F1115",
)


@dataclass(frozen=True)
class LightLook:
    """How a light is drawn: ``symbol`` in text, ``marker`` on a line, ``pattern`` in a bar."""

    symbol: str
    marker: str
    pattern: str
    fill: str
    text: str
    text_dark: str


LIGHTS: dict[Light, LightLook] = {
    Light.RED: LightLook("▲", "triangle-up", "/", "#B42318", "#B42318", "#FF8A7A"),
    Light.YELLOW: LightLook("◆", "diamond", ".", "#E3A008", "#7A5200", "#F2C14E"),
    Light.GREEN: LightLook("●", "circle", "", "#2E9E6B", "#1B6B45", "#5CCB98"),
    Light.GREY: LightLook("○", "circle-open", "x", "#8A93A0", "#5C6370", "#9AA3AF"),
    Light.NONE: LightLook("–", "line-ew-open", "", "#CBD5E1", "#5C6370", "#9AA3AF"),
}
SAFE_GREEN = LightLook("●", "circle", "", "#2F7FB8", "#1F5F8C", "#7DB9E3")
DARK_FILLS = {Light.RED: "#E0564A", Light.NONE: "#4A525E"}

LIGHT_ORDER = (Light.RED, Light.YELLOW, Light.GREEN, Light.GREY, Light.NONE)

# Kinds of days in ledgers and bars: (fill in light, fill in dark, hatched).
DAY_KINDS: dict[str, tuple[str, str, bool]] = {
    "counted": ("#2F5BEA", "#7C9BFF", False),
    "correction": ("#A78BFA", "#A78BFA", True),
    "procedure": ("#60A5FA", "#5B8FD0", True),
    "owner_works": ("#94A3B8", "#7B8794", True),
    "uncounted": ("#CBD5E1", "#59636F", False),
    "nobody": ("#E5E7EB", "#343B45", False),
    "rest": ("#F6F7F9", "#14171C", False),
}
# A case that runs is drawn as a counted day, one whose holder does not count as an uncounted one.
STRETCH_KINDS = {
    "running": "counted",
    "correction": "correction",
    "procedure": "procedure",
    "uncounted": "uncounted",
}


@dataclass(frozen=True)
class Paint:
    """The colours of one scheme and palette, for figures, which cannot read CSS variables."""

    scheme: Scheme = "light"
    palette: Palette = "usual"

    def token(self, name: str) -> str:
        """Colour of a token, such as `ink` or `line`."""
        return TOKENS[self.scheme][name]

    def look(self, light: Light) -> LightLook:
        """How a light is drawn in this palette."""
        return SAFE_GREEN if light is Light.GREEN and self.palette == "safe" else LIGHTS[light]

    def fill(self, light: Light) -> str:
        """Colour of the area of a light."""
        if self.scheme == "dark" and light in DARK_FILLS:
            return DARK_FILLS[light]
        return self.look(light).fill

    def text(self, light: Light) -> str:
        """Colour of a light's words."""
        look = self.look(light)
        return look.text_dark if self.scheme == "dark" else look.text

    def day(self, kind: str) -> str:
        """Colour of a kind of day."""
        light, dark, _hatched = DAY_KINDS[kind]
        return dark if self.scheme == "dark" else light

    def hatched(self, kind: str) -> bool:
        """Whether a kind of day is drawn hatched: the clock stands still on it."""
        return DAY_KINDS[kind][2]

    def variables(self) -> dict[str, str]:
        """All of it as CSS variables, by name without the two dashes."""
        found = dict(TOKENS[self.scheme])
        for light in LIGHT_ORDER:
            found[f"{light.word}-fill"] = self.fill(light)
            found[f"{light.word}-text"] = self.text(light)
        found |= {f"day-{kind.replace('_', '-')}": self.day(kind) for kind in DAY_KINDS}
        return found


LIGHT_WORDS = {
    Light.RED: N_("Red"),
    Light.YELLOW: N_("Yellow"),
    Light.GREEN: N_("Green"),
    Light.GREY: N_("Cannot be judged"),
    Light.NONE: N_("Not applicable"),
}
STAGE_WORDS = {
    Stage.INITIATION: N_("Initiation"),
    Stage.PLANNING: N_("Planning permits"),
    Stage.CONSTRUCTION: N_("Construction permit"),
    Stage.ACCEPTANCE: N_("Acceptance"),
    Stage.PARALLEL: N_("Parallel items"),
}
GROUP_WORDS = {Group.PRE_CONSTRUCTION: N_("Before construction"), Group.ACCEPTANCE: N_("Completion acceptance")}
PHASE_WORDS = {
    Phase.NOT_STARTED: N_("Not started"),
    Phase.RUNNING: N_("Running"),
    Phase.STOPPED: N_("Paused"),
    Phase.WAITING_OWNER: N_("Waiting for the owner"),
    Phase.FINISHED: N_("Finished"),
    Phase.DROPPED: N_("Dropped"),
}
STATE_WORDS = {
    CaseState.NOT_STARTED: N_("Not started"),
    CaseState.RECEIVED: N_("Received"),
    CaseState.RUNNING: N_("In hand"),
    CaseState.CORRECTION: N_("Being corrected"),
    CaseState.PROCEDURE: N_("In special procedure"),
    CaseState.DECIDED: N_("Decided"),
    CaseState.OUT: N_("Out"),
    CaseState.UNJUDGED: N_("Cannot be judged"),
}
DAY_WORDS = {
    "counted": N_("Counted"),
    "correction": N_("Correction"),
    "procedure": N_("Special procedure"),
    "owner_works": N_("Owner's works"),
    "uncounted": N_("Not counted"),
    "nobody": N_("Nobody's (owner preparing, construction)"),
    "rest": N_("Day of rest"),
}
STAGE_ORDER = (Stage.INITIATION, Stage.PLANNING, Stage.CONSTRUCTION, Stage.ACCEPTANCE, Stage.PARALLEL)


def symbol(light: Light) -> str:
    """The shape of a light, as a character."""
    return LIGHTS[light].symbol


def light_word(light: Light) -> str:
    """The word for a light in the reader's language."""
    return _(LIGHT_WORDS[light])


def stage_word(stage: Stage) -> str:
    """The word for a stage."""
    return _(STAGE_WORDS[stage])


def group_word(group: Group) -> str:
    """The word for a group of stages."""
    return _(GROUP_WORDS[group])


def phase_word(phase: Phase) -> str:
    """The word for a project's phase."""
    return _(PHASE_WORDS[phase])


def state_word(state: CaseState) -> str:
    """The word for a case's state."""
    return _(STATE_WORDS[state])


def day_word(kind: str) -> str:
    """The word for a kind of day of the ledger."""
    return _(DAY_WORDS[kind])
