"""How far the estimates are from what tasks took, on a simulated machine and on recorded rows.

    python -m bench.estimates

The baseline is what one would reckon by hand: the mean seconds of a task here, times the number of
tasks. The simulated machine has fast and slow models, samplers that cost twice, hires fix, sizes that
cost more than their pixels, half a second for each image whatever it is, models to load, noise, and now
and then a task that took twice as long. It is not told to the estimates in any way but by tasks done.
"""

from __future__ import annotations

import json
import random
import sys
import tempfile
from datetime import datetime
from pathlib import Path
from statistics import fmean, median
from typing import Any

from bench.row import Row
from inu_jobs.model import Job, Payload, Task, new_id
from inu_jobs.plan import cost, work
from inu_jobs.queue.schedule.eta import Durations
from inu_jobs.store import Store

RECORDED = Path(__file__).resolve().parents[1] / "tests" / "recorded" / "agent_scheduler_tasks.json"
MACHINES = 60
MODEL = "override_settings.sd_model_checkpoint"
MODELS = {"sd15": 1.0, "anime": 1.0, "sdxl": 2.6}
SAMPLERS = {"Euler a": 1.0, "DPM++ 2M": 1.0, "DPM++ SDE": 2.0, "Heun": 2.0}
SIZES = [(512, 512), (512, 768), (768, 768), (1024, 1024)]


class Machine:
    """One that takes ``seconds`` for a task."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.speed = 10 ** chance.uniform(-7.6, -6.4)
        self.loading = chance.uniform(2, 15)
        self._loaded = ""

    def seconds(self, payload: Payload, changes: dict[str, Any]) -> float:
        now = {**payload, **changes}
        model = changes.get(MODEL, payload["override_settings"]["sd_model_checkpoint"])
        slow = MODELS[model] * SAMPLERS[now["sampler_name"]] * (now["width"] * now["height"] / 2**18) ** 0.12
        taken = 0.5 + work(payload, changes) * self.speed * slow * self.chance.lognormvariate(0, 0.06)
        taken *= 2 if self.chance.random() < 0.03 else 1
        taken += self.loading if self._loaded not in ("", model) else 0
        self._loaded = model
        return taken


def a_job(chance: random.Random) -> tuple[Payload, list[dict[str, Any]]]:
    """Settings as people have them, with seeds and sometimes an axis."""
    width, height = chance.choice(SIZES)
    payload: Payload = {
        "width": width, "height": height, "steps": chance.choice([12, 20, 28, 40]),
        "sampler_name": chance.choice(list(SAMPLERS)), "enable_hr": chance.random() < 0.25,
        "override_settings": {"sd_model_checkpoint": chance.choice(list(MODELS))},
    }  # fmt: skip
    axis: list[dict[str, Any]] = chance.choice([
        [{}], [{}], [{"steps": n} for n in (10, 20, 30)], [{"sampler_name": s} for s in SAMPLERS],
        [{MODEL: m} for m in MODELS],
    ])  # fmt: skip
    return payload, [{**value, "seed": seed} for value in axis for seed in range(chance.randint(4, 20))]


class Log:
    """The tasks that a machine has done, in a store."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.now = 1_700_000_000.0

    def done(self, job: str, payload: Payload, changes: dict[str, Any], seconds: float, index: int) -> Task:
        with self.store.transaction() as t:
            name = t.put_payload(payload)
            if self.store.job(job) is None:
                t.put(Job(job, "bench", "txt2img", self.now, name))
            task = Task(new_id("t"), job, index, name, changes, state="done",
                        started=self.now, finished=self.now + seconds)  # fmt: skip
            t.put(task)
        self.now += seconds + 0.1
        return task


