"""The fixed cast for the tests of this room, and a key for what it keeps encrypted."""

from tests.support.cast import cast
from tests.support.keys import key_file

__all__ = ["cast", "key_file"]
