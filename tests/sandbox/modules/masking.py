"""The part of an image around a mask."""


def get_crop_region_v2(mask, pad=0):
    box = mask.getbbox()
    if box is None:
        return None
    x1, y1, x2, y2 = box
    return max(x1 - pad, 0), max(y1 - pad, 0), min(x2 + pad, mask.width), min(y2 + pad, mask.height)


def expand_crop_region(crop_region, processing_width, processing_height, image_width, image_height):
    """Grown, inside the image, towards the shape that is going to be generated."""
    x1, y1, x2, y2 = crop_region
    if (x2 - x1) * processing_height > (y2 - y1) * processing_width:
        y1, y2 = _grow(y1, y2, round((x2 - x1) * processing_height / processing_width), image_height)
    else:
        x1, x2 = _grow(x1, x2, round((y2 - y1) * processing_width / processing_height), image_width)
    return x1, y1, x2, y2


def _grow(low, high, wanted, limit):
    wanted = min(wanted, limit)
    low = max(0, min(low - (wanted - (high - low)) // 2, limit - wanted))
    return low, low + wanted
