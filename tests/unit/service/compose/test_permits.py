"""No setting and no script that no job may have comes in, by whichever way, and none goes out."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inu_jobs.api import DeriveSpec, ImportSpec, JobEdit, JobSpec, RecipeSpec, Selection
from inu_jobs.errors import InvalidInput, NotPermitted
from inu_jobs.fields.field_types import FIELDS
from inu_jobs.library.payload_images import DROPPED
from inu_jobs.model import AxisSpec
from tests.unit.service.service_kit import PROMPT, House

replace = msgspec.structs.replace
SMALL = {"prompt": PROMPT, "steps": 20, "width": 64, "height": 64}
#: what wrote text of the sender's over a file that the WebUI's next start installs from
CRASH = {
    "directories_filename_pattern": "../../extensions/inu-jobs",
    "samples_filename_pattern": "requirements",
    "save_images_add_number": False,
    "save_txt": True,
}
PATHS = [f"override_settings.{name}" for name in CRASH]


def plant(house: House, payload: dict[str, Any], **changes: Any) -> str:
    """A job as only a jobs.json from elsewhere can hold it, with the right hash. Its id."""
    id = house.add(payload=SMALL, hold=True)
    job = house.store.job(id)
    assert job is not None
    with house.store.transaction() as t:
        hash = t.put_payload(payload)
        t.put(replace(job, payload=hash, hold=None))
        t.put(*(replace(task, payload=hash, changes=changes) for task in house.store.tasks_of(id)))
    return id


# ------------------------------------------------------------------------------ ways in


def by_post(house: House, name: str) -> None:
    house.service.jobs.create(
        JobSpec("txt2img", {**SMALL, "override_settings": {name: CRASH[name]}}, force=True)
    )


def by_plan(house: House, name: str) -> None:
    house.service.jobs.plan(JobSpec("txt2img", {**SMALL, "override_settings": {name: CRASH[name]}}))


def by_axis(house: House, name: str) -> None:
    axes = [AxisSpec(f"override_settings.{name}", [CRASH[name]])]
    house.service.jobs.create(JobSpec("txt2img", SMALL, axes=axes, force=True))


def by_axis_of_all_settings(house: House, name: str) -> None:
    axes = [AxisSpec("override_settings", [{}, {name: CRASH[name]}])]
    house.service.jobs.create(JobSpec("txt2img", SMALL, axes=axes, force=True))


def by_edit(house: House, name: str) -> None:
    id = house.add(payload=SMALL, hold=True)
    house.service.jobs.edit(
        id, JobEdit(payload={**SMALL, "override_settings": {name: CRASH[name]}}, force=True)
    )


def by_recipe(house: House, name: str) -> None:
    house.service.recipes.save(RecipeSpec("x", payload={"override_settings": {name: CRASH[name]}}))


def by_axis_of_a_recipe(house: House, name: str) -> None:
    axes = [AxisSpec(f"override_settings.{name}", text=str(CRASH[name]))]
    house.service.recipes.save(RecipeSpec("x", axes=axes))


def by_axis_of_all_settings_in_a_recipe(house: House, name: str) -> None:
    axes = [AxisSpec("override_settings", [{name: CRASH[name]}])]
    house.service.recipes.save(RecipeSpec("x", axes=axes))


def derive(house: House, **fields: Any) -> None:
    id = house.add_done(payload=SMALL)
    images = [image.id for image in house.store.images_of(id)]
    house.service.jobs.derive(DeriveSpec(Selection(images=images), "rerender", force=True, **fields))


def by_change_of_a_derive(house: House, name: str) -> None:
    derive(house, changes={f"override_settings.{name}": CRASH[name]})


def by_operation_of_a_derive(house: House, name: str) -> None:
    derive(house, changes={f"override_settings.{name}": {"prefix": "../"}})


def by_axis_of_a_derive(house: House, name: str) -> None:
    derive(house, axes=[AxisSpec(f"override_settings.{name}", [CRASH[name]])])


WAYS = [
    by_post, by_plan, by_axis, by_axis_of_all_settings, by_edit, by_recipe, by_axis_of_a_recipe,
    by_axis_of_all_settings_in_a_recipe, by_change_of_a_derive, by_operation_of_a_derive, by_axis_of_a_derive,
]  # fmt: skip


@pytest.mark.parametrize("name", CRASH)
@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_no_way_in(house: House, way: Callable[[House, str], None], name: str) -> None:
    jobs = len(house.store.jobs())
    with pytest.raises(NotPermitted) as refused:
        way(house, name)
    assert f"“{name}”" in str(refused.value) and refused.value.field
    left = [job for job in house.store.jobs() if name in str(house.store.payload(job.payload))]
    assert left == [] and len(house.store.jobs()) <= jobs + 1  # an earlier one to edit or derive from
    assert not any(
        name in str(recipe.payload) + str(recipe.axes) for recipe in house.service.recipes.all().recipes
    )


def test_an_import_takes_no_such_setting_from_an_infotext(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    label = ("Pattern", "samples_filename_pattern", "str")  # as an extension may label it
    known = house.catalog.infotext_settings()
    monkeypatch.setattr(house.catalog, "infotext_settings", lambda: [*known, label])
    house.draw("a.png", f"{PROMPT}\nSteps: 20, Sampler: Euler, Size: 64x64, Clip skip: 2, Pattern: ../../x")
    imported = import_all(house)
    (payload,) = [house.store.payload(house.store.job(id).payload) for id in imported]
    assert payload["override_settings"]["CLIP_stop_at_last_layers"] == 2
    assert "samples_filename_pattern" not in payload["override_settings"]
    images = [image.id for id in imported for image in house.store.images_of(id)]
    house.service.jobs.derive(DeriveSpec(Selection(images=images), "rerender", force=True))
    house.queue.tick()
    (request,) = house.scheduler.waiting.values()
    assert not CRASH.keys() & request.payload["override_settings"].keys()


def import_all(house: House) -> list[str]:
    before = {job.id for job in house.store.jobs()}
    house.service.importer.start(ImportSpec())
    end = time.monotonic() + 60
    while (state := house.service.importer.state()).state in ("counting", "reading", "saving"):
        assert time.monotonic() < end, state
        time.sleep(0.005)
    return [job.id for job in house.store.jobs() if job.id not in before]


# --------------------------------------------------------------------------- hand-over


@pytest.mark.parametrize("name", CRASH)
def test_a_foreign_jobs_json_is_held_before_hand_over(house: House, name: str) -> None:
    id = plant(house, {**SMALL, "override_settings": {name: CRASH[name], "sd_vae": "None"}})
    for _ in range(3):
        house.queue.tick()
    assert house.scheduler.waiting == {}
    job, (task,) = house.store.job(id), house.store.tasks_of(id)
    assert job is not None and job.hold is not None and job.hold.by == "payload"
    assert f"“{name}”" in job.hold.message and "Resume" in job.hold.message
    assert (task.state, task.attempt, task.error) == ("held", 0, "")
    # nothing of it is lost, and one click goes on without it
    house.service.jobs.resume(id)
    house.queue.tick()
    (request,) = house.scheduler.waiting.values()
    assert request.payload == {**SMALL, "override_settings": {"sd_vae": "None"}}


def test_changes_of_a_task_are_checked_too(house: House) -> None:
    id = plant(house, SMALL, **{"seed": 7, **dict(zip(PATHS, CRASH.values(), strict=True))})
    house.queue.tick()
    assert house.scheduler.waiting == {} and house.store.job(id).hold.by == "payload"
    house.service.jobs.resume(id)
    house.queue.tick()
    (request,) = house.scheduler.waiting.values()
    assert request.payload == {**SMALL, "seed": 7}


@pytest.mark.parametrize(
    "fields",
    [
        {"init_images": ["/etc/secret.png"]},
        {"init_images": ["http://169.254.169.254/latest"]},
        {"init_images": ["\\\\server\\share\\x.png"]},
        {"mask": "file:///etc/secret.png"},
        {"alwayson_scripts": {"ControlNet": {"args": [{"image": "/home/me/x.png"}]}}},
        {"alwayson_scripts": {"ControlNet": {"args": [{"output_dir": "/home/me"}]}}},
        {"script_args": ["https://example.org/x"]},
        {"override_settings": ["samples_filename_pattern"]},
        {"init_images": "/etc/secret.png"},
    ],
    ids=str,
)
def test_paths_and_addresses_of_a_foreign_jobs_json_go_nowhere(house: House, fields: dict[str, Any]) -> None:
    id = plant(house, {**SMALL, **fields})
    for _ in range(2):
        house.queue.tick()
        assert house.scheduler.waiting == {}
        job = house.store.job(id)
        assert job is not None and job.hold is not None and job.hold.by == "payload"
        assert "Resume" not in job.hold.message and "delete" in job.hold.message
        house.service.jobs.resume(id)


def test_a_script_that_runs_code_is_left_out(house: House) -> None:
    id = plant(house, {**SMALL, "script_name": "Custom code", "script_args": ["import os", 2]})
    house.queue.tick()
    assert house.scheduler.waiting == {} and "Custom code" in house.store.job(id).hold.message
    house.service.jobs.resume(id)
    house.queue.tick()
    (request,) = house.scheduler.waiting.values()
    assert request.payload == SMALL


def test_what_is_of_no_requests_business_is_not_sent(house: House) -> None:
    dropped = {
        "infotext": "Steps: 1, Clip skip: 3", "force_task_id": "task(x)", "save_images": False,
        "comments": {"a": 1},
        "override_settings_restore_afterwards": False, "do_not_save_samples": True, "send_images": True,
    }  # fmt: skip
    plant(house, {**SMALL, **dropped})
    house.queue.tick()
    (request,) = house.scheduler.waiting.values()
    assert request.payload == SMALL


def test_other_jobs_go_on_meanwhile(house: House) -> None:
    bad = plant(house, {**SMALL, "override_settings": {"save_txt": True}})
    good = house.add(payload=SMALL)
    house.queue.tick()
    house.queue.tick()
    assert [request.job for request in house.scheduler.waiting.values()] == [good]
    assert house.store.job(bad).hold is not None


def test_resume_of_a_job_that_its_user_paused_leaves_nothing_out_unasked(house: House) -> None:
    id = plant(house, {**SMALL, "override_settings": {"save_txt": True}})
    house.service.jobs.pause(id)
    house.service.jobs.resume(id)
    house.queue.tick()
    assert house.scheduler.waiting == {} and house.store.job(id).hold.by == "payload"


def test_a_derive_from_such_a_job_leaves_it_out_and_says_so(house: House) -> None:
    id = plant(house, {**SMALL, "override_settings": {"save_txt": True, "sd_vae": "None"}})
    house.queue.tick()
    house.service.jobs.resume(id)
    house.run_one()
    image = house.store.images_of(id)[0]
    with house.store.transaction() as t:  # as it was made, in a version that asked nobody
        hash = t.put_payload({**SMALL, "override_settings": {"save_txt": True, "sd_vae": "None"}})
        t.put(*(replace(task, payload=hash) for task in house.store.tasks_of(id)))
    spec = DeriveSpec(Selection(images=[image.id]), "variations", force=True)
    findings = [finding.message for finding in house.service.deriver.plan(spec).findings]
    assert any("save_txt" in message for message in findings), findings
    house.service.jobs.derive(spec)
    house.queue.tick()
    (request,) = house.scheduler.waiting.values()
    assert request.payload["override_settings"] == {"sd_vae": "None"}


def test_such_a_job_can_be_edited_and_made_again(house: House) -> None:
    id = plant(house, {**SMALL, "override_settings": {"save_txt": True, "sd_vae": "None"}})
    house.queue.tick()
    spec = house.service.editor.spec(id)
    assert spec.payload["override_settings"] == {"sd_vae": "None"}
    house.service.jobs.create(spec)
    house.service.jobs.edit(id, JobEdit(name="renamed"))
    house.service.jobs.resume(id)
    house.queue.tick()
    assert [r.payload["override_settings"] for r in house.scheduler.waiting.values()] == [
        {"sd_vae": "None"}
    ] * 2


def test_a_wrong_payload_names_what_is_wrong(house: House) -> None:
    with pytest.raises(InvalidInput) as refused:
        house.service.jobs.create(JobSpec("txt2img", {**SMALL, "override_settings": {"no such setting": 1}}))
    assert str(refused.value) == "This WebUI has no setting “no such setting”."


# ------------------------------------------------------------------- payloads and names


def changed_by_somebody(folder: Path) -> House:
    """A house whose jobs.json was edited: one job's prompt and settings, not its name."""
    house = House(folder)
    house.add(payload={**SMALL, "prompt": "a changed job"}, name="mine")
    house.add(payload=SMALL, name="other")
    house.store.compact()
    house.close()
    for backup in (folder / "data" / "backups").iterdir():
        backup.unlink()
    file = folder / "data" / "jobs.json"
    text = file.read_text("utf-8")
    assert text.count("a changed job") == 1
    file.write_text(text.replace("a changed job", "something else"), "utf-8")
    return House(folder)


