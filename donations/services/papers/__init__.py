"""Receipts and yearly statements, on screen and as PDF."""
