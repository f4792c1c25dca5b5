"""Is the record still what was written?  Every session's chain and every sealed block of the audit trail, hashed anew.

It finds a hashed row that was changed, moved, added or taken away behind the program's back.  It does not find everything: a chain's hash covers
the number, kind, time and text of a row, not who wrote it or when it arrived; and whoever can rewrite the whole database can hash it anew.
"""

from __future__ import annotations

import argparse

from afterglow.doors.ops import answer, folder

HELP = "verify the chains of all sessions and the seals of the audit trail"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    places = parser.add_subparsers(dest="deed", required=True, metavar="DEED")
    verify = places.add_parser("verify", help="hash every session's chain and every sealed block anew; exit code 1 when one does not hold")
    verify.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="answer as JSON")


def choose_home(options: argparse.Namespace) -> None:
    """Before Django, as `serve` does."""
    folder.check_home()


def run(options: argparse.Namespace) -> int:
    from afterglow.ground.audit.seal import broken_blocks  # models exist once Django is set up
    from afterglow.pathway.session.chain import walk_all

    sessions, rows, broken = 0, 0, []
    for walked in walk_all():
        sessions, rows = sessions + 1, rows + walked.rows
        if walked.first_broken is not None:
            broken.append({"session": str(walked.session_id), "first_broken": walked.first_broken})
    blocks = [{"first": first, "last": last} for first, last in broken_blocks()]
    lines = [f"{sessions - len(broken)} of {sessions} sessions are whole; {rows} rows hold."]
    lines += [f"NOT whole: session {each['session']}, from row {each['first_broken']} on." for each in broken]
    lines += [f"NOT whole: audit rows {each['first']} to {each['last']}, changed after they were sealed." for each in blocks]
    whole = not broken and not blocks
    lines += ["Every seal of the audit trail holds." if not blocks else f"{len(blocks)} seals of the audit trail do not hold."]
    lines += [] if whole else ["Stop the server, keep the disk as it is, and find out who. A restored backup tells what the rows were."]
    say = answer.done if whole else answer.failed
    return say(options, "\n".join(lines), sessions=sessions, rows=rows, broken_sessions=broken, broken_seals=blocks)
