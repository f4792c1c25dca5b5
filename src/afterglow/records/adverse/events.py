"""What adverse events write to the audit trail."""

recorded = "adverse.event_recorded"
updated = "adverse.event_updated"
page_read = "adverse.page_read"
form_read = "adverse.form_read"
