"""New jobs from images that are there."""
