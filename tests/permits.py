"""``ports.Permits`` of WebUI 1.10.1 with the settings that it comes with, for tests without a host."""

from __future__ import annotations

import json
from pathlib import Path

from inu_jobs.webui.capture import frozen_settings, scripts
from inu_jobs.webui.capture.frozen_settings import Setting

_TABLE = Path(__file__).parent / "sandbox" / "a1111" / "options_table.json"
SETTINGS = {
    name: Setting(
        row.get("default"),
        infotext=bool(row.get("infotext")),
        changeable=not row.get("restrict_api") and not row.get("html"),
        section=row["section"][0] or "",
    )
    for name, row in json.loads(_TABLE.read_text("utf-8")).items()
}


class RecordedPermits:
    def refused_setting(self, name: str) -> str:
        return frozen_settings.refused(name, SETTINGS.get(name))

    def refused_script(self, title: str) -> str:
        return scripts.refused(title)
