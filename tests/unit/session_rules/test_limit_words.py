"""Every number of the limits list has words of its own: nobody signs for "sbp at most"."""

from __future__ import annotations

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from afterglow.pathway.session.rules.limit_words import WORDS, number_words

LISTS = sorted((Path(__file__).resolve().parents[3] / "src/afterglow/library/alerts/site_limits").glob("*.yaml"))


@pytest.mark.parametrize("path", LISTS, ids=lambda path: path.stem)
def test_every_number_of_the_list_is_named(path: Path) -> None:
    limits = YAML(typ="safe").load(path.read_text(encoding="utf-8"))["limits"]
    names = {name for limit in limits for name in limit["values"]}
    assert len(names) > 40
    assert not names - WORDS.keys()
    for limit in limits:
        said = [number_words(name) for name in limit["values"]]
        assert len(set(said)) == len(said), limit["id"]


def test_a_number_that_is_new_is_still_readable() -> None:
    assert number_words("brand_new") == "Brand new"
