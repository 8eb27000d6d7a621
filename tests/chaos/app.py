"""The portal's Celery app with a faster schedule, reading nothing but the lists in which creates appear."""

from reseller_portal.celery import app


@app.task(name="tests.chaos.app.read_nothing")
def read_nothing() -> None:
    """Takes the place of the readings of usage and bills."""


LISTS = ("companies", "projects")
app.conf.stream_tasks = {
    stream: task if stream in LISTS else read_nothing.name for stream, task in app.conf.stream_tasks.items()
}
for name, seconds in (("polls", 2.0), ("creates", 0.5)):
    app.conf.beat_schedule[name] |= {"schedule": seconds, "options": {"expires": 5}}
