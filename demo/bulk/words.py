"""Where the bulk's prose comes from: a few hundred words, some patterns, and names without end. All invented."""

import random
from functools import cache

PARAGRAPHS = 4000


def _listed(words: str) -> list[str]:
    return words.split()


THINGS = _listed("""
water council harbour school budget bridge hospital river market station road law court contract report archive
library ferry mill quarry orchard reservoir pipeline tram depot cable tariff levy permit inquiry audit ledger petition
hearing forest marsh dyke lock canal beach dune vineyard pasture barn silo kiln foundry workshop warehouse terminal
runway tower clinic ward pharmacy nursery classroom playground theatre choir museum stage print press newsroom antenna
satellite sensor turbine battery furnace boiler engine rail signal crossing tunnel viaduct pavement kerb square
fountain garden park fence meadow well spring creek delta estuary glacier ridge valley plain plateau island reef shoal
tide current storm drought flood frost harvest seed soil compost manure herd flock hive nest cod herring oyster mussel
kelp salt flour bread cheese wage pension strike union shift roster vacancy lease rent mortgage deposit fund grant
loan bond debt surplus deficit tax ballot mayor clerk warden pilot nurse teacher farmer fisher mason welder baker
driver printer curator archivist surveyor
""")
KINDS = _listed("""
new old public private local regional costly quiet early late long short steep narrow broad open closed empty crowded
unpaid overdue forgotten promised planned disputed shared rebuilt flooded dry cold warm northern southern eastern
western annual monthly secret plain careful hasty official provisional final independent rural coastal inland wooden
stone
""")
DEEDS = _listed("""
opened closed delayed approved refused repaired rebuilt measured counted checked published withdrew praised doubted
financed sold bought leased flooded drained planted harvested stored shipped carried printed copied translated
explained questioned defended ignored noticed reported inspected surveyed mapped widened shortened moved replaced
restored divided
""")
PEOPLE = _listed("""
Ada Ben Cleo Dario Elin Farid Greta Hugo Ines Jonas Kaja Leo Mira Nils Olga Pavel Quint Rosa Sami Tara Ugo Vera Wim
Yara Zeno
""")
PATTERNS = [
    "The {kind} {thing} {deed} the {thing2}.",
    "In {place} the {thing} {deed} a {kind} {thing2}.",
    "Nobody {deed} the {kind} {thing} before the {thing2} was there.",
    "“We {deed} the {thing} ourselves,” said {person} {surname}, who knows the {kind2} {thing2} well.",
    "According to the {thing} office, {number} of {number2} had {deed} their {kind} {thing2} by spring.",
    "What the {thing} {deed} in the {kind} year, the {thing2} {deed2} in the next one.",
    "{person} {surname} {deed} the {thing}; the {kind} {thing2} followed a month later.",
    "Between {place} and the {kind} {thing}, the {thing2} {deed} {number} times.",
]
CONSONANTS, VOWELS = "bdfghklmnprstvwzcjxq", "aeiou"
SYLLABLES = [consonant + vowel for consonant in CONSONANTS for vowel in VOWELS]


def name(number: int) -> str:
    """A name of its own for every number below a million: “Bavirok”. Its last letter keeps stemmers away."""
    mixed = number * 7919 % 1_000_000
    parts = [SYLLABLES[mixed // 10_000], SYLLABLES[mixed // 100 % 100], SYLLABLES[mixed % 100]]
    return "".join(parts).capitalize() + "k"


def sentence(chance: random.Random) -> str:
    thing, thing2 = _common(chance, THINGS), _common(chance, THINGS)
    return chance.choice(PATTERNS).format(
        thing=thing,
        thing2=thing2,
        kind=_common(chance, KINDS),
        kind2=_common(chance, KINDS),
        deed=_common(chance, DEEDS),
        deed2=_common(chance, DEEDS),
        person=chance.choice(PEOPLE),
        surname=name(900_000 + int(5_000 * chance.random() ** 2)),
        place=name(950_000 + int(20_000 * chance.random() ** 2)),
        number=chance.randint(2, 40),
        number2=chance.randint(41, 900),
    )


def _common(chance: random.Random, words: list[str]) -> str:
    """The first words of a list far more often than the last: some words stand in most texts, some in few."""
    return words[int(len(words) * chance.random() ** 2.5)]


@cache
def paragraphs() -> list[str]:
    chance = random.Random("paragraphs")
    return [f"<p>{' '.join(sentence(chance) for _ in range(chance.randint(3, 6)))}</p>" for _ in range(PARAGRAPHS)]