def test_where_payloads_do_not_match_their_names_nothing_runs_until_the_user_says_so(tmp_path: Path) -> None:
    house = changed_by_somebody(tmp_path)
    for _ in range(3):
        house.queue.tick()
    assert house.scheduler.waiting == {}
    status = house.service.overview.status()
    assert status.hold is not None and status.hold.by == "payload"
    (notice,) = [notice for notice in status.notices if notice.code == "payload"]
    assert notice.severity == "error" and "“mine”" in notice.message and "“other”" not in notice.message
    assert len(house.store.jobs()) == 2, "nothing is lost"
    house.service.jobs.go_on()
    house.queue.tick()
    prompts = {request.payload["prompt"] for request in house.scheduler.waiting.values()}
    assert prompts == {"something else", PROMPT}
    house.close()
    again = House(tmp_path)
    assert again.service.overview.status().hold is None, "asked once"
    again.close()


def test_it_is_asked_again_after_a_restart_while_nobody_answered(tmp_path: Path) -> None:
    house = changed_by_somebody(tmp_path)
    house.close()
    again = House(tmp_path)
    again.queue.tick()
    assert again.scheduler.waiting == {} and again.service.overview.status().hold is not None
    again.close()


plain = st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False)
anything = st.recursive(
    plain | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)
fields = st.sampled_from([*FIELDS["txt2img"], *FIELDS["img2img"], "unknown", ""])
parts = st.sampled_from(["sd_vae", "save_txt", "x", "0", "args.0", "", "..", "9999"])
paths = fields | st.builds("{}.{}".format, fields, parts)


@given(st.dictionaries(fields, anything, max_size=4), st.dictionaries(paths, anything, max_size=3))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_a_foreign_job_holds_the_others_go_on(
    house: House, payload: dict[str, Any], changes: dict[str, Any]
) -> None:
    bad = plant(house, {**SMALL, **payload}, **changes)
    good = house.add(payload=SMALL)
    for _ in range(2):
        house.queue.tick()
    assert not [notice for notice in house.queue.notices() if notice.code == "queue"]
    sent = {request.job: request.payload for request in house.scheduler.waiting.values()}
    assert good in sent
    if bad in sent:
        assert not sent[bad].keys() & DROPPED
        for name in sent[bad].get("override_settings") or {}:
            assert not house.catalog.refused_setting(name)
    for job in (bad, good):
        house.service.jobs.delete(job)
    house.scheduler.waiting.clear()
