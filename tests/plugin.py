"""Loaded first of all (``-p tests.plugin`` in pyproject.toml): starts the engines, then Django.

It does so on import, before pytest loads any installed plugin: pytest-randomly imports
model-bakery, which reads Django's settings, and those need the engines' addresses.
"""

from __future__ import annotations

import os

import django

from tests import engines

engines.prepare()
os.environ["DJANGO_SETTINGS_MODULE"] = "fundraiser.settings"
_given = set(os.environ)
django.setup()
# What the settings read from files (NAME_FILE) is theirs: a child reads it again for itself.
for _name in set(os.environ) - _given:
    del os.environ[_name]
