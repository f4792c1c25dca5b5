"""What happens after a dose, as it stands in the audit trail."""

from __future__ import annotations

check_ins_planned = "response.check_ins_planned"
check_in_sent = "response.check_in_sent"
check_in_not_sent = "response.check_in_not_sent"
check_in_answered = "response.check_in_answered"
check_in_expired = "response.check_in_expired"
check_in_silent = "response.check_in_silent"
check_in_called = "response.check_in_called"
check_ins_read = "response.check_ins_read"
check_in_read = "response.check_in_read"
review_signed = "response.review_signed"
review_carried_out = "response.review_carried_out"
reviews_read = "response.reviews_read"
trajectory_read = "response.trajectory_read"
dose_effect_read = "response.dose_effect_read"
