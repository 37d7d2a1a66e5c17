"""The WebUI as a host: folders, models, settings, progress."""
