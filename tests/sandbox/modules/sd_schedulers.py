"""Noise schedules by name."""

import host_traits


class Scheduler:
    def __init__(self, name, label, function, default_rho=-1, need_inner_model=False, aliases=None):
        self.name = name
        self.label = label
        self.function = function
        self.default_rho = default_rho
        self.need_inner_model = need_inner_model
        self.aliases = aliases


schedulers = [Scheduler(name, label, None, **more) for name, label, more in host_traits.SCHEDULERS]
schedulers_map = {**{x.name: x for x in schedulers}, **{x.label: x for x in schedulers}}
