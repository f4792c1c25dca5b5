"""The sign-in form."""

from __future__ import annotations

from django import forms


class PasswordForm(forms.Form):
    old = forms.CharField(label="Your password now", strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}))
    new = forms.CharField(
        label="New password",
        help_text="At least 12 characters: a few unrelated words, or one from a password manager.",
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


class SignInForm(forms.Form):
    email = forms.EmailField(label="E-mail address", widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True}))
    password = forms.CharField(label="Password", strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}))
