"""How a command answers: a sentence for people, one JSON object for programs."""

from __future__ import annotations

import argparse
import json


def done(options: argparse.Namespace, sentence: str, **facts: object) -> int:
    """Say that it was done; exit code 0."""
    print(json.dumps({"ok": True, **facts}, default=str) if options.json else sentence)
    return 0


def failed(options: argparse.Namespace, sentence: str, **facts: object) -> int:
    """Say that it was not; exit code 1."""
    print(json.dumps({"ok": False, "sentence": sentence, **facts}, default=str) if options.json else sentence)
    return 1
