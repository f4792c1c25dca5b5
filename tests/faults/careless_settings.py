"""The product's settings with SQLite at synchronous=NORMAL, which in WAL mode answers before anything is on the disk.

Nobody runs this: it is here so that the test of what is on the disk before an answer is seen to fail where it must.
"""

from afterglow.conf.settings import *  # noqa: F403
from afterglow.conf.settings import DATABASES

_options = DATABASES["default"]["OPTIONS"]
_options["init_command"] = _options["init_command"].replace("synchronous=FULL", "synchronous=NORMAL")  # type: ignore[index, attr-defined]
assert "synchronous=NORMAL" in _options["init_command"]  # type: ignore[index]
