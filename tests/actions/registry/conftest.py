"""The fixed cast for the tests of this room."""

from tests.support.cast import cast

__all__ = ["cast"]
