"""What the WebUI has and does: folders, models, settings, progress."""
