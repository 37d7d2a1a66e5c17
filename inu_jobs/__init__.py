"""Inu Jobs: queue, follow and look after batches of images in the Stable Diffusion WebUI."""

__version__ = "0.1.0"
