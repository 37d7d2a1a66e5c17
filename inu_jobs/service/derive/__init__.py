"""New jobs from existing images."""
