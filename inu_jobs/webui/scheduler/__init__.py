"""Agent Scheduler behind ``ports.Scheduler``."""
