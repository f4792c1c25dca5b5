"""Invented people from a seed: who they are, what they take, what was tried before.  Nobody here is real."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta

GIVEN = (
    ("Iris", "yes"), ("Noor", "yes"), ("Lena", "yes"), ("Paula", "yes"), ("Wren", "yes"), ("Greta", "yes"), ("Alma", "yes"), ("Sofia", "yes"),
    ("Marco", "no"), ("Jonas", "no"), ("Eli", "no"), ("Tomas", "no"), ("Hugo", "no"), ("Kofi", "no"), ("Victor", "no"), ("Ravi", "no"),
)  # fmt: skip
FAMILY = (
    "Abara", "Brandt", "Castell", "Doyle", "Eklund", "Farouk", "Gallo", "Hadley", "Ibarra", "Jansen", "Kimura", "Lowell", "Moreau", "Novak",
    "Okafor", "Petrov", "Quill", "Rowan", "Silva", "Tanaka", "Ulrich", "Varga", "Weller", "Yates",
)  # fmt: skip
MEDICINES = (
    ("sertraline", "100 mg", "once a day"), ("escitalopram", "20 mg", "once a day"), ("bupropion", "300 mg", "in the morning"),
    ("venlafaxine", "150 mg", "in the morning"), ("mirtazapine", "30 mg", "at night"),
)  # fmt: skip
TRIALS = (("sertraline", 150_000), ("escitalopram", 20_000), ("bupropion", 300_000), ("venlafaxine", 225_000), ("mirtazapine", 45_000))
PROBLEMS = (
    ("Seasonal allergic rhinitis", "J30.2"),
    ("Migraine without aura", "G43.0"),
    ("Hypothyroidism, treated", "E03.9"),
    ("Low back pain", "M54.5"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One earlier treatment with an antidepressant."""

    drug: str
    daily_dose_ug: int
    weeks: int
    improvement: str
    stopped_because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Invented:
    """One invented person.  `pregnant_possible` is the organ inventory of safety 35: "yes" or "no"."""

    given_name: str
    family_name: str
    born_on: date
    pronouns: str
    pregnant_possible: str
    phone: str
    email: str
    weight_kg: str
    height_cm: str
    medicine: tuple[str, str, str]
    trials: tuple[Trial, ...]
    problem: tuple[str, str]
    phq9: tuple[int, ...]
    gad7: tuple[int, ...]
    escort: str

    @property
    def name(self) -> str:
        return f"{self.given_name} {self.family_name}"


def invent(seed: int, number: int, today: date) -> Invented:
    """The same seed and number, the same person; `number` also keeps names of one clinic apart."""
    order = random.Random(f"{seed} names")
    given = order.sample(GIVEN, len(GIVEN))
    family = order.sample(FAMILY, len(FAMILY))
    name, organs = given[number % len(given)]
    surname = family[(number + number // len(given)) % len(family)]
    rng = random.Random(f"{seed} person {number}")
    age_days = rng.randint(24 * 365, 60 * 365)
    tried = rng.sample(TRIALS, 2)
    bmi, height_cm = rng.uniform(20, 30), rng.randint(160, 182)
    medicine = rng.choice([row for row in MEDICINES if row[0] not in {drug for drug, _ in tried}])
    return Invented(
        given_name=name,
        family_name=surname,
        born_on=today - timedelta(days=age_days),
        pronouns="she/her" if organs == "yes" else "he/him",
        pregnant_possible=organs,
        phone=f"+1 555 01{number % 100:02d}",
        email=f"{name}.{surname}@example.org".lower(),
        weight_kg=f"{bmi * (height_cm / 100) ** 2:.1f}",
        height_cm=str(height_cm),
        medicine=medicine,
        trials=tuple(_trial(rng, drug, dose) for drug, dose in tried),
        problem=rng.choice(PROBLEMS),
        phq9=_answers(rng, 9, low=1, self_harm=rng.random() < 0.2),
        gad7=_answers(rng, 7, low=0, self_harm=True),
        escort=f"{rng.choice(('Kim', 'Robin', 'Sam', 'Jo', 'Alex'))} {surname}",
    )


def dan() -> Invented:
    """Dan Marsh, the patient of the fixed cast; Mia takes him home."""
    return Invented(
        given_name="Dan",
        family_name="Marsh",
        born_on=date(1982, 3, 4),
        pronouns="he/him",
        pregnant_possible="no",
        phone="+1 555 0199",
        email="dan@example.org",
        weight_kg="70",
        height_cm="178",
        medicine=("sertraline", "150 mg", "once a day"),
        trials=(
            Trial(drug="escitalopram", daily_dose_ug=20_000, weeks=9, improvement="under_25", stopped_because="no_effect"),
            Trial(drug="bupropion", daily_dose_ug=300_000, weeks=8, improvement="under_25", stopped_because="no_effect"),
        ),
        problem=("Migraine without aura", "G43.0"),
        phq9=(3, 3, 2, 3, 1, 2, 2, 1, 0),
        gad7=(2, 2, 1, 2, 1, 1, 1),
        escort="Mia Marsh",
    )


def _trial(rng: random.Random, drug: str, daily_dose_ug: int) -> Trial:
    return Trial(
        drug=drug, daily_dose_ug=daily_dose_ug, weeks=rng.randint(7, 12), improvement=rng.choice(("none", "under_25")), stopped_because="no_effect"
    )


def _answers(rng: random.Random, count: int, *, low: int, self_harm: bool) -> tuple[int, ...]:
    """Answers of someone who is unwell; the last one is raised only where `self_harm` says so."""
    answers = [rng.choice((low, 2, 2, 3, 3)) for _ in range(count)]
    if not self_harm:
        answers[-1] = 0
    return tuple(answers)
