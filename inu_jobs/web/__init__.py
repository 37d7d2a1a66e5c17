"""HTTP, independent of the host: access control, requests, responses."""
