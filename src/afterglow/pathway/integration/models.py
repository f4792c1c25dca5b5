"""Integration: what became of a visit, the goals and the weeks of practice that grew out of it; the therapist's own notes and the person's
own journal, each kept apart."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from afterglow.ground.keys.fields import EncryptedTextField


class Visit(models.Model):
    """What became of an integration appointment: held or missed.  One that was cancelled says so, with its cause, in the calendar."""

    append_only = True

    id = models.UUIDField(primary_key=True)
    appointment = models.OneToOneField("records_schedule.Appointment", on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey("records_chart.Person", on_delete=models.PROTECT, related_name="+")
    session = models.ForeignKey(
        "pathway_session.Session", null=True, on_delete=models.PROTECT, related_name="+", help_text="The last dose before it; null before any dose."
    )
    state = models.CharField(max_length=6, choices=[("held", "held"), ("missed", "missed")])
    held_at = models.DateTimeField(null=True)
    note = models.ForeignKey(
        "records_chart.Note", null=True, on_delete=models.PROTECT, related_name="+", help_text="What happened, in the chart for the whole team."
    )
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=140)

    class Classed:
        mutable, personal, kept = False, "person_id", "as the chart"

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="held", held_at__isnull=False, note__isnull=False) | Q(state="missed", held_at__isnull=True),
                name="visit_held_is_complete",
            )
        ]
        indexes = [models.Index(fields=["person", "recorded_at"], name="visit_person")]


class Goal(models.Model):
    """What became clear, and what the person wants to do about it.  A change is a new row that names the one before."""

    append_only = True

    id = models.UUIDField(primary_key=True)
    person = models.ForeignKey("records_chart.Person", on_delete=models.PROTECT, related_name="+")
    visit = models.ForeignKey("pathway_integration.Visit", null=True, on_delete=models.PROTECT, related_name="+", help_text="Where it came up.")
    theme = models.CharField(max_length=60, blank=True)
    insight = models.CharField(max_length=400, blank=True, help_text="What became clear, in the person's own words.")
    text = models.CharField(max_length=300)
    state = models.CharField(max_length=8, choices=[("open", "open"), ("reached", "reached"), ("let_go", "let go")], default="open")
    replaces = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=140)

    class Classed:
        mutable, personal, kept = False, "person_id", "as the chart"

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="goal_has_words")]
        indexes = [models.Index(fields=["person", "recorded_at"], name="goal_person")]


class Practice(models.Model):
    """One thing to practise for one week, towards a goal."""

    id = models.UUIDField(primary_key=True)
    person = models.ForeignKey("records_chart.Person", on_delete=models.PROTECT, related_name="+")
    goal = models.ForeignKey("pathway_integration.Goal", on_delete=models.PROTECT, related_name="+")
    text = models.CharField(max_length=300)
    times_a_week = models.PositiveSmallIntegerField(help_text="On how many days of the week.")
    starts_on = models.DateField()
    ends_on = models.DateField(help_text="Its last day.")
    set_at = models.DateTimeField()
    set_by = models.CharField(max_length=140)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=140, blank=True)
    end_reason = models.CharField(max_length=200, blank=True)

    class Classed:
        mutable, personal, kept = True, "person_id", "as the chart"

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(times_a_week__gte=1, times_a_week__lte=7), name="practice_one_to_seven_days"),
            models.CheckConstraint(condition=Q(ends_on__gte=models.F("starts_on")), name="practice_ends_after_start"),
            models.CheckConstraint(condition=Q(ended_at__isnull=True) | ~Q(end_reason=""), name="practice_ended_with_reason"),
            models.CheckConstraint(condition=~Q(text=""), name="practice_has_words"),
        ]
        indexes = [models.Index(fields=["person", "starts_on"], name="practice_person")]


class PracticeDone(models.Model):
    """A day of practice, ticked or taken back; the newest row of a day counts."""

    append_only = True

    id = models.UUIDField(primary_key=True)
    practice = models.ForeignKey("pathway_integration.Practice", on_delete=models.PROTECT, related_name="+")
    done_on = models.DateField()
    done = models.BooleanField()
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=140)

    class Classed:
        mutable, personal, kept = False, "practice__person_id", "as the chart"

    class Meta:
        indexes = [models.Index(fields=["practice", "done_on"], name="practice_done_day")]


ABOUT_ONE = Q(appointment__isnull=False, session__isnull=True) | Q(appointment__isnull=True, session__isnull=False)


class PsychotherapyNote(models.Model):
    """A therapist's analysis of the talk: encrypted, read by its author only, and in no other part of the record (safety 45)."""

    append_only = True

    id = models.UUIDField(primary_key=True)
    person = models.ForeignKey("records_chart.Person", on_delete=models.PROTECT, related_name="+")
    author = models.ForeignKey("ground_accounts.User", on_delete=models.PROTECT, related_name="+")
    appointment = models.ForeignKey("records_schedule.Appointment", null=True, on_delete=models.PROTECT, related_name="+")
    session = models.ForeignKey("pathway_session.Session", null=True, on_delete=models.PROTECT, related_name="+")
    text = EncryptedTextField()
    replaces = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()

    class Classed:
        mutable, personal, kept = False, "person_id", "as the chart"

    class Meta:
        constraints = [models.CheckConstraint(condition=ABOUT_ONE, name="psychotherapy_note_about_one")]
        indexes = [
            models.Index(fields=["appointment", "author"], name="therapy_note_visit"),
            models.Index(fields=["session", "author"], name="therapy_note_session"),
        ]


