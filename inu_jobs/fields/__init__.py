"""The fields of a payload: what each is called, holds and may be."""
