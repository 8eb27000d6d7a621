"""The times of a run, in seconds: about a fiftieth of the portal's own, so that hours of trouble pass in minutes.

Their order is kept: a call ends within its lease, the lease within the gateway's window, and the window, the
gateway's patience and the list's lag within the time after which an absence means something.
"""

# `x-date` counts whole seconds, so the window cannot shrink as far as the rest.
WINDOW, PATIENCE, LIST_LAG = 6.0, 2.0, 3.0
CREATE_TIMES = {
    "prepare_lease": 3,
    "write_within": 2,
    "send_lease": 5,
    "sweeps": (0.5, 1.5, 4, 8),
    "look_again": 1.5,
    "gateway_window": WINDOW,
    "gateway_patience": PATIENCE,
    "list_lag": LIST_LAG,
    "margin": 2,
    "probe_every": 1,
    "pauses": (0.5, 1, 2, 4),
}
CONNECT_TIMEOUT, READ_TIMEOUT, CALL_TIMEOUT = 1.0, 2.5, 3.0
READING_LEASE, PAUSE_AFTER_FAILURES = 5.0, 1.0
