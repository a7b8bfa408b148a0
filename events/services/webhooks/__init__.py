"""Signed requests to programs of a team: queued with the fact, signed, sent, told of in a log."""
