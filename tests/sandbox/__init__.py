"""Tests of the stand-in for Agora's API."""