def simulated() -> list[Row]:
    before, half, by_hand, within, known = [], [], [], 0, 0
    for number in range(MACHINES):
        chance = random.Random(number)
        machine = Machine(chance)
        with tempfile.TemporaryDirectory(prefix="inu-jobs-bench-") as folder:
            log = Log(Store(Path(folder)))
            mean = []
            for _ in range(chance.randint(2, 12)):
                job, (payload, tasks) = new_id("j"), a_job(chance)
                for index, changes in enumerate(tasks):
                    seconds = machine.seconds(payload, changes)
                    log.done(job, payload, changes, seconds, index)
                    mean.append(seconds)
            durations = Durations(log.store, cost, lambda: 50)
            payload, tasks = a_job(chance)
            chance.shuffle(tasks)  # the queue spreads a job over its axes, model by model
            tasks.sort(key=lambda changes: str(changes.get(MODEL)))
            truth = [machine.seconds(payload, changes) for changes in tasks]
            costs = [cost(payload, changes) for changes in tasks]
            span = durations.estimate(costs).seconds
            assert span is not None
            before.append(abs(span.likely / sum(truth) - 1))
            by_hand.append(abs(fmean(mean) * len(tasks) / sum(truth) - 1))
            within += span.low <= sum(truth) <= span.high
            job, middle = new_id("j"), len(tasks) // 2
            for index in range(middle):
                durations.add(log.done(job, payload, tasks[index], truth[index], index))
            rest = durations.estimate(costs[middle:], job).seconds
            assert rest is not None
            half.append(abs(rest.likely / sum(truth[middle:]) - 1))
            known += 1
            log.store.close()
    ours, theirs = median(before), median(by_hand)
    detail = f"off by {ours:.0%} in the middle (worst {max(before):.0%}); by hand {theirs:.0%}"
    rows = [_row(f"estimate of a job, {known} simulated machines", ours, theirs, 0.5, detail)]
    detail = f"off by {median(half):.0%} in the middle (worst {max(half):.0%}); before it began {ours:.0%}"
    rows.append(_row("estimate of what is left, halfway", median(half), ours, 1, detail, "its own before"))
    share, what = within / known, "jobs that take between low and high"
    rows.append(Row(what, share, "of all", "≥ 0.8", share >= 0.8, f"{within} of {known}"))
    return rows


def recorded() -> Row:
    """Each recorded task, told by those before it. Their times are whole seconds, of tiny models."""
    cases = json.loads(RECORDED.read_text(encoding="utf-8"))["tasks"].values()
    rows = [row for row in cases if row.get("status") == "done" and "steps" in row["params"]["args"]]
    errors, by_hand, seen = [], [], []
    with tempfile.TemporaryDirectory(prefix="inu-jobs-bench-") as folder:
        log = Log(Store(Path(folder)))
        durations = Durations(log.store, cost, lambda: 50)
        for row in sorted(rows, key=lambda row: str(row["updated_at"])):
            payload = row["params"]["args"]
            began, ended = (datetime.fromisoformat(row[key]) for key in ("created_at", "updated_at"))
            seconds = max(0.5, (ended - began).total_seconds())
            span = durations.estimate([cost(payload, {})]).seconds
            if span is not None:
                errors.append(abs(span.likely - seconds))
                by_hand.append(abs(fmean(seen) - seconds))
            seen.append(seconds)
            durations.add(log.done(new_id("j"), payload, {}, seconds, 0))
        log.store.close()
    ours, theirs = fmean(errors), fmean(by_hand)
    detail = f"off by {ours:.2f} s of {fmean(seen):.2f} s; by hand {theirs:.2f} s; {len(errors)} rows"
    return _row("estimate of a recorded task", ours, theirs, 2, detail)


def _row(
    what: str, ours: float, theirs: float, goal: float, detail: str, than: str = "mean of all tasks"
) -> Row:
    return Row(what, ours / theirs, f"x {than}", f"≤ {goal:g}", ours <= theirs * goal, detail)


def run() -> list[Row]:
    return [*simulated(), recorded()]


if __name__ == "__main__":
    from bench.__main__ import main

    sys.exit(main(["estimates"]))
