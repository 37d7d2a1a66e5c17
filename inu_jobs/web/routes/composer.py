"""What goes into a job before it is queued: captures, prompts, recipes, and what is installed."""

from __future__ import annotations

from starlette.responses import Response

from ... import api
from ...service import Service
from .. import bodies, replies
from ..endpoint import Call
from .route import Route


def capture(service: Service, call: Call) -> Response:
    return call.json(service.captures.get(call.ids["id"]))


def catalog(service: Service, call: Call) -> Response:
    return call.json(service.overview.catalog())


def expand_prompts(service: Service, call: Call) -> Response:
    return call.json(service.drafter.prompts(bodies.decode(call.body, api.PromptsExpand)))


def prompts_file(service: Service, call: Call) -> Response:
    return call.json(service.drafter.lines(bodies.decode(call.body, api.PromptsFile)))


def list_recipes(service: Service, call: Call) -> Response:
    return call.json(service.recipes.all())


def save_recipe(service: Service, call: Call) -> Response:
    return call.json(service.recipes.save(bodies.decode(call.body, api.RecipeSpec)), 201)


def delete_recipe(service: Service, call: Call) -> Response:
    return call.json(service.recipes.delete(call.ids["id"]))


def recipe_file(service: Service, call: Call) -> Response:
    name, data = service.recipes.file(call.ids["id"])
    return replies.download(name, "application/json", iter([data]))


ROUTES = (
    Route("GET", "/captures/{id}", capture, "What 'Queue as job' captured", api.Capture, {}),
    Route("GET", "/catalog", catalog, "The payload's fields, and what is installed", None, {}),
    Route(
        "POST",
        "/prompts/expand",
        expand_prompts,
        "The prompts that a template makes",
        api.Prompts,
        {"body": api.PromptsExpand},
    ),
    Route(
        "POST",
        "/prompts/file",
        prompts_file,
        "The prompts in a prompt file",
        api.PromptLines,
        {"body": api.PromptsFile},
    ),
    Route("GET", "/recipes", list_recipes, "All recipes, built-in and saved", api.RecipeList, {}),
    Route(
        "POST",
        "/recipes",
        save_recipe,
        "Save or import a recipe",
        api.SavedRecipe,
        {"body": api.RecipeSpec, "status": 201},
    ),
    Route("DELETE", "/recipes/{id}", delete_recipe, "Delete a recipe", api.SavedRecipe, {}),
    Route("GET", "/recipes/{id}/file", recipe_file, "Download a recipe", "file", {}),
)
