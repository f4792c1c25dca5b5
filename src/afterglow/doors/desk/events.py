"""What the desk writes to the audit trail."""

home_read = "desk.home_read"
search_read = "desk.search_read"
journey_read = "desk.journey_read"
setup_read = "desk.setup_read"
trail_read = "desk.trail_read"
