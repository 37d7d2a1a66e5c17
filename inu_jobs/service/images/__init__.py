"""Images: their files, marks and search, and making them again."""
