"""Prompts: their syntax, and sources of many prompts (templates, wildcards, files)."""
