"""The version of the files' structure. A new or changed field of a record needs a new version with a
migration, because an older program would drop what it does not know when writing."""

VERSION = 5