class NoteDraft(models.Model):
    """A psychotherapy note while it is typed, encrypted like the note; it goes when the note is written."""

    id = models.UUIDField(primary_key=True)
    person = models.ForeignKey("records_chart.Person", on_delete=models.PROTECT, related_name="+")
    author = models.ForeignKey("ground_accounts.User", on_delete=models.PROTECT, related_name="+")
    appointment = models.ForeignKey("records_schedule.Appointment", null=True, on_delete=models.PROTECT, related_name="+")
    session = models.ForeignKey("pathway_session.Session", null=True, on_delete=models.PROTECT, related_name="+")
    draft_text = EncryptedTextField()
    kept_at = models.DateTimeField()

    class Classed:
        mutable, personal, kept = True, "person_id", "until the note is written"

    class Meta:
        constraints = [
            models.CheckConstraint(condition=ABOUT_ONE, name="note_draft_about_one"),
            models.UniqueConstraint(fields=["author", "appointment"], condition=Q(appointment__isnull=False), name="note_draft_once_per_visit"),
            models.UniqueConstraint(fields=["author", "session"], condition=Q(session__isnull=False), name="note_draft_once_per_session"),
        ]


class JournalBook(models.Model):
    """One journal of one person, opened with a word that only they know; who forgets the word begins another."""

    append_only = True

    id = models.UUIDField(primary_key=True)
    person = models.ForeignKey("records_chart.Person", on_delete=models.PROTECT, related_name="+")
    word_hash = models.CharField(max_length=200, help_text="As a password is kept: slow to guess, never shown.")
    begun_at = models.DateTimeField()

    class Classed:
        mutable, personal, kept = False, "person_id", "as the chart"

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(word_hash=""), name="journal_has_a_word")]
        indexes = [models.Index(fields=["person"], name="journal_book_person")]


class JournalEntry(models.Model):
    """What a person wrote for themselves: encrypted, shown to nobody else unless they share this entry.

    Theirs to change and to remove.  Removed, the row stays without any words: ids on the trail still name something.
    """

    id = models.UUIDField(primary_key=True)
    person = models.ForeignKey("records_chart.Person", on_delete=models.PROTECT, related_name="+")
    book = models.ForeignKey("pathway_integration.JournalBook", on_delete=models.PROTECT, related_name="+")
    text = EncryptedTextField(blank=True)
    written_at = models.DateTimeField()
    edition = models.PositiveSmallIntegerField(default=1, help_text="One more with each change.")
    changed_at = models.DateTimeField(null=True)
    draft_text = EncryptedTextField(blank=True, default="", help_text="A change while it is typed.")
    removed_at = models.DateTimeField(null=True)

    class Classed:
        mutable, personal, kept = True, "person_id", "its words until the person removes them; the row as the chart"

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(removed_at__isnull=True) | Q(text="", draft_text=""), name="journal_removed_has_no_words"),
            models.CheckConstraint(
                condition=Q(edition=1, changed_at__isnull=True) | Q(edition__gt=1, changed_at__isnull=False), name="journal_edition"
            ),
        ]
        indexes = [models.Index(fields=["book", "written_at"], name="journal_entry_book")]


class JournalEarlier(models.Model):
    """Words of an entry that the care team was shown and that the person changed since; emptied when they remove the entry."""

    id = models.UUIDField(primary_key=True)
    entry = models.ForeignKey("pathway_integration.JournalEntry", on_delete=models.PROTECT, related_name="+")
    edition = models.PositiveSmallIntegerField()
    text = EncryptedTextField(blank=True)
    stood_at = models.DateTimeField()
    replaced_at = models.DateTimeField()

    class Classed:
        mutable, personal, kept = True, "entry__person_id", "its words until the person removes the entry; the row as the chart"

    class Meta:
        constraints = [models.UniqueConstraint(fields=["entry", "edition"], name="journal_earlier_once")]


class JournalShare(models.Model):
    """An entry shown to the care team, or taken back; the newest row counts, and none means private."""

    append_only = True

    id = models.UUIDField(primary_key=True)
    person = models.ForeignKey("records_chart.Person", on_delete=models.PROTECT, related_name="+")
    entry = models.ForeignKey("pathway_integration.JournalEntry", on_delete=models.PROTECT, related_name="+")
    shared = models.BooleanField()
    said_at = models.DateTimeField()

    class Classed:
        mutable, personal, kept = False, "person_id", "as the chart"

    class Meta:
        indexes = [
            models.Index(fields=["entry", "said_at"], name="journal_share_entry"),
            models.Index(fields=["person", "said_at"], name="journal_share_person"),
        ]


class JournalDraft(models.Model):
    """An entry while it is typed, encrypted like the entry; it goes when the entry is kept."""

    id = models.UUIDField(primary_key=True)
    book = models.OneToOneField("pathway_integration.JournalBook", on_delete=models.PROTECT, related_name="+")
    draft_text = EncryptedTextField()
    kept_at = models.DateTimeField()

    class Classed:
        mutable, personal, kept = True, "book__person_id", "until the entry is kept"


class JournalTry(models.Model):
    """A word that did not open a journal, for the pause after too many; the word itself is not kept."""

    id = models.UUIDField(primary_key=True)
    person = models.ForeignKey("records_chart.Person", on_delete=models.PROTECT, related_name="+")
    tried_at = models.DateTimeField()

    class Classed:
        mutable, personal, kept = True, "person_id", "until the pause is over"

    class Meta:
        indexes = [models.Index(fields=["person", "tried_at"], name="journal_try_person")]
