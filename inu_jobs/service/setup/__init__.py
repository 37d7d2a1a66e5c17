"""Getting Agent Scheduler to run: what is wrong, and what one click does about it."""
