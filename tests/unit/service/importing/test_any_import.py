"""Whatever lies in a folder."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inu_jobs import api
from tests.unit.service.importing.import_kit import DAY, FORMATS, NOON, put, run, written
from tests.unit.service.service_kit import House

WILD = st.text(max_size=12).map(lambda text: text.replace("\0", "")) | st.sampled_from(
    [
        "\u202e(a:1.2), <lora:x:", 'say "hi', "a\r\n\u2028b", "=1+1", "👨\u200d👩\u200d👧 夜市 שלום",
        r'"\ud83d"', r'"a\nb: c, d"', '"\\', "-1", "9" * 30, "9" * 4000, "9" * 5000, "1e400", "nan", "8x8",
    ]
)  # fmt: skip


LABELLED = st.sampled_from(
    ["Steps", "Seed", "Variation seed", "Size", "CFG scale", "Clip skip", "Hires prompt", "Hires upscale",
     "Model", "Tiling", "Version", "Face restoration", "Eta", "Something else"]
)  # fmt: skip


@settings(suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(WILD, WILD, st.dictionaries(LABELLED, WILD, max_size=5)), min_size=1, max_size=4))
def test_whatever_is_written_in_a_file_is_imported_and_exported(
    tmp_path_factory: pytest.TempPathFactory, images: list[tuple[str, str, dict[str, str]]]
) -> None:
    house = House(tmp_path_factory.mktemp("wild"))
    try:
        for number, (prompt, negative, fields) in enumerate(images):
            told = ", ".join(f"{name}: {value}" for name, value in {"Steps": "20", **fields}.items())
            text = f"{prompt}\nNegative prompt: {negative}\nSteps: 20, Sampler: Euler, Seed: 1, {told}"
            put(house.outputs / "a" / f"{number}.png", text)
        state = run(house)
        assert (state.state, state.images) == ("done", len(images)), state.message
        selection = api.Selection(jobs=[job.id for job in state.jobs])
        for format in FORMATS:
            export = house.service.exports.of(api.ImageExport(selection, format))
            assert b"".join(house.service.exports.fetch(export.download).make())
        for job in state.jobs:
            for image in house.store.images_of(job.id):
                msgspec.json.encode(house.service.images.info(image.id).payload)
                assert abs(image.seed or 0) < 2**63
    finally:
        house.close()


PROMPTS = st.sampled_from(["a fox", "a cat, at sea", "x"])


@settings(suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(PROMPTS, st.integers(0, 9), st.integers(0, 2), st.integers(0, 3)), max_size=14))
def test_every_image_is_in_exactly_one_job_once(
    tmp_path_factory: pytest.TempPathFactory, images: list[tuple[str, int, int, int]]
) -> None:
    house = House(tmp_path_factory.mktemp("import"))
    try:
        wanted = {}
        for number, (prompt, seed, cfg, day) in enumerate(images):
            text = written(prompt, seed, **{"CFG scale": cfg})
            path = put(house.outputs / str(day) / f"{number}.png", text, NOON + day * DAY)
            wanted[path.relative_to(house.folder).as_posix()] = (prompt, seed, cfg)
        for _ in range(2):
            run(house)
        found = []
        for job in house.store.jobs():
            setups = set()
            for image in house.store.images_of(job.id):
                info = house.service.images.info(image.id)
                assert info.payload is not None
                setup = (info.payload["prompt"], info.payload["cfg_scale"])
                setups.add(setup)
                found.append(image.path)
                assert wanted[image.path] == (setup[0], image.seed, setup[1])
                assert len(house.store.images_of_task(image.task)) == 1
            assert len(setups) == 1 or job.name.startswith("Single images of")
        assert sorted(found) == sorted(wanted)
    finally:
        house.close()
