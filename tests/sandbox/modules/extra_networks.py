"""``<lora:name:0.8>`` and the like in prompts."""

import re
from collections import defaultdict

from modules import errors

extra_network_registry = {}
extra_network_aliases = {}
re_extra_net = re.compile(r"<(\w+):([^>]+)>")


def initialize():
    for known in (extra_network_registry, extra_network_aliases):
        known.clear()


def register_extra_network(extra_network):
    extra_network_registry[extra_network.name] = extra_network


def register_extra_network_alias(extra_network, alias):
    extra_network_aliases[alias] = extra_network


class ExtraNetworkParams:
    def __init__(self, items=None):
        self.items, self.positional, self.named = items or [], [], {}
        for item in self.items:
            if isinstance(item, str) and item.count("=") == 1:
                name, _, value = item.partition("=")
                self.named[name] = value
            else:
                self.positional.append(item)

    def __eq__(self, other):
        return other.items == self.items

    __hash__ = None


class ExtraNetwork:
    def __init__(self, name):
        self.name = name

    def activate(self, p, params_list):
        raise NotImplementedError

    def deactivate(self, p):
        raise NotImplementedError


def lookup_extra_networks(extra_network_data):
    res = {}
    for name, args in extra_network_data.items():
        network = extra_network_registry.get(name) or extra_network_aliases.get(name)
        if network is not None:
            res.setdefault(network, []).extend(args)
    return res


def activate(p, extra_network_data):
    mentioned = lookup_extra_networks(extra_network_data)
    rest = [network for network in extra_network_registry.values() if network not in mentioned]
    for network, args in [*mentioned.items(), *((network, []) for network in rest)]:
        try:
            network.activate(p, args)
        except Exception as e:
            errors.display(e, f"activating extra network {network.name} with arguments {args}")
    if p.scripts is not None:
        p.scripts.after_extra_networks_activate(
            p,
            batch_number=p.iteration,
            prompts=p.prompts,
            seeds=p.seeds,
            subseeds=p.subseeds,
            extra_network_data=extra_network_data,
        )


def deactivate(p, extra_network_data):
    for network in {
        **lookup_extra_networks(extra_network_data),
        **dict.fromkeys(extra_network_registry.values()),
    }:
        try:
            network.deactivate(p)
        except Exception as e:
            errors.display(e, f"deactivating extra network {network.name}")


def parse_prompt(prompt):
    res = defaultdict(list)

    def found(m):
        res[m.group(1)].append(ExtraNetworkParams(items=m.group(2).split(":")))
        return ""

    return re.sub(re_extra_net, found, prompt), res


def parse_prompts(prompts):
    """Prompts without their networks, and the networks of the first prompt."""
    parsed = [parse_prompt(prompt) for prompt in prompts]
    return [prompt for prompt, _ in parsed], parsed[0][1] if parsed else None
