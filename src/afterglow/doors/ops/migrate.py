"""Bring the database to this version: tables, append-only guards, library."""

from __future__ import annotations

import argparse

from django.conf import settings
from django.core.management import call_command
from django.db import connection

from afterglow.doors import clock
from afterglow.doors.ops import answer, folder
from afterglow.ground import appendonly
from afterglow.ground.keys.keyring import make_key_file

HELP = "bring the database and its guards to this version"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """No options of its own."""


def choose_home(options: argparse.Namespace) -> None:
    """Before Django, as `serve` does."""
    folder.check_home()


def run(options: argparse.Namespace) -> int:
    fresh = bring_up_to_date()
    return answer.done(options, f"The database is up to date; {fresh} library files were new.", library_files_new=fresh)


def bring_up_to_date() -> int:
    """Key file, tables, guards and library, in this order; running it again changes nothing.  Returns how many library files were new."""
    from afterglow.doors.jobs.statistics import gather_statistics  # models exist once Django is set up
    from afterglow.ground.content.actions import load_library

    make_key_file(settings.KEY_FILE)
    call_command("migrate", verbosity=0, interactive=False)
    appendonly.install(connection)
    fresh = load_library(clock.now())
    gather_statistics()
    return fresh
