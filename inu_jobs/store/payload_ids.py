"""Payloads are named after their content."""

from __future__ import annotations

import hashlib

import msgspec

_encoder = msgspec.json.Encoder(order="deterministic")


def canonical(payload: object) -> bytes:
    """The same JSON for the same content, whatever the order of its keys."""
    return _encoder.encode(payload)


def digest(data: bytes) -> str:
    """SHA-256 of a payload's canonical JSON."""
    return hashlib.sha256(data).hexdigest()
