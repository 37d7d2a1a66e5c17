"""From what somebody composes to a job that waits."""
