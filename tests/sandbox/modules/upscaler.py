"""Upscalers by name. All of the sandbox's scale with Lanczos or nearest neighbour."""

from PIL import Image

import host_traits


class Upscaler:
    name = None
    model_name = None

    def __init__(self, name, filter=Image.Resampling.LANCZOS):
        self.name = name
        self.filter = filter

    def upscale(self, img, scale, selected_model=None):
        size = (round(img.width * scale) // 8 * 8, round(img.height * scale) // 8 * 8)
        return img.resize(size, self.filter)


class UpscalerData:
    def __init__(self, name, path=None, upscaler=None, scale=4, model=None):
        self.name = name
        self.data_path = path
        self.local_data_path = path
        self.scaler = upscaler or Upscaler(name)
        self.scale = scale
        self.model = model


def available():
    scales = {"DAT x2": 2, "DAT x3": 3}
    nearest = Upscaler("Nearest", Image.Resampling.NEAREST)
    return [
        UpscalerData(name, upscaler=nearest if name == "Nearest" else None, scale=scales.get(name, 4))
        for name in host_traits.UPSCALERS
    ]
