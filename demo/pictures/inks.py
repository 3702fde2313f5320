"""The inks of each mood: few, from the paper's light to the darkest, with one or two that stand out."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Inks:
    paper: str
    sky: str
    haze: str
    far: str
    middle: str
    near: str
    dark: str
    accent: str
    second: str

    @property
    def depths(self) -> tuple[str, ...]:
        """From the most distant to the nearest, as the air tints them."""
        return (self.haze, self.far, self.middle, self.near, self.dark)


MOODS = {
    "exchange": Inks("#f4ecd8", "#e7dabd", "#b9bdb8", "#93a1aa", "#5e7487", "#2f4a63", "#182738", "#b9482d", "#d9a441"),
    "exchange-night": Inks("#f4dfae", "#2f4768", "#56739a", "#456288", "#263d5a", "#18293f", "#0e1826", "#e0a23c", "#b9482d"),
    "harbour": Inks("#f5ebd3", "#ebddbd", "#c4cdbd", "#8fb0a9", "#4b8784", "#1f5b60", "#10363e", "#d56b36", "#e8b04b"),
    "harbour-dusk": Inks("#fbe7c2", "#edb57f", "#d99a70", "#a97a70", "#6a6272", "#2f4356", "#17293a", "#f4d695", "#c2472f"),
    "fleets": Inks("#f4f0dc", "#dde3d3", "#bfd0c4", "#96b5a8", "#6c9488", "#3c6b66", "#1b3d40", "#d08e2c", "#b5532f"),
    "meadow": Inks("#f5f0dc", "#e9e2c6", "#c3ccb2", "#a3b596", "#7f9b78", "#4a6e57", "#1f3f38", "#c98b2e", "#a8472e"),
    "storm": Inks("#e9e9e2", "#aeb9bc", "#8b9aa1", "#6b7d88", "#4c6070", "#33475a", "#1b2937", "#e3b75a", "#a64b36"),
    "lantern": Inks("#fce6b4", "#4a3560", "#6b4673", "#57406a", "#41305a", "#2c2145", "#19122b", "#f0a63a", "#d4553f"),
    "rose": Inks("#f8ebdc", "#efd3bf", "#ddb0a6", "#b98596", "#8a5a7c", "#553a5e", "#2b1f3f", "#e0a030", "#c44b3b"),
    "ledger": Inks("#efebe2", "#d8d4cb", "#b9b8b3", "#95989a", "#6a7178", "#3d464f", "#1a2026", "#a8322a", "#c9a255"),
    "ledger-night": Inks("#f2e3bd", "#2a323b", "#3b4752", "#323d48", "#252e38", "#1a2129", "#0f1419", "#e0b35a", "#a8322a"),
}
