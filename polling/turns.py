"""The pace of the calls: every process that shares the broker's cache takes turns, one after another and evenly."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from functools import cache as once

from django.conf import settings
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

KEY = "agora-next-turn"
# A turn is so much longer than the rate allows: calls that are on their way for different times stay within it.
MARGIN = 1.04
# A poll takes no turn further ahead than this, so of five turns a create that comes gets one at least.
POLLS_AHEAD = 4
# Nobody plans so far: a later turn was written before the broker's clock was put back.
LONGEST_QUEUE = 60.0

TAKE_TURN = """
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local turn = math.max(now, tonumber(redis.call('GET', KEYS[1]) or '0'))
local length, most, longest = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
if turn - now > longest then turn = now end
if turn - now > most then return {0, turn - now - most} end
redis.call('SET', KEYS[1], string.format('%.0f', turn + length), 'EX', 100)
return {1, turn - now}
"""


@dataclass(frozen=True, kw_only=True)
class Turn:
    """When to go (`taken`), or when to ask again because too many wait already; `wait` is in seconds."""

    taken: bool
    wait: float


@dataclass(kw_only=True)
class OwnPace:
    """The same pace within one process, for where no broker can be reached; see TAKE_TURN."""

    next_turn: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def take_turn(self, *, length: float, most: float) -> Turn:
        with self.lock:
            now = time.monotonic()
            ahead = max(0.0, self.next_turn - now)
            if ahead > most:
                return Turn(taken=False, wait=ahead - most)
            self.next_turn = now + ahead + length
            return Turn(taken=True, wait=ahead)


own_pace = OwnPace()


@once
def broker() -> Redis:
    """The broker's cache, which answers at once or not at all."""
    return Redis.from_url(settings.CACHE_URL, socket_timeout=2, retry=Retry(NoBackoff(), 1))


def take_turn(*, write: bool) -> Turn:
    """The next turn of everybody, AGORA_REQUESTS_PER_SECOND of them in a second; a create may always take it."""
    length = MARGIN / settings.AGORA_REQUESTS_PER_SECOND
    most = LONGEST_QUEUE if write else POLLS_AHEAD * length
    if settings.CACHE_URL:
        try:
            return shared_turn(length=length, most=most)
        except RedisError:
            pass
    return own_pace.take_turn(length=length, most=most)


def shared_turn(*, length: float, most: float) -> Turn:
    """A turn that no other process of this broker has."""
    arguments = [round(seconds * 1e6) for seconds in (length, most, LONGEST_QUEUE)]
    taken, wait = broker().register_script(TAKE_TURN)(keys=[KEY], args=arguments)
    return Turn(taken=bool(taken), wait=wait / 1e6)
