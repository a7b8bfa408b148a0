"""The house looked at from inside: what is late, what is stuck, who is alive."""
