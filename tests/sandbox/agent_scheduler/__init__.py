"""Stand-in for Agent Scheduler: it really queues, in SQLite, with the real one's weaknesses."""
