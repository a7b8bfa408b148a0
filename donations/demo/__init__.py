"""The founding story as data: told by doing it (manage.py seed_demo)."""
