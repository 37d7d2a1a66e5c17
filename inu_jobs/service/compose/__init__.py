"""From the composer's request to a waiting job."""
