"""Stand-in for the WebUI's own package. Real behaviour at version 1.10.1 is the measure."""
