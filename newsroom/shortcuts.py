"""The desk's keyboard shortcuts: one list for the templates that give them to a link or a button, for the dialog that `?`
opens (desk-shortcuts.js reads it from the page, so it never names what is not there), and for the page that tells them all.

`Mod` is Ctrl, on a Mac ⌘. What is a single character can be switched off (WCAG 2.1.4).
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Shortcut:
    keys: str  # “g a”: one after the other; “Mod+S”: together
    label: str  # on the page that tells them all; in the dialog the words of the link or button itself

    @property
    def steps(self) -> list[list[str]]:
        return [["Ctrl" if key == "Mod" else key for key in step.split("+")] for step in self.keys.split(" ")]

    @property
    def for_aria(self) -> str:
        """As `aria-keyshortcuts` has it, which knows no keys one after the other."""
        if " " in self.keys:
            return ""
        return f"{self.keys.replace('Mod', 'Control')} {self.keys.replace('Mod', 'Meta')}" if "Mod" in self.keys else self.keys


EVERYWHERE = {
    "desk": Shortcut("g d", "The desk’s first page"),
    "articles": Shortcut("g a", "All articles"),
    "new": Shortcut("n", "Write an article"),
    "pictures": Shortcut("g p", "Pictures"),
    "campaigns": Shortcut("g c", "Campaigns"),
    "search": Shortcut("/", "Search: in the list that is open, else among the articles"),
    "shortcuts": Shortcut("?", "Shortcuts of the page that is open"),
}
ON_AN_ARTICLE = {
    "save": Shortcut("Mod+S", "Save"),
    "step": Shortcut("Mod+Shift+Enter", "Save, and the next step: hand in, approve, publish (you are asked first)"),
    "beside": Shortcut("Mod+Alt+P", "Preview beside the form, and away again"),
}
IN_THE_TEXT = {
    "bold": Shortcut("Mod+B", "Bold"),
    "italic": Shortcut("Mod+I", "Italic"),
    "link": Shortcut("Mod+K", "Link"),
    "note": Shortcut("Mod+Alt+F", "Note"),
    "undo": Shortcut("Mod+Z", "Undo"),
}
GROUPS = {"On every page": EVERYWHERE, "On the page of an article": ON_AN_ARTICLE, "In its text": IN_THE_TEXT}
