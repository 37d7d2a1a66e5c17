"""The WebUI's entry point. It also finds our Script classes here."""

from inu_jobs.webui.extension import InuJobsScript, InuJobsUpscale, register  # noqa: F401

register()
