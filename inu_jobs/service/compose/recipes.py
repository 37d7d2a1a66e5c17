"""Recipes: those that come with Inu Jobs, and the user's own."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from ... import api
from ...errors import InvalidInput, Refused
from ...library.inputs import Inputs
from ...library.payload_images import IMAGE_FIELDS, accept, tokens_in
from ...library.recipe_files import RecipeShelf
from ...model import Recipe, new_id
from ...plan import check_payload, written_as
from ...ports import Permits
from ...queue.schedule import windows
from ...sentences import say
from . import job_names
from .drafts import MAX_NAME, MAX_NOTE, check_axes, check_permitted, check_priority, check_text

BUILTIN = "builtin:"
SHIPPED = Path(__file__).resolve().parents[2] / "recipes"
MAX_RECIPES = 1000
MAX_ASKS = 16
MAX_SIZE = 1_000_000  # bytes: a recipe is words and numbers
_KEY = re.compile(r"[a-z][a-z0-9_]{0,31}")
_MAX_LABEL = 200


class Recipes:
    """Lists, saves and deletes recipes."""

    def __init__(
        self,
        shelf: RecipeShelf,
        inputs: Inputs,
        permits: Permits,
        clock: Callable[[], float] = time.time,
        shipped: Path = SHIPPED,
    ) -> None:
        self._shelf = shelf
        self._inputs = inputs
        self._permits = permits
        self._clock = clock
        self._shipped_in = shipped
        self._shipped: list[Recipe] | None = None

    def all(self) -> api.RecipeList:
        """Built-in ones first, then the user's, newest first."""
        return api.RecipeList([_view(recipe) for recipe in [*self._builtin(), *self._shelf.all()]])

    def save(self, spec: api.RecipeSpec) -> api.SavedRecipe:
        """Save a new recipe. ``InvalidInput`` with the field if it could not make a job."""
        recipe = self._checked(spec)
        if len(self._shelf.all()) >= MAX_RECIPES:
            raise Refused(say("There are already {most:,} recipes: delete some first.", most=MAX_RECIPES))
        self._shelf.put(recipe)
        return _view(recipe)

    def delete(self, id: str) -> api.SavedRecipe:
        """Returns the deleted recipe: saving it again restores it."""
        recipe = self._get(id)
        if id.startswith(BUILTIN):
            raise Refused(say("This recipe comes with Inu Jobs and cannot be deleted."))
        self._shelf.delete(id)
        return _view(recipe)

    def file(self, id: str) -> tuple[str, bytes]:
        """(name, content) of a file with one recipe, in the form that ``save`` takes."""
        recipe = self._get(id)
        fields = msgspec.structs.asdict(recipe)
        del fields["id"], fields["created"]
        spec = api.RecipeSpec(**fields)
        data = msgspec.json.format(msgspec.json.encode(spec), indent=2)
        return f"{job_names.clean(recipe.name).replace('/', '-')}.json", data

    # ------------------------------------------------------------------------- inside

    def _get(self, id: str) -> Recipe:
        builtin = next((recipe for recipe in self._builtin() if recipe.id == id), None)
        return builtin or self._shelf.get(id)

    def _builtin(self) -> list[Recipe]:
        if self._shipped is None:
            self._shipped = [
                _recipe(msgspec.json.decode(path.read_bytes(), type=api.RecipeSpec), BUILTIN + path.stem, 0.0)
                for path in sorted(self._shipped_in.glob("*.json"))
            ]
        return self._shipped

    def _checked(self, spec: api.RecipeSpec) -> Recipe:
        name = job_names.clean(spec.name)
        if not name:
            raise InvalidInput(say("A recipe needs a name."), "name")
        check_text(name, "name", MAX_NAME)
        check_text(spec.note, "note", MAX_NOTE)
        check_priority(spec.priority)
        windows.check(spec.windows)
        check_axes(spec.axes)
        for number, axis in enumerate(spec.axes):
            written_as(axis, f"axes.{number}")
            values = [] if axis.values is msgspec.UNSET else axis.values
            check_permitted(axis.field, values, self._permits, f"axes.{number}.field")
        _check_asks(spec)
        kind = spec.kind or "img2img"
        # its images belong to the page, and stay there
        payload = {f: v for f, v in spec.payload.items() if f not in IMAGE_FIELDS and f != "init_images"}
        check_payload(payload, kind)
        payload = accept(payload, kind, self._inputs, self._permits)
        if tokens_in(payload):
            raise InvalidInput(
                say("A recipe cannot contain images: remove them from the payload."), "payload"
            )
        recipe = _recipe(
            msgspec.structs.replace(spec, name=name, payload=payload), new_id("r"), self._clock()
        )
        if len(msgspec.json.encode(recipe)) > MAX_SIZE:
            raise InvalidInput(say("This is too large for a recipe."), "payload")
        return recipe


def _check_asks(spec: api.RecipeSpec) -> None:
    if len(spec.asks) > MAX_ASKS:
        raise InvalidInput(say("A recipe can ask at most {most} questions.", most=MAX_ASKS), "asks")
    seen = set()
    for number, ask in enumerate(spec.asks):
        if not _KEY.fullmatch(ask.key) or ask.key in seen:
            message = say("Each question needs its own key of lowercase letters and digits.")
            raise InvalidInput(message, f"asks.{number}.key")
        seen.add(ask.key)
        check_text(ask.label, f"asks.{number}.label", _MAX_LABEL)
        check_text(ask.default, f"asks.{number}.default", MAX_NOTE)


def _recipe(spec: api.RecipeSpec, id: str, created: float) -> Recipe:
    fields = {name: getattr(spec, name) for name in spec.__struct_fields__ if name != "format"}
    return Recipe(id=id, created=created, **fields)


def _view(recipe: Recipe) -> api.SavedRecipe:
    return api.SavedRecipe(**msgspec.structs.asdict(recipe), builtin=recipe.id.startswith(BUILTIN))
