"""Measurements of what decides whether the portal keeps up; run by hand with `make bench`."""
