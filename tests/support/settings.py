"""The product's own settings, pointed at this run's folder and database before they are read."""

import os

from tests.support import engine

_home = engine.run_folder() / f"home-{engine.worker()}"
_home.mkdir(mode=0o700, exist_ok=True)
os.environ["AFTERGLOW_HOME"] = str(_home)
os.environ["AFTERGLOW_DATABASE_URL"] = engine.database_url(f"afterglow_{engine.worker()}")

from afterglow.conf.settings import *  # noqa: E402, F403
from afterglow.conf.settings import DATABASES  # noqa: E402

# Tests point one alias at several databases in turn; a pool is kept per alias and would hand out the wrong one.
DATABASES["default"].get("OPTIONS", {}).pop("pool", None)
