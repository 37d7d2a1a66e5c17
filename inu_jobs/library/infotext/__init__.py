"""What the WebUI wrote into an image about how it was made."""
