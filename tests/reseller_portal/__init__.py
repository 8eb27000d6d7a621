"""Tests of settings, health, the asset build and `make run`."""
