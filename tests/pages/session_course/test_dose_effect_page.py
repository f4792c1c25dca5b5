"""A dose under way, on the page that compares doses: what went in so far, and nothing worked out from it (safety 73)."""

from __future__ import annotations

from django.urls import reverse

from tests.support.session import OnTheWay


def test_a_dose_that_runs_shows_what_went_in_so_far_and_no_peak(way: OnTheWay) -> None:
    said = way.cast.client("ana").get(reverse("response:doses", args=[way.person_id])).text
    assert "so far, the infusion is not over" in said and "Nothing is worked out before the infusion is over." in said
    assert "artery: " not in said and "site not stated: " not in said
