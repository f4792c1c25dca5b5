"""The fixed cast for the tests of this room, and a key for what it keeps encrypted."""

from tests.support.cast import cast
from tests.support.keys import key_file
from tests.support.ways_out import mail_is_set_up

__all__ = ["cast", "key_file", "mail_is_set_up"]
