"""Exports: what can be had as a file, and how it is written."""
