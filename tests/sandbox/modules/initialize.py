"""Bring the stand-in up: settings, models, scripts. No gradio here."""

import importlib
import sys

from modules import timer


def initialize():
    from modules import shared_init

    shared_init.initialize()
    initialize_rest(reload_script_modules=False)


def initialize_rest(*, reload_script_modules=False):
    """Also run by "Reload UI"."""
    import host_traits
    import networks
    from modules import extensions, extra_networks, scripts, sd_models, sd_samplers, shared, upscaler

    sd_samplers.set_samplers()
    extensions.list_extensions()
    shared.sd_upscalers = upscaler.available()
    sd_models.list_models()
    scripts.load_scripts()
    if reload_script_modules and shared.opts.enable_reloading_ui_scripts:
        for name, module in list(sys.modules.items()):
            if name.startswith("modules.ui"):
                importlib.reload(module)
    extra_networks.initialize()
    networks.list_available_networks()
    extra_networks.register_extra_network(networks.ExtraNetworkLora())
    host_traits.initialize_models()
    timer.startup_timer.record("initialize")
