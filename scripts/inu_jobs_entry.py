"""Where the WebUI comes in. It also finds our Script class here."""

from inu_jobs.webui.register import InuJobsScript, register  # noqa: F401

register()
