"""Which task is next, when a job may run, and when it will be done."""
