"""What is installed, and what may be changed."""

from __future__ import annotations

from pathlib import Path

from tests.unit.webui.host_side.registry import case


@case
def one_checkpoint_has_one_name_and_asking_loads_nothing(folder: Path) -> None:
    from modules import sd_models, shared

    from inu_jobs.webui.host.catalog import WebuiCatalog

    catalog = WebuiCatalog(folder / "wildcards")
    first, second = list(sd_models.checkpoints_list.values())[:2]
    for info in (first, second):
        names = (info.title, info.name, info.model_name, info.shorthash)
        assert {catalog.checkpoint(name) for name in names} == {info.filename}
    before = shared.opts.data.get("sd_model_checkpoint")
    shared.opts.data["sd_model_checkpoint"] = second.title
    assert catalog.checkpoint("") == catalog.checkpoint("no such") == second.filename
    loaded, sd_models.model_data.sd_model = sd_models.model_data.sd_model, None
    assert catalog.loaded_checkpoint() == second.filename, "the one that comes first"
    assert sd_models.model_data.sd_model is None
    sd_models.reload_model_weights(info=first)
    shared.opts.data["sd_model_checkpoint"] = second.title
    assert catalog.loaded_checkpoint() == first.filename
    shared.opts.data["sd_model_checkpoint"] = "gone"
    assert catalog.checkpoint("") == next(iter(sd_models.checkpoints_list.values())).filename
    sd_models.model_data.sd_model, shared.opts.data["sd_model_checkpoint"] = loaded, before


@case
def the_catalog_knows_what_is_there(folder: Path) -> None:
    from modules import sd_models

    from inu_jobs.webui.host.catalog import WebuiCatalog

    catalog = WebuiCatalog(folder / "wildcards")
    title = catalog.checkpoints()[0]
    info = sd_models.checkpoint_aliases[title]
    assert catalog.checkpoint_exists(title)
    assert catalog.checkpoint_exists(info.name)
    assert not catalog.checkpoint_exists(title[:-3])
    assert catalog.sampler_exists("Euler a")
    assert catalog.sampler_exists("DPM++ 2M Karras")
    assert not catalog.sampler_exists("Euler z Karras")
    assert not catalog.sampler_exists(" Karras")
    assert {title, info.name, info.model_name, info.shorthash} <= catalog.checkpoint_ids(info.name)
    assert catalog.checkpoint_ids("no such") == frozenset()
    assert catalog.sampling("DPM++ 2M Karras", "") == ("DPM++ 2M", "Automatic")
    assert catalog.sampling("DPM++ 2M", "exponential") == ("DPM++ 2M", "Exponential")
    assert catalog.sampling("Euler a", "Karras") == ("Euler a", "Karras")
    assert catalog.sampling("Euler z", "") is None
    assert catalog.sampling("Euler a", "Karas") is None
    assert "Automatic" in catalog.schedulers()
    assert {"Automatic", "None"} <= set(catalog.vaes())
    assert "Latent" in catalog.latent_upscale_modes()
    assert "Lanczos" in catalog.upscalers()
    assert "seed" in catalog.alwayson(False)
    assert catalog.wildcards() == []
    wildcards = folder / "extensions" / "sd-dynamic-prompts" / "wildcards" / "sub"
    wildcards.mkdir(parents=True)
    (wildcards / "animal.txt").write_text("cat\ndog\n", "utf-8")
    assert catalog.wildcards() == ["sub/animal"]
    (folder / "wildcards").mkdir()
    (folder / "wildcards" / "ours.yaml").write_text("colour: [red, blue]\n", "utf-8")
    assert catalog.wildcards() == ["colour", "sub/animal"]
    assert catalog.wildcard_folders() == [wildcards.parent, folder / "wildcards"]


@case
def a_name_that_two_loras_claim_is_none(folder: Path) -> None:
    import networks
    from host_traits import strip_comments
    from modules import shared

    from inu_jobs.webui.host.catalog import WebuiCatalog
    from tests.sandbox.models import safetensors

    catalog = WebuiCatalog(folder / "wildcards")
    loras = folder / "models" / "Lora"
    for file, name in (("first", "that"), ("second", "that"), ("third", "alone")):
        meta = safetensors(ss_output_name=name, ss_base_model_version="sd_v1")
        (loras / f"{file}.safetensors").write_bytes(meta)
    networks.list_available_networks()
    names = catalog.loras()
    assert {"first", "second", "third", "alone"} <= set(names) and "that" not in names
    assert catalog.lora_family("that") == "" and catalog.lora_family("alone") == "SD 1"
    networks.load_networks(["that", "alone", "second"])
    assert [network.name for network in networks.loaded_networks] == ["third", "second"]
    (loras / "that.safetensors").write_bytes(meta)  # a file of that name is what is meant
    networks.list_available_networks()
    assert "that" in catalog.loras() and catalog.lora_family("that") == "SD 1"
    assert catalog.prompt_comments()
    assert catalog.comments_like_code() is (strip_comments("a /* b */ c") == "a  c")
    shared.opts.data["enable_prompt_comments"] = False
    assert not catalog.prompt_comments()


@case
def settings_that_may_not_be_overridden_are_known(folder: Path) -> None:
    from modules import shared

    from inu_jobs.webui.host.permits import is_changeable, read_settings

    facts = read_settings()
    assert facts["CLIP_stop_at_last_layers"].infotext
    assert facts["CLIP_stop_at_last_layers"].changeable
    assert not facts["outdir_grids"].changeable
    assert not facts["api_enable_requests"].changeable
    labels = shared.opts.data_labels
    shared.cmd_opts.freeze_settings_in_sections = "sd, other"
    assert not is_changeable("CLIP_stop_at_last_layers", labels["CLIP_stop_at_last_layers"])
    assert is_changeable("ESRGAN_tile", labels["ESRGAN_tile"])
    shared.cmd_opts.freeze_specific_settings = "ESRGAN_tile"
    assert not is_changeable("ESRGAN_tile", labels["ESRGAN_tile"])
    shared.cmd_opts.freeze_settings = True
    assert not is_changeable("DAT_tile", labels["DAT_tile"])
    shared.cmd_opts.freeze_settings = False
    shared.cmd_opts.freeze_settings_in_sections = shared.cmd_opts.freeze_specific_settings = None
