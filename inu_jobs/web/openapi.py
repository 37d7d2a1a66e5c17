"""Our routes in the WebUI's /docs: requests and responses described from the msgspec structs.

FastAPI describes pydantic models by itself; ours are added with ``openapi_extra``, and their components by
wrapping ``app.openapi`` (FastAPI's documented way, "Extending OpenAPI").
"""

from __future__ import annotations

import re
from typing import Any, Literal

import msgspec

from .. import api, budgets

PREFIX = "InuJobs."  # the WebUI and other extensions have components named "Image" or "Status", too
TYPES: tuple[type, ...] = (
    api.JobSpec, api.JobPatch, api.DeriveSpec, api.Plan, api.JobSummary, api.JobList, api.JobDetail,
    api.Changes,
    api.Live, api.Removed, api.Status, api.Capture, api.ImageInfo, api.Problem,
    api.SetVerdict, api.SetRating, api.Selected, api.Purge, api.Undo, api.Result, api.TrashList, api.Deleted,
    api.Audited,
    api.JobExport, api.ImageExport, api.Export, api.FoundImages,
    api.ImportSpec, api.ImportFolders, api.ImportState,
    api.PromptsExpand, api.Prompts, api.PromptsFile, api.PromptLines,
    api.JobEdit, api.EditPlan, api.RunPlan,
    api.RecipeSpec, api.SavedRecipe, api.RecipeList,
    api.GuestSpec, api.GuestTasks, api.GuestView, api.GuestList,
    api.MachineSpec, api.MachinePatch, api.MachineList, api.MachineTest,
)  # fmt: skip

_PROBLEMS = {
    "401": "not logged in",
    "403": "foreign host or origin, or the header X-Inu-Jobs is missing",
    "404": "no such id",
    "409": "valid, but not possible now",
    "413": f"larger than {budgets.BODY_WITH_IMAGES // budgets.MB} MB",
    "415": "not application/json",
    "422": "invalid input: one sentence, and the field",
    "503": "the store or the scheduler is unavailable",
}


_HEADER = {
    "name": "X-Inu-Jobs",
    "in": "header",
    "required": True,
    "schema": {"type": "string", "enum": ["1"]},
    "description": "Proves that no other website's page sent this.",
}

Query = dict[str, tuple[dict[str, Any], str]]  # name -> (schema, description)


def components(openapi_version: str) -> dict[str, Any]:
    """All our schemas by component name, in the dialect of that OpenAPI version."""
    _, found = msgspec.json.schema_components(TYPES, ref_template="#/components/schemas/" + PREFIX + "{name}")
    named = {PREFIX + name: schema for name, schema in found.items()}
    return {k: _as_3_0(v) for k, v in named.items()} if openapi_version.startswith("3.0") else named


def _as_3_0(schema: Any) -> Any:
    """OpenAPI 3.0 (FastAPI before 0.99) lacks the ``null`` type, ``const`` and ``prefixItems``."""
    if isinstance(schema, list):
        return [_as_3_0(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    out = {key: value if key in ("default", "enum") else _as_3_0(value) for key, value in schema.items()}
    if {"type": "null"} in out.get("anyOf", ()):
        rest = [option for option in out.pop("anyOf") if option != {"type": "null"}]
        out |= {"anyOf": rest, "nullable": True}
    if "prefixItems" in out:
        out["items"] = {"anyOf": out.pop("prefixItems")}
    return out


def operation(
    method: str,
    path: str,
    summary: str,
    answer: type | Literal["file"] | None,
    *,
    body: type | None = None,
    query: Query | None = None,
    status: int = 200,
) -> dict[str, Any]:
    """An ``openapi_extra``. ``answer``: a struct, 'file' for bytes, None for any JSON object."""
    changes = method != "GET"
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in re.findall(r"{(\w+)}", path)
    ]
    failures = ["401", "403", *(["404"] if parameters else []), *(["422"] if query or body else [])]
    failures += ["409", "413", "415", "503"] if changes else []
    for name, (schema, text) in (query or {}).items():
        parameters.append(
            {"name": name, "in": "query", "required": False, "schema": schema, "description": text}
        )
    if changes:
        parameters.append(_HEADER)
    content = {
        "application/json": {"schema": _ref(answer) if isinstance(answer, type) else {"type": "object"}}
    }
    if answer == "file":
        content = {"image/*": {"schema": {"type": "string", "format": "binary"}}}
    extra: dict[str, Any] = {
        "summary": summary,
        "parameters": parameters,
        "responses": {
            str(status): {"description": "OK", "content": content},
            **{code: _problem(code) for code in sorted(failures)},
        },
    }
    if body is not None:
        extra["requestBody"] = {"required": True, "content": {"application/json": {"schema": _ref(body)}}}
    return extra


def _ref(type_: type) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{PREFIX}{type_.__name__}"}


def _problem(code: str) -> dict[str, Any]:
    return {"description": _PROBLEMS[code], "content": {"application/json": {"schema": _ref(api.Problem)}}}


def describe(app: Any) -> None:
    """Add our components to ``app.openapi()``, whoever else has wrapped it."""
    original = app.openapi

    def openapi() -> dict[str, Any]:
        document: dict[str, Any] = original()
        schemas = document.setdefault("components", {}).setdefault("schemas", {})
        schemas.update(components(str(document.get("openapi", "3.0.2"))))
        return document

    app.openapi_schema = None  # drop what was built before our routes were added
    app.openapi = openapi
