"""How one slot stands, in words: its look, since when, why, and when it is tried again."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _

from polling.labels import GAPS, LOOKS, MEANINGS, SIGNS, TONES, Look, error_words
from polling.models import PollSlot, SlotState, Stream

BY_STATE = {SlotState.PARTIAL: Look.PARTIAL, SlotState.FAILED: Look.FAILED, SlotState.EMPTY: Look.EMPTY}


@dataclass(frozen=True, kw_only=True)
class Standing:
    """A look with its sign and its words."""

    look: Look

    @property
    def sign(self) -> str:
        return SIGNS[self.look]

    @property
    def words(self) -> str:
        return str(LOOKS[self.look])

    @property
    def meaning(self) -> str:
        return str(MEANINGS[self.look])

    @property
    def tone(self) -> str:
        return TONES[self.look]

    @property
    def is_gap(self) -> bool:
        return self.look in GAPS


def standing_of(slot: PollSlot, now: dt.datetime) -> Standing:
    """How a slot stands."""
    return Standing(look=look_of(slot, now))


def look_of(slot: PollSlot, now: dt.datetime) -> Look:
    """The look of a slot; the same slots are gaps here and in `queries.is_missing`."""
    if slot.lease_until and slot.lease_until > now:
        return Look.RUNNING
    not_over = slot.stream == Stream.USAGE and slot.due_at > now and not slot.last_error
    if slot.state in BY_STATE and not not_over:
        look = BY_STATE[SlotState(slot.state)]
        return Look.WAITING if look == Look.PARTIAL and not slot.last_error else look
    if slot.first_complete_at is None:
        return look_of_unread(slot, now)
    if slot.state == SlotState.FROZEN:
        return Look.FINAL
    return Look.GROWING if not_over else Look.COMPLETE


def look_of_unread(slot: PollSlot, now: dt.datetime) -> Look:
    """The look of a slot that was never known of everybody."""
    if slot.due_at > now:
        return Look.GROWING if slot.active_complete_at else Look.LATER
    if waits_for_idle(slot, now):
        return Look.IN_USE
    return Look.PARTIAL if slot.last_error else Look.WAITING


def waits_for_idle(slot: PollSlot, now: dt.datetime) -> bool:
    """Whether only companies that do not use it are unknown, and their turn is still to come."""
    turns = dt.timedelta(days=settings.POLL_IDLE_DAYS + 1)
    return slot.first_complete_at is None and slot.active_complete_at is not None and slot.due_at > now - turns


def why(slot: PollSlot, look: Look) -> str:
    """Why a gap is one, in words."""
    if slot.last_error:
        return error_words(slot.last_error)
    if look == Look.WAITING and slot.state != SlotState.PARTIAL:
        return _("Nobody has read it yet.")
    if slot.stream == Stream.USAGE:
        return _("It was not read of every company and project yet, or Agora's answers did not carry it.")
    return ""
