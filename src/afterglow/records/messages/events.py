"""What the outbox writes to the audit trail."""

queued = "messages.queued"
cancelled = "messages.cancelled"
delivered = "messages.delivered"
given_up = "messages.given_up"
tried_again = "messages.tried_again"
sender_named = "messages.sender_named"
outbox_read = "messages.outbox_read"
