"""Fill ``shared`` in the order that the rest relies on."""

from modules import shared


class TotalTQDM:
    def reset(self):
        pass

    def update(self):
        pass

    def updateTotal(self, new_total):
        pass

    def clear(self):
        pass


def initialize():
    from modules import options, shared_options, shared_state, styles

    shared.options_templates = shared_options.options_templates
    shared.restricted_opts = shared_options.restricted_opts
    shared.opts = options.Options(shared.options_templates, shared.restricted_opts)
    shared.opts.load(shared.config_filename)
    shared.state = shared_state.State()
    shared.prompt_styles = styles.StyleDatabase(shared.styles_filename)
    shared.total_tqdm = TotalTQDM()
