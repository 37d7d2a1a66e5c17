"""What ControlNet has to choose from."""

MODULES = ["None", "canny", "reference_only"]
MODELS = ["control_lines [1a2b3c4d]", "control_depth [5e6f7a8b]"]


def get_all_controlnet_names():
    return MODELS
