"""The product's own gunicorn settings for bench.bare, which has no heartbeat to tell."""

from fundraiser.gunicorn import *  # noqa: F403 -- all of them
from fundraiser.gunicorn import post_worker_init

del post_worker_init
