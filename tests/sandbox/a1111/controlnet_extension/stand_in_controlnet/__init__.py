"""A stand-in for ControlNet: units as Mikubill's sd-webui-controlnet has them, without a model."""
