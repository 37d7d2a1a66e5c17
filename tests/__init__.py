"""The tests, and the sandbox that they and people use."""
