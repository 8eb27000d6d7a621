"""Tests of the only code that speaks to Agora."""
