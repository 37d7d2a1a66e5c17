"""HTTP, without knowing the host: who may ask, what comes in, what goes out."""
