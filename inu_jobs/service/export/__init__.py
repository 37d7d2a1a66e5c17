"""Taking images along."""
