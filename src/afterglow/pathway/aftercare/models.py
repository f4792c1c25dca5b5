"""After the course: when a person is looked at, what was found, what they do themselves, and how often."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

CHECK_KINDS = ("check", "booster_discussion")
WAYS = ("phone", "visit", "video")
NEXT_STEPS = ("continue", "earlier_check", "booster_discussion", "prescriber")
SAID_OF_SUICIDE = ("no", "yes", "declined", "not_asked", "not_reached")
"""The gravest answer of the interview in one word; the five answers themselves are kept by the measures."""


class AftercarePlan(models.Model):
    """A year of checks after a course, by the follow-up file that was in force when it began."""

    id = models.UUIDField(primary_key=True)
    person = models.ForeignKey("records_chart.Person", on_delete=models.PROTECT, related_name="+")
    plan = models.ForeignKey(
        "pathway_plan.TreatmentPlan", on_delete=models.PROTECT, related_name="+", help_text="The version in force when it began."
    )
    review = models.OneToOneField(
        "pathway_response.ResponseReview", on_delete=models.PROTECT, related_name="+", help_text="The signed review that decided it."
    )
    follow_up = models.ForeignKey("ground_content.LibraryRow", on_delete=models.PROTECT, related_name="+")
    first_dose_at = models.DateTimeField(help_text="When the course began: scores are held against the baseline before it.")
    last_dose_on = models.DateField(help_text="The site's day of the last dose of the course; checks are counted from it.")
    state = models.CharField(max_length=5, choices=[("on", "on"), ("ended", "ended")], default="on")
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=140)
    looked_at = models.DateTimeField(null=True, help_text="When somebody last reached the person for a check.")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=140, blank=True)
    end_reason = models.CharField(max_length=300, blank=True)

    class Classed:
        mutable, personal, kept = True, "person_id", "as the chart"

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person"], condition=Q(state="on"), name="aftercare_once_on"),
            models.CheckConstraint(condition=Q(state="on") | Q(ended_at__isnull=False) & ~Q(end_reason=""), name="aftercare_end_says_why"),
        ]
        indexes = [
            models.Index(fields=["person", "made_at"], name="aftercare_person"),
            models.Index(fields=["follow_up", "looked_at", "person"], condition=Q(state="on"), name="aftercare_unseen"),
        ]


class Check(models.Model):
    """One date by which a person is looked at: of the file, earlier because somebody asked for it, or to talk about a booster."""

    id = models.UUIDField(primary_key=True)
    aftercare = models.ForeignKey("pathway_aftercare.AftercarePlan", on_delete=models.PROTECT, related_name="+")
    rule_id = models.CharField(max_length=60, help_text="Which check of the file; extra:<id of the record that asked for it> otherwise.")
    kind = models.CharField(max_length=20, choices=[(name, name) for name in CHECK_KINDS])
    title = models.CharField(max_length=80)
    due_on = models.DateField()
    state = models.CharField(max_length=8, choices=[(name, name) for name in ("due", "done", "dropped")], default="due")
    done_at = models.DateTimeField(null=True)

    class Classed:
        mutable, personal, kept = True, "aftercare__person_id", "as the chart"

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["aftercare", "rule_id"], name="aftercare_check_once"),
            models.CheckConstraint(condition=Q(state="done", done_at__isnull=False) | ~Q(state="done"), name="aftercare_check_done_has_time"),
        ]
        indexes = [models.Index(fields=["state", "due_on"], name="aftercare_check_due")]


class CheckRecord(models.Model):
    """What a check found, with the standing as it was read; a correction is a new row that names the one before."""

    append_only = True

    id = models.UUIDField(primary_key=True)
    check_of = models.ForeignKey("pathway_aftercare.Check", on_delete=models.PROTECT, related_name="+")
    replaces = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="+")
    reached = models.BooleanField()
    how = models.CharField(max_length=5, choices=[(name, name) for name in WAYS])
    suicide = models.CharField(max_length=11, choices=[(name, name) for name in SAID_OF_SUICIDE])
    note = models.TextField()
    next_step = models.CharField(max_length=20, choices=[(name, name) for name in NEXT_STEPS])
    saw_text = models.TextField(help_text="Standing and tasks as they were read, as JSON.")
    taken_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    by = models.CharField(max_length=140)
    by_user = models.ForeignKey("ground_accounts.User", on_delete=models.PROTECT, related_name="+")

    class Classed:
        mutable, personal, kept = False, "check_of__aftercare__person_id", "as the chart"

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(note=""), name="aftercare_record_says_what"),
            models.CheckConstraint(
                condition=Q(reached=True) & ~Q(suicide="not_reached") | Q(reached=False, suicide="not_reached"), name="aftercare_record_asked"
            ),
        ]
        indexes = [models.Index(fields=["check_of", "recorded_at"], name="aftercare_record")]


class Task(models.Model):
    """One thing the person wants to keep doing, so many days a week."""

    id = models.UUIDField(primary_key=True)
    aftercare = models.ForeignKey("pathway_aftercare.AftercarePlan", on_delete=models.PROTECT, related_name="+")
    text = models.CharField(max_length=200)
    per_week = models.PositiveSmallIntegerField(help_text="On how many days of a week.")
    starts_on = models.DateField()
    ended_on = models.DateField(null=True, help_text="The last day on which it counted.")
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=140)

    class Classed:
        mutable, personal, kept = True, "aftercare__person_id", "as the chart"

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(per_week__gte=1, per_week__lte=7), name="aftercare_task_days_of_a_week"),
            models.CheckConstraint(condition=~Q(text=""), name="aftercare_task_says_what"),
        ]
        indexes = [models.Index(fields=["aftercare", "made_at"], name="aftercare_task")]


class TaskDay(models.Model):
    """A day on which a task was done, as the person said, or that tick taken back; the newest row of a day counts.

    A day without a tick is a day of which nothing was said, never one on which the task was not done.
    """

    append_only = True

    id = models.UUIDField(primary_key=True)
    task = models.ForeignKey("pathway_aftercare.Task", on_delete=models.PROTECT, related_name="+")
    done_on = models.DateField()
    done = models.BooleanField()
    words = models.CharField(max_length=200, blank=True, default="", help_text="What the person wrote with the tick, if anything.")
    at = models.DateTimeField()
    by = models.CharField(max_length=140)

    class Classed:
        mutable, personal, kept = False, "task__aftercare__person_id", "as the chart"

    class Meta:
        indexes = [models.Index(fields=["task", "done_on"], name="aftercare_task_day")]
