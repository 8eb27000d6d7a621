"""Every page opened in headless Chromium: what a person sees, an empty console, nothing that axe finds serious."""
