"""Clinics, sites and the people who sign in.  One database holds many clinics; staff hold roles per clinic."""

from __future__ import annotations

from datetime import time

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q


class Clinic(models.Model):
    id = models.UUIDField(primary_key=True)
    name = models.CharField(max_length=120)
    is_demo = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    class Classed:
        mutable, personal, kept = True, None, "while the clinic exists"

    def __str__(self) -> str:
        return self.name


class Site(models.Model):
    """A place where people are treated: its time zone and jurisdiction decide times and licences there."""

    id = models.UUIDField(primary_key=True)
    clinic = models.ForeignKey("ground_accounts.Clinic", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    zone = models.CharField(max_length=64)
    state = models.CharField(max_length=8, help_text="Jurisdiction of the site, such as CA.")
    address = models.CharField(max_length=200, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    open_days = models.CharField(max_length=7, default="12345", help_text="ISO weekdays on which visits are proposed: 1 is Monday.")
    opens = models.TimeField(default=time(9), help_text="In the site's zone.")
    closes = models.TimeField(default=time(17))

    class Classed:
        mutable, personal, kept = True, None, "while the clinic exists"

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clinic", "name"], name="site_name_once_per_clinic"),
            models.CheckConstraint(condition=Q(closes__gt=models.F("opens")), name="site_closes_after_it_opens"),
            models.CheckConstraint(condition=~Q(open_days=""), name="site_opens_some_day"),
        ]

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    """Only what Django's sign-in needs: look-up by e-mail, whatever its case."""

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser):
    id = models.UUIDField(primary_key=True)
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]
    objects = UserManager()

    class Classed:
        mutable, personal, kept = True, "staff", "as long as records name them"

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """One role of one person in one clinic; ended, never deleted."""

    id = models.UUIDField(primary_key=True)
    user = models.ForeignKey("ground_accounts.User", on_delete=models.PROTECT, related_name="+")
    clinic = models.ForeignKey("ground_accounts.Clinic", on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=40)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Classed:
        mutable, personal, kept = True, "staff", "as long as records name them"

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "clinic", "role"], condition=Q(ended_at__isnull=True), name="membership_active_once"),
            models.CheckConstraint(condition=Q(ended_at__isnull=True) | Q(ended_at__gte=models.F("started_at")), name="membership_ends_after_start"),
        ]


class PasswordLink(models.Model):
    """A way to choose one's own password, once, made by the clinic's owner; nobody else ever types it.  The token is stored as a hash."""

    id = models.UUIDField(primary_key=True)
    user = models.ForeignKey("ground_accounts.User", on_delete=models.PROTECT, related_name="+")
    clinic = models.ForeignKey("ground_accounts.Clinic", on_delete=models.PROTECT, related_name="+")
    token_sha256 = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=140)
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.CharField(max_length=80, blank=True)
    at_machine = models.BooleanField(default=False, help_text="Made by whoever runs the machine: it works for every clinic of its holder.")

    class Classed:
        mutable, personal, kept = True, "staff", "90 days after it ended"

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(expires_at__gt=models.F("made_at")), name="password_link_expires_after_made")]


class SignInFailure(models.Model):
    """A failed sign-in, for the throttle: the address tried is kept as a hash only."""

    id = models.BigAutoField(primary_key=True)
    email_sha256 = models.CharField(max_length=64)
    source_sha256 = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Classed:
        mutable, personal, kept = True, None, "one day"

    class Meta:
        indexes = [
            models.Index(fields=["email_sha256", "at"], name="signin_failure_email"),
            models.Index(fields=["source_sha256", "at"], name="signin_failure_source"),
        ]
