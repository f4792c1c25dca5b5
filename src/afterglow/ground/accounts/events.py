"""What accounts write to the audit trail."""

signed_in = "accounts.signed_in"
signed_out = "accounts.signed_out"
sign_in_failed = "accounts.sign_in_failed"
clinic_created = "accounts.clinic_created"
staff_invited = "accounts.staff_added"
staff_disabled = "accounts.staff_disabled"
password_changed = "accounts.password_changed"
