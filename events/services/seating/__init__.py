"""Seats: held, kept, confirmed, passed on and given back."""
