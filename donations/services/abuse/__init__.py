"""What keeps card testers, floods and unwanted visitors away: docs/abuse.md."""
