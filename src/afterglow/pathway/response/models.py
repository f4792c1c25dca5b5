"""How somebody does after a dose: the check-ins on the clock, the calls they lead to, and the signed reviews of a course."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

STATES = ("planned", "sent", "answered", "called", "expired", "not_sent")
ASKED_BY = ("link", "staff")


class CheckIn(models.Model):
    """One short questionnaire at one hour after a dose, or on one day of a course; its times are frozen when it is planned."""

    id = models.UUIDField(primary_key=True)
    person = models.ForeignKey("records_chart.Person", on_delete=models.PROTECT, related_name="+")
    plan = models.ForeignKey(
        "pathway_plan.TreatmentPlan",
        on_delete=models.PROTECT,
        related_name="+",
        help_text="The first version of the course: the same after a revision.",
    )
    session = models.ForeignKey(
        "pathway_session.Session", null=True, on_delete=models.PROTECT, related_name="+", help_text="Null: on a day of the course."
    )
    site = models.ForeignKey("ground_accounts.Site", on_delete=models.PROTECT, related_name="+", help_text="Whose people on call read the answers.")
    follow_up = models.ForeignKey("ground_content.LibraryRow", on_delete=models.PROTECT, related_name="+")
    rule_id = models.CharField(max_length=40, help_text="Which check-in of the follow-up file.")
    anchor = models.CharField(max_length=60, help_text="dose:<number>:<rule>, course:<rule>:<number> or after:<rule>.")
    title = models.CharField(max_length=80)
    instrument = models.CharField(max_length=40)
    dose_no = models.PositiveSmallIntegerField(help_text="After which dose; for a day of the course, the last one given when it was planned.")
    opens_at = models.DateTimeField()
    due_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    call_if_silent = models.BooleanField()
    asked_by = models.CharField(
        max_length=5,
        choices=[(name, name) for name in ASKED_BY],
        default="link",
        help_text="staff: a colleague asks in person; nobody is written to.",
    )
    state = models.CharField(max_length=10, choices=[(name, name) for name in STATES], default="planned")
    reason = models.CharField(max_length=300, blank=True, help_text="Why it was not sent, or not sent yet.")
    assignment = models.ForeignKey("records_measures.Assignment", null=True, on_delete=models.PROTECT, related_name="+")
    planned_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, help_text="When the questions were opened to the person.")
    reminded_at = models.DateTimeField(null=True, help_text="When the second message was due; it is tried once.")
    answered_at = models.DateTimeField(null=True)
    silent_at = models.DateTimeField(null=True, help_text="When somebody was asked to call.")

    class Classed:
        mutable, personal, kept = True, "person_id", "as the chart"

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["session", "rule_id"], condition=Q(session__isnull=False), name="check_in_once_per_dose"),
            models.UniqueConstraint(fields=["plan", "anchor"], condition=Q(session__isnull=True), name="check_in_once_per_anchor"),
            models.CheckConstraint(
                condition=Q(due_at__gte=models.F("opens_at"), closes_at__gte=models.F("due_at"), closes_at__gt=models.F("opens_at")),
                name="check_in_times_in_order",
            ),
            models.CheckConstraint(condition=Q(state__in=STATES), name="check_in_state_known"),
            models.CheckConstraint(condition=Q(asked_by__in=ASKED_BY), name="check_in_asked_by_known"),
            models.CheckConstraint(condition=~Q(state="sent") | Q(assignment__isnull=False, sent_at__isnull=False), name="check_in_sent_is_complete"),
            models.CheckConstraint(condition=~Q(state="answered") | Q(answered_at__isnull=False), name="check_in_answered_has_time"),
            models.CheckConstraint(condition=~Q(state="not_sent") | ~Q(reason=""), name="check_in_not_sent_says_why"),
        ]
        indexes = [
            models.Index(fields=["state", "opens_at"], name="check_in_due"),
            models.Index(fields=["person", "opens_at"], name="check_in_person"),
        ]


class CheckInCall(models.Model):
    """Somebody called a person who did not answer, or who could not be asked in writing; for ever."""

    append_only = True

    id = models.UUIDField(primary_key=True)
    check_in = models.ForeignKey("pathway_response.CheckIn", on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=12, choices=[(name, name) for name in ("well", "worried", "no_answer")])
    note = models.TextField(blank=True)
    called_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    by = models.CharField(max_length=140)
    by_user = models.ForeignKey("ground_accounts.User", on_delete=models.PROTECT, related_name="+")

    class Classed:
        mutable, personal, kept = False, "check_in__person_id", "as the chart"

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(outcome="no_answer") | ~Q(note=""), name="check_in_call_says_what")]
        indexes = [models.Index(fields=["check_in", "called_at"], name="check_in_call")]


class ResponseReview(models.Model):
    """A prescriber's signed decision whether the course goes on, with every score it was decided on."""

    append_only = True

    id = models.UUIDField(primary_key=True)
    person = models.ForeignKey("records_chart.Person", on_delete=models.PROTECT, related_name="+")
    plan = models.ForeignKey(
        "pathway_plan.TreatmentPlan",
        on_delete=models.PROTECT,
        related_name="+",
        help_text="The first version of the course: one review per dose of it.",
    )
    after_dose = models.PositiveSmallIntegerField()
    decision = models.CharField(max_length=10, choices=[(name, name) for name in ("continue", "change", "stop", "refer", "aftercare", "extend")])
    reason = models.TextField()
    saw_text = models.TextField(help_text="Every score, baseline, standing and dose it was decided on, as JSON.")
    signed_at = models.DateTimeField()
    signed_by = models.ForeignKey("ground_accounts.User", on_delete=models.PROTECT, related_name="+")
    made_by = models.CharField(max_length=140)

    class Classed:
        mutable, personal, kept = False, "person_id", "as the chart"

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["plan", "after_dose"], name="review_once_per_dose"),
            models.CheckConstraint(condition=~Q(reason=""), name="review_has_reason"),
            models.CheckConstraint(condition=Q(after_dose__gte=1), name="review_after_a_dose"),
        ]
        indexes = [
            models.Index(fields=["person", "signed_at"], name="review_person"),
            models.Index(fields=["decision", "id"], name="review_decision"),
        ]
