"""Samplers. All draw with the sandbox's renderer; names, aliases and options are the real ones."""

import functools
from collections import namedtuple

from PIL import Image
from tests.sandbox import faults, renderer

import host_traits
from modules import sd_schedulers, shared

SamplerDataTuple = namedtuple("SamplerData", ["name", "constructor", "aliases", "options"])


class SamplerData(SamplerDataTuple):
    def total_steps(self, steps):
        return steps * 2 if self.options.get("second_order", False) else steps


class Sampler:
    def __init__(self, sd_model):
        self.sd_model = sd_model
        self.config = None

    def sample(self, p, requests, finish=None, steps=None):
        """Images for ``requests``, one sampling step after the other, with live previews.

        ``finish(image_request)`` makes the final image; an interrupt stops early with what is there."""
        state = shared.state
        total = self.config.total_steps(steps or p.steps)
        state.sampling_steps = total
        state.sampling_step = 0
        faults.before_sampling(p.prompts[0])
        draw = finish or renderer.render
        for number in range(total):
            if state.interrupted or state.skipped:
                return [draw(replace_done(x, number / total)) for x in requests]
            state.sampling_step = number
            if wants_preview(number, state):
                state.current_latent = [draw(replace_done(x, number / total)) for x in requests[:4]]
                state.set_current_image()
            faults.step()
        state.sampling_step = total
        return [faults.sampled(draw(x)) for x in requests]


def wants_preview(number, state):
    every = shared.opts.show_progress_every_n_steps
    if not shared.opts.live_previews_enable or every <= 0 or faults.current.seconds_per_step <= 0:
        return False
    return number - state.current_image_sampling_step >= every


def replace_done(request, done):
    values = {**request.__dict__, "done": done}
    return renderer.Request(**values)


all_samplers = [
    SamplerData(name, Sampler, aliases, options) for name, aliases, options in host_traits.SAMPLERS
]
all_samplers_map = {x.name: x for x in all_samplers}
samplers = []
samplers_for_img2img = []
samplers_map = {}
samplers_hidden = set()


def find_sampler_config(name):
    return all_samplers[0] if name is None else all_samplers_map.get(name)


def create_sampler(name, model):
    config = find_sampler_config(name)
    assert config is not None, f"bad sampler name: {name}"
    sampler = config.constructor(model)
    sampler.config = config
    return sampler


def set_samplers():
    global samplers, samplers_for_img2img, samplers_hidden

    samplers_hidden = set(shared.opts.hide_samplers)
    samplers = samplers_for_img2img = all_samplers
    samplers_map.clear()
    for sampler in all_samplers:
        for name in (sampler.name, *sampler.aliases):
            samplers_map[name.lower()] = sampler.name


def visible_sampler_names():
    return [x.name for x in samplers if x.name not in samplers_hidden]


def visible_samplers():
    return [x for x in samplers if x.name not in samplers_hidden]


@functools.cache
def get_sampler_and_scheduler(sampler_name, scheduler_name, *, convert_automatic=True):
    """Old names like "Euler a Karras" are taken apart; an unknown one becomes the first sampler."""
    first = samplers[0]
    scheduler = sd_schedulers.schedulers_map.get(scheduler_name, sd_schedulers.schedulers[0])
    name = sampler_name or first.name
    for candidate in sd_schedulers.schedulers:
        for option in (candidate.label, candidate.name, *(candidate.aliases or [])):
            if name.endswith(" " + option):
                scheduler = candidate
                name = name[: -len(option) - 1]
                break
    sampler = all_samplers_map.get(name, first)
    if convert_automatic and sampler.options.get("scheduler") == scheduler.name:
        scheduler = sd_schedulers.schedulers[0]
    return sampler.name, scheduler.label


def get_sampler_from_infotext(d):
    return get_sampler_and_scheduler(d.get("Sampler"), d.get("Schedule type"))[0]


def get_scheduler_from_infotext(d):
    return get_sampler_and_scheduler(d.get("Sampler"), d.get("Schedule type"))[1]


def fix_p_invalid_sampler_and_scheduler(p):
    p.sampler_name, p.scheduler = get_sampler_and_scheduler(
        p.sampler_name, p.scheduler, convert_automatic=False
    )


def sample_to_image(samples, index=0, approximation=None):
    return samples[index]


def samples_to_image_grid(samples, approximation=None):
    from modules import images

    return images.image_grid(samples) if len(samples) > 1 else Image.Image.copy(samples[0])
