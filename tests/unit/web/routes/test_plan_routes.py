"""What goes into a job before it is queued, over the web API."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from starlette.testclient import TestClient

from inu_jobs.web.routes import ROOT
from tests.unit.service.service_kit import House
from tests.unit.web.web_kit import PROOF

PAYLOAD = {"prompt": "a house <lora:dog:1>", "steps": 20, "width": 512, "height": 512, "seed": 5}


def send(client: TestClient, path: str, body: Any, status: int = 200, method: str = "POST") -> Any:
    answer = client.request(method, ROOT + path, json=body, headers=PROOF)
    assert answer.status_code == status, answer.text
    return answer.json()


def job(axes: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    return {"kind": "txt2img", "payload": PAYLOAD, "axes": axes, **more}


def test_axes_are_written_in_three_ways(client: TestClient) -> None:
    axes = [
        {"field": "cfg_scale", "text": "5-7 (+1)"},
        {"field": "lora:dog", "values": [None, 0.5]},
        {"field": "prompt", "template": {"text": "{a|b} <lora:dog:1>", "mode": "combinatorial"}},
    ]
    plan = send(client, "/plan", job(axes, lines="--seed 1\n--seed 2"))
    assert (plan["tasks"], plan["findings"]) == (3 * 2 * 2 * 2, [])
    first = plan["sample"][0]
    assert first["changes"]["prompt"] == "a " and first["label"] == "CFG 5 · without dog · seed 1"
    wrong = send(client, "/plan", job([{"field": "steps", "text": "1-3 (+0.5)"}]), 422)
    assert wrong["field"] == "axes.0.text" and "neither a whole number nor a range" in wrong["detail"]


def test_an_unknown_wildcard_is_an_error_with_the_name_that_was_meant(
    client: TestClient, house: House
) -> None:
    folder = house.folder / "data" / "wildcards"
    folder.mkdir(parents=True)
    (folder / "animals.txt").write_text("cat\ndog\n", "utf-8")
    template = {"text": "a __animal__", "mode": "random", "count": 3, "seed": 4}
    refused = send(client, "/jobs", job([{"field": "prompt", "template": template}]), 409)
    found = [finding for finding in refused["findings"] if finding["code"] == "wildcard_unknown"]
    assert found[0]["suggestion"] == "animals" and found[0]["severity"] == "error"
    told = send(client, "/prompts/expand", {"template": {**template, "text": "a __animals__"}})
    assert told["total"] == 3 and set(told["prompts"]) <= {"a cat", "a dog"} and told["findings"] == []
    made = send(
        client, "/jobs", job([{"field": "prompt", "template": {**template, "text": "a __animals__"}}]), 201
    )
    detail = client.get(f"{ROOT}/jobs/{made['id']}").json()
    assert [detail["axes"][0]["values"], detail["axes"][0]["text"]] == [told["prompts"], "a __animals__"]


def test_a_template_is_shown_before_it_is_used(client: TestClient) -> None:
    many = {"text": "{1-4$$" + "|".join("abcdefghijklmnopqrstuvwxyz") + "}", "mode": "combinatorial"}
    told = send(client, "/prompts/expand", {"template": many})
    assert (len(told["prompts"]), told["total"]) == (1000, None)
    wrong = send(client, "/prompts/expand", {"template": {"text": "{a", "mode": "combinatorial"}}, 422)
    assert wrong["field"] == "template.text"


def test_a_prompt_file_is_shown_before_it_is_used(client: TestClient) -> None:
    told = send(client, "/prompts/file", {"text": "a cat\n--prompt x --steps 9 --outpath_grids y"})
    assert told["tasks"] == [{"changes": {"prompt": "a cat"}}, {"changes": {"prompt": "x", "steps": 9}}]
    assert [finding["code"] for finding in told["findings"]] == ["line_option"]
    wrong = send(client, "/prompts/file", {"text": "a\n--stepz 9"}, 422)
    assert wrong["detail"] == "Line 2: there is no option “--stepz”; did you mean --steps?"
    assert (wrong["field"], wrong["says"]["text"]) == ("text", "Line {number}: {what}")
    assert send(client, "/plan", job([], lines="--stepz 9"), 422)["field"] == "lines"


def test_a_job_is_described_and_changed(client: TestClient, house: House) -> None:
    axes = [{"field": "steps", "text": "10-30 (+10)"}, {"field": "lora:dog", "values": [None, 0.5]}]
    id = send(client, "/jobs", job(axes, name="mine"), 201)["id"]
    spec = client.get(f"{ROOT}/jobs/{id}/spec").json()
    assert (spec["axes"], spec["name"], spec["kind"], spec["payload"]) == (axes, "mine", "txt2img", PAYLOAD)
    edit = {"axes": [{"field": "steps", "text": "10, 40"}, axes[1]]}
    plan = send(client, f"/jobs/{id}/edit/plan", edit)
    assert {k: plan[k] for k in ("tasks", "kept", "dropped", "added")} == {
        "tasks": 4, "kept": 0, "dropped": 4, "added": 2,
    }  # fmt: skip
    before = {task.id for task in house.store.tasks_of(id)}
    assert send(client, f"/jobs/{id}/edit", edit)["tasks"]["total"] == 4
    assert len(before & {task.id for task in house.store.tasks_of(id)}) == 2
    refused = send(client, f"/jobs/{id}/edit", {"axes": [{"field": "lora:dgo", "values": [1]}]}, 409)
    assert refused["findings"][0]["suggestion"] == "lora:dog"


def test_recipes_go_round_as_files(client: TestClient) -> None:
    shipped = client.get(f"{ROOT}/recipes").json()["recipes"]
    assert len(shipped) == 5 and all(recipe["builtin"] for recipe in shipped)
    body = {"name": "mine", "payload": {"steps": 9}, "axes": [{"field": "lora:{l}", "text": "none, 1"}]}
    body["asks"] = [{"key": "l", "label": "LoRA", "kind": "lora"}]
    saved = send(client, "/recipes", body, 201)
    answer = client.get(f"{ROOT}/recipes/{saved['id']}/file")
    assert 'filename="mine.json"' in answer.headers["Content-Disposition"]
    again = send(client, "/recipes", answer.json(), 201)
    assert again["id"] != saved["id"] and {**again, "id": 0, "created": 0} == {**saved, "id": 0, "created": 0}
    assert send(client, f"/recipes/{saved['id']}", None, method="DELETE")["id"] == saved["id"]
    send(client, f"/recipes/{saved['id']}", None, 404, method="DELETE")
    send(client, f"/recipes/{quote(shipped[0]['id'])}", None, 409, method="DELETE")
    assert client.get(f"{ROOT}/recipes/{quote(shipped[0]['id'])}/file").json()["name"] == shipped[0]["name"]
    assert len(client.get(f"{ROOT}/recipes").json()["recipes"]) == 6
