"""A served app with our routes, as the WebUI would have it."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware
from starlette.testclient import TestClient

from inu_jobs.web.routes import ROOT, ROUTES, add_routes
from inu_jobs.web.static import WebUi
from tests.unit.service.service_kit import House

#: what every change must carry
PROOF = {"X-Inu-Jobs": "1"}
SITE = "http://localhost:7860"
UI_FILES = {"main.mjs": "export const a = 1\n", "views/list.mjs": "export {}\n", "inu.css": ".ij {}\n"}


def make_ui(folder: Path) -> WebUi:
    ui = folder / "ui"
    for name, text in {**UI_FILES, "notes.txt": "secret", "page.html": "<p>secret"}.items():
        path = ui / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return WebUi(ui)


def plain_app(house: House, api_auth: str | None = None, server_name: str | None = None) -> FastAPI:
    """As with --nowebui: no gradio. The WebUI's own gzip is on."""
    app = FastAPI()
    app.add_middleware(GZipMiddleware, minimum_size=1000)
    options = SimpleNamespace(api_auth=api_auth, server_name=server_name)
    add_routes(app, house, make_ui(house.folder), options)
    return app


def client_of(app: Any, site: str = SITE) -> TestClient:
    return TestClient(app, base_url=site)


def all_requests(id: str = "nope") -> list[tuple[str, str]]:
    """(method, path) of every route."""
    found = [(method, ROOT + path.replace("{id}", id)) for method, path, *_ in ROUTES]
    return [*found, ("GET", "/inu-jobs/ui/main.mjs")]
