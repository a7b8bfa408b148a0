"""The cache never breaks a page: where Redis does not answer, the page is made anew."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any, TypeVar

import redis
from django.core.cache.backends.redis import RedisCache

logger = logging.getLogger(__name__)
Result = TypeVar("Result")

#: After a failure Redis is left alone for so many seconds, so that pages stay quick.
REST_SECONDS = 5.0


class ForgivingRedisCache(RedisCache):
    """Django's Redis cache where a dead Redis means a miss."""

    _resting_until: float = 0.0

    def _forgiving(self, call: Callable[[], Result], otherwise: Result) -> Result:
        if time.monotonic() < ForgivingRedisCache._resting_until:
            return otherwise
        try:
            return call()
        except redis.RedisError:
            logger.warning("cache: Redis does not answer, going on without for %s s", REST_SECONDS)
            ForgivingRedisCache._resting_until = time.monotonic() + REST_SECONDS
            return otherwise

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        """Return the cached value, or ``default``."""
        return self._forgiving(lambda: RedisCache.get(self, key, default, version), default)

    def set(self, key: Any, value: Any, *args: Any, **kwargs: Any) -> None:
        """Store the value if Redis answers."""
        self._forgiving(lambda: RedisCache.set(self, key, value, *args, **kwargs), None)

    def get_many(self, keys: Any, version: int | None = None) -> Any:
        """Return those that are cached."""
        return self._forgiving(lambda: RedisCache.get_many(self, keys, version), {})

    def delete(self, key: Any, version: int | None = None) -> bool:
        """Forget the value if Redis answers."""
        return self._forgiving(lambda: RedisCache.delete(self, key, version), otherwise=False)
