"""Answers that go out, encoded by msgspec; by what they are about."""
