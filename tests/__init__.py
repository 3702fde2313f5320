"""Ours, though libraries install a package of this name too: one with this file comes first."""
