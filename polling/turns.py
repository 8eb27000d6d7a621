"""What all processes agree on through the broker: in which turns calls go out, and until when none does."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from functools import cache as once

from django.conf import settings
from redis import Redis
from redis.backoff import NoBackoff
from redis.commands.core import Script
from redis.exceptions import RedisError
from redis.retry import Retry

KEY, HOLD_KEY = "agora-next-turn", "agora-hold-until"
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
local held = redis.call('GET', KEYS[2]) or '0'
local length, most, longest = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
if turn - now > longest then turn = now end
if turn - now > most then return {0, turn - now - most, held} end
redis.call('SET', KEYS[1], string.format('%.0f', turn + length), 'EX', 100)
return {1, turn - now, held}
"""


@dataclass(frozen=True, kw_only=True)
class Turn:
    """When to go (`taken`), or when to ask again because too many wait already; `wait` is in seconds.

    Until `held_until`, in seconds since 1970, no call goes out whatever its turn.
    """

    taken: bool
    wait: float
    held_until: float = 0.0


@dataclass(kw_only=True)
class OwnPace:
    """The same within one process, for where no broker can be reached; see TAKE_TURN."""

    next_turn: float = 0.0
    held_until: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def take_turn(self, *, length: float, most: float) -> Turn:
        with self.lock:
            now = time.monotonic()
            ahead = max(0.0, self.next_turn - now)
            if ahead > most:
                return Turn(taken=False, wait=ahead - most, held_until=self.held_until)
            self.next_turn = now + ahead + length
            return Turn(taken=True, wait=ahead, held_until=self.held_until)


own_pace = OwnPace()


@once
def broker() -> Redis:
    """The broker's cache, which answers at once or not at all."""
    return Redis.from_url(settings.CACHE_URL, socket_timeout=2, retry=Retry(NoBackoff(), 1))


@once
def script() -> Script:
    """TAKE_TURN as the broker knows it."""
    return broker().register_script(TAKE_TURN)


def hold(until: float, *, seconds: float) -> None:
    """Let no process call until then, in seconds since 1970, which is so many seconds from now.

    Raises RedisError where the others cannot be told.
    """
    own_pace.held_until = until
    if settings.CACHE_URL:
        broker().set(HOLD_KEY, until, ex=max(1, int(seconds) + 1))


def held_until() -> float:
    """Until when no call goes out, in seconds since 1970; 0 when calls may."""
    if settings.CACHE_URL:
        try:
            return float(broker().get(HOLD_KEY) or 0)
        except RedisError:
            pass
    return own_pace.held_until


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
    taken, wait, held = script()(keys=[KEY, HOLD_KEY], args=arguments)
    return Turn(taken=bool(taken), wait=wait / 1e6, held_until=float(held))
