"""Signed exchanges with Agora: address rules, the gate, time limits, exact JSON, and which error an answer is."""

from ..errors import Held
from .address import check_base_url
from .answers import read_json
from .attempt import Answer, PreparedCall, RawAnswer
from .calls import Transport
from .gate import Exchange, Gate, OpenGate

__all__ = [
    "Answer",
    "Exchange",
    "Gate",
    "Held",
    "OpenGate",
    "PreparedCall",
    "RawAnswer",
    "Transport",
    "check_base_url",
    "read_json",
]
