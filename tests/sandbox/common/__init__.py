"""What the stand-ins of all hosts have in common, where a host's own module differs otherwise."""
