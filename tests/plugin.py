"""Loaded first of all (``-p tests.plugin`` in pyproject.toml): starts the engines, then Django.

It does so on import, before pytest loads any installed plugin: pytest-randomly imports
model-bakery, which reads Django's settings, and those need the engines' addresses.
"""

from __future__ import annotations

import gc
import os

import django
from django.db import connections

from tests import engines

engines.prepare()
os.environ["DJANGO_SETTINGS_MODULE"] = "fundraiser.settings"
_given = set(os.environ)
django.setup()
if _template := os.environ.get("TEST_TEMPLATE"):
    connections["default"].settings_dict["TEST"]["TEMPLATE"] = _template
# What the settings read from files (NAME_FILE) is theirs: a child reads it again for itself.
for _name in set(os.environ) - _given:
    del os.environ[_name]
# Half of what migrating takes is collecting garbage, and a part of all else: seldom is enough.
gc.collect()
gc.freeze()
gc.set_threshold(50_000, 10, 2)
