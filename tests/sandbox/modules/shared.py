"""What all parts of the WebUI share. Filled by ``shared_init.initialize``."""

import os
import sys

import host_traits
from modules import options, shared_cmd_options, shared_items, util
from modules.paths_internal import data_path

cmd_opts = shared_cmd_options.cmd_opts
parser = shared_cmd_options.parser

parallel_processing_allowed = True
styles_filename = cmd_opts.styles_file = cmd_opts.styles_file or [os.path.join(data_path, "styles.csv")]
config_filename = cmd_opts.ui_settings_file
hide_dirs = {"visible": not cmd_opts.hide_ui_dir_config}

demo = None
device = "cpu"
xformers_available = False
hypernetworks = {}
loaded_hypernetworks = []
state = None
prompt_styles = None
face_restorers = []
options_templates = None
opts = None
restricted_opts = None
settings_components = None
tab_names = []

latent_upscale_default_mode = host_traits.LATENT_DEFAULT
latent_upscale_modes = dict(host_traits.LATENT_MODES)
sd_upscalers = []
progress_print_out = sys.stdout
gradio_theme = None
total_tqdm = None
mem_mon = None

# Extensions reach these through here.
natural_sort_key, listfiles, walk_files = util.natural_sort_key, util.listfiles, util.walk_files
OptionInfo, OptionHTML, options_section = options.OptionInfo, options.OptionHTML, options.options_section
list_samplers, list_checkpoint_tiles = shared_items.list_samplers, shared_items.list_checkpoint_tiles
refresh_checkpoints = shared_items.refresh_checkpoints


class Shared(sys.modules[__name__].__class__):
    """``sd_model`` is loaded when first asked for, so the module itself is an object with a property."""

    @property
    def sd_model(self):
        from modules import sd_models

        return sd_models.model_data.get_sd_model()

    @sd_model.setter
    def sd_model(self, value):
        from modules import sd_models

        sd_models.model_data.set_sd_model(value)


sys.modules[__name__].__class__ = Shared
