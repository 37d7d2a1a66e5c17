"""What runs inside the WebUI while it makes the images of a task."""
