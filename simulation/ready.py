"""Imported before anything that needs Django's settings."""

import django

django.setup()
