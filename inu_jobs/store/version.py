"""The version of the files' shape. A new or changed field of a record makes a new one, with its
migration: what an older program does not know it would drop when it writes."""

VERSION = 4
