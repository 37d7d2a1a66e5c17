"""Routes of the web API for what goes into a job before it is queued."""

from __future__ import annotations

from typing import Any, Literal

from starlette.responses import Response

from .. import api
from ..service import Service
from . import bodies, replies
from .endpoint import Call


def expand_prompts(service: Service, call: Call) -> Response:
    return call.json(service.expand_prompts(bodies.decode(call.body, api.PromptsExpand)))


def prompts_file(service: Service, call: Call) -> Response:
    return call.json(service.prompts_file(bodies.decode(call.body, api.PromptsFile)))


def spec(service: Service, call: Call) -> Response:
    return call.json(service.spec(call.ids["id"]))


def plan_edit(service: Service, call: Call) -> Response:
    return call.json(service.plan_edit(call.ids["id"], bodies.decode(call.body, api.JobEdit)))


def edit(service: Service, call: Call) -> Response:
    return call.json(service.edit(call.ids["id"], bodies.decode(call.body, api.JobEdit)))


def list_recipes(service: Service, call: Call) -> Response:
    return call.json(service.recipes.all())


def save_recipe(service: Service, call: Call) -> Response:
    return call.json(service.recipes.save(bodies.decode(call.body, api.RecipeSpec)), 201)


def delete_recipe(service: Service, call: Call) -> Response:
    return call.json(service.recipes.delete(call.ids["id"]))


def recipe_file(service: Service, call: Call) -> Response:
    name, data = service.recipes.file(call.ids["id"])
    return replies.download(name, "application/json", iter([data]))


EDIT = {"body": api.JobEdit}
#: as ``routes.TABLE``
TABLE: tuple[tuple[str, str, Any, str, type | Literal["file"] | None, dict[str, Any]], ...] = (
    (
        "POST",
        "/prompts/expand",
        expand_prompts,
        "What a template makes",
        api.Prompts,
        {"body": api.PromptsExpand},
    ),
    ("GET", "/recipes", list_recipes, "Recipes, shipped and saved", api.RecipeList, {}),
    (
        "POST",
        "/recipes",
        save_recipe,
        "Save or import a recipe",
        api.SavedRecipe,
        {"body": api.RecipeSpec, "status": 201},
    ),
    ("DELETE", "/recipes/{id}", delete_recipe, "Delete a recipe", api.SavedRecipe, {}),
    ("GET", "/recipes/{id}/file", recipe_file, "A recipe as a small file", "file", {}),
    ("GET", "/jobs/{id}/spec", spec, "What would make this job anew", api.JobSpec, {}),
    ("POST", "/jobs/{id}/edit/plan", plan_edit, "What a change would do", api.EditPlan, EDIT),
    ("POST", "/jobs/{id}/edit", edit, "Change a job while its tasks wait", api.JobSummary, EDIT),
    ("POST", "/prompts/file", prompts_file, "What a prompt file sets", api.Lines, {"body": api.PromptsFile}),
)
