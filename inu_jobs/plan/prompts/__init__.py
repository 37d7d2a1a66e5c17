"""Prompts: their syntax, and where many of them come from (templates, wildcards, files)."""
