"""Images: their files, marks, search, and making them again."""
