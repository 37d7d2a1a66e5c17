"""Agent Scheduler as an extension of the host: where it comes from, installing, restarting, versions."""
