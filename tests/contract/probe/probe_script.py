"""An extension for tests: runs a contract case inside the WebUI it is in, and makes tasks fail or dawdle.

The harness copies it into ``extensions/inu-jobs-probe/scripts`` and names the repository's folder in
INU_PROBE_ROOT."""

import os
import sys
import time
from pathlib import Path

from modules import script_callbacks, scripts, shared
from modules.processing import Processed, process_images

if os.environ["INU_PROBE_ROOT"] not in sys.path:
    sys.path.append(os.environ["INU_PROBE_ROOT"])

from tests.contract.kit import cases
from tests.contract.kit.inside import inside


class Report(scripts.Script):
    def title(self):
        return "Inu probe report"

    def show(self, is_img2img):
        return scripts.AlwaysVisible

    def postprocess(self, p, processed, *args):
        inside().produced(processed.images[processed.index_of_first_image :])


class Misbehave(scripts.Script):
    """Selectable. The prompt says what to do: "fail WHY", "memory", "nothing", "slow SECONDS", which an
    interruption ends, or "break SECONDS", which ends in an error. It takes no arguments, as the stand-in
    without a page has no controls."""

    def title(self):
        return "Inu probe"

    def run(self, p, *args):
        what, _, text = p.prompt.partition(" ")
        if what == "fail":
            raise RuntimeError(text)
        if what == "memory":
            raise RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB")
        if what == "nothing":
            return Processed(p, [])
        end = time.monotonic() + float(text or 0)
        while time.monotonic() < end and not shared.state.interrupted:
            time.sleep(0.01)
        if what == "break":
            raise RuntimeError("was not to be stopped")
        return process_images(p)


def run(part: str):
    return cases.answer(part, inside())


def on_app_started(demo, app):
    if app is not None:  # the stand-in without a page has a server of its own
        app.add_api_route("/inu-jobs-probe/{part}", run, methods=["POST"])


script_callbacks.on_image_saved(lambda params: inside().saved(str(Path(params.filename).absolute())))
script_callbacks.on_app_started(on_app_started)
