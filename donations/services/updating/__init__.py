"""Updates to the donors of a campaign: what became of their gifts."""
