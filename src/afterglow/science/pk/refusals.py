"""What the pharmacology engine refuses, each by name: what is wrong, and what to do now."""

from __future__ import annotations

from afterglow.science.quantities import NotANumber, QuantityRefused, UnitMismatch, UnknownUnit

__all__ = [
    "ModelInvalid",
    "NegativeTime",
    "NoVariability",
    "NotANumber",
    "OutsideModelRange",
    "QuantityRefused",
    "UnitMismatch",
    "UnknownDose",
    "UnknownEffect",
    "UnknownExposure",
    "UnknownRoute",
    "UnknownUnit",
    "UnlikeLevel",
    "UnsortedDoses",
    "WrongDrug",
    "WrongPopulation",
]


class NegativeTime(QuantityRefused):
    """A time before zero, or times that go back."""

    code = "pk.negative_time"


class UnsortedDoses(QuantityRefused):
    """Doses that are not in the order in which they were given."""

    code = "pk.unsorted_doses"


class UnknownDose(QuantityRefused):
    """A dose that cannot be read, or that nobody can give in this way."""

    code = "pk.unknown_dose"


class UnknownRoute(QuantityRefused):
    """The model does not describe this route."""

    code = "pk.unknown_route"


class WrongDrug(QuantityRefused):
    """Racemic ketamine and S-ketamine are two drugs here: neither stands in for the other."""

    code = "pk.wrong_drug"


class OutsideModelRange(QuantityRefused):
    """Weight or age outside the people the model was made from."""

    code = "pk.outside_range"


class WrongPopulation(QuantityRefused):
    """An adult model asked about a child, or a children's model about an adult."""

    code = "pk.wrong_population"


class UnknownExposure(QuantityRefused):
    """Nobody published how this changes exposure: unknown, and never none."""

    code = "pk.unknown_exposure"


class UnknownEffect(QuantityRefused):
    """No level was published with this effect: nothing can be told from a level."""

    code = "pk.unknown_effect"


class NoVariability(QuantityRefused):
    """How people differ was not published with this model."""

    code = "pk.no_variability"


class UnlikeLevel(QuantityRefused):
    """A level of another drug, unit or sampling site, or of a site that nobody stated."""

    code = "pk.unlike_level"


class ModelInvalid(ValueError):
    """The file describes no model that can be computed: a fault of the file, not of the question."""
