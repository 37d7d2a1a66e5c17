"""Settings and folders of the host."""

from __future__ import annotations

from pathlib import Path

from tests.unit.webui.host_side.registry import case


@case
def settings_survive_a_config_edited_by_hand(folder: Path) -> None:
    from modules import shared

    from inu_jobs.webui import settings

    found = settings.WebuiSettings()
    assert (found.look_ahead, found.hold_after_failures, found.allowed_hosts) == (8, 3, [])
    settings.add_settings()
    assert shared.opts.data_labels[settings.LOOK_AHEAD].section == ("inu_jobs", "Inu Jobs")
    assert shared.opts.data_labels[settings.ALLOWED_HOSTS].restrict_api
    shared.opts.data |= {
        settings.LOOK_AHEAD: 0,
        settings.HOLD_AFTER: "many",
        settings.ALLOWED_HOSTS: "A.example, b.example:80\n c",
    }
    assert (found.look_ahead, found.hold_after_failures) == (2, 3)
    assert found.allowed_hosts == ["a.example", "b.example:80", "c"]
    assert found.adopt is True
    shared.opts.data[settings.ADOPT] = False
    assert found.adopt is False


@case
def output_folders_follow_the_settings(folder: Path) -> None:
    from modules import shared

    from inu_jobs.webui.host.folders import WebuiHost

    folders = WebuiHost()
    assert folders.data_folder() == folder
    default = set(folders.output_folders())
    shared.opts.data["outdir_samples"] = str(folder / "elsewhere")
    assert set(folders.output_folders()) == default | {folder / "elsewhere"}
    shared.opts.data["outdir_txt2img_samples"] = ""
    assert all(path.is_absolute() and path != Path.cwd() for path in folders.output_folders())
    assert folder / "outputs" in folders.output_folders()


@case
def grids_lie_where_only_grids_are_saved(folder: Path) -> None:
    from modules import shared

    from inu_jobs.webui.host.folders import WebuiHost

    folders, data = WebuiHost(), shared.opts.data
    before = dict(data)
    data.update(outdir_grids=str(folder / "sheets"), outdir_samples=str(folder / "all"))
    data.update(outdir_txt2img_grids=str(folder / "all"), outdir_img2img_grids=str(folder / "outputs"))
    assert folders.grid_folders() == [folder / "sheets"]
    assert set(folders.grid_folders()) <= set(folders.output_folders())
    data.update(outdir_grids="", outdir_txt2img_grids="", outdir_img2img_grids=str(folder / "img2img-sheets"))
    assert folders.grid_folders() == [folder / "img2img-sheets"]
    data.clear()
    data.update(before)


@case
def disks_are_watched_where_tasks_save(folder: Path) -> None:
    from modules import shared

    from inu_jobs.webui.host.folders import WebuiHost

    folders, data = WebuiHost(), shared.opts.data
    before = dict(data)
    data.update(outdir_txt2img_samples=str(folder / "big"), outdir_txt2img_grids="")
    data.update(outdir_img2img_samples=str(folder / "other"), outdir_samples="", outdir_grids="")
    found = folders.saving_folders()
    assert folder / "big" in found and folder / "other" in found
    # neither what the settings do not name, nor what the other tabs save
    assert not {folder / "outputs", folder / "outputs" / "txt2img-grids", Path.cwd()} & set(found)
    assert not {folder / "outputs" / "extras-images", folder / "log" / "images"} & set(found)
    data.update(outdir_samples=str(folder / "all"), outdir_grids=str(folder / "grids"))
    assert folders.saving_folders() == [folder / "all", folder / "grids"]
    data.clear()
    data.update(before)


@case
def saved_images_go_where_the_settings_say(folder: Path) -> None:
    from modules import paths_internal, shared

    from inu_jobs.webui.host.folders import WebuiHost

    folders = WebuiHost()
    shared.opts.data["outdir_save"] = str(folder / "saved")
    assert folders.save_folder() == folder / "saved"
    shared.opts.data["outdir_save"] = ""
    assert folders.save_folder() is None
    paths_internal.roboto_ttf_file = str(folder / "a.ttf")
    assert folders.fonts() == [str(folder / "a.ttf")]
    shared.opts.data["font"] = "msgothic.ttc"
    assert folders.fonts() == ["msgothic.ttc", str(folder / "a.ttf")]
    del paths_internal.roboto_ttf_file, shared.opts.data["font"]
    assert folders.fonts() == []
