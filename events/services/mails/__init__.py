"""The outbox: what is queued, planned, judged, and sent once."""
