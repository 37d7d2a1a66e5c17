"""The WebUI's API. Agent Scheduler has an ``Api`` of its own, on an app that nobody serves."""

import base64
import io
from contextlib import closing
from secrets import compare_digest
from typing import Any

from PIL import PngImagePlugin

import host_traits
from modules import images, processing, scripts, sd_models, sd_samplers, sd_schedulers, sd_vae, shared
from modules.api import models
from modules.progress import add_task_to_queue, create_task_id, finish_task, fraction_done, start_task
from modules.shared import opts


def http_error(status_code, detail, headers=None):
    from fastapi.exceptions import HTTPException

    return HTTPException(status_code=status_code, detail=detail, headers=headers)


def script_name_to_index(name, scripts_list):
    titles = [script.title().lower() for script in scripts_list]
    if name.lower() not in titles:
        raise http_error(422, f"Script '{name}' not found")
    return titles.index(name.lower())


def validate_sampler_name(name):
    if name not in sd_samplers.all_samplers_map:
        raise http_error(400, "Sampler not found")
    return name


def decode_base64_to_image(encoding):
    if encoding.startswith(("http://", "https://")):
        raise http_error(500, "Requests not allowed")
    if encoding.startswith("data:image/"):
        encoding = encoding.split(";")[1].split(",")[1]
    try:
        return images.read(io.BytesIO(base64.b64decode(encoding)))
    except Exception as e:
        raise http_error(500, "Invalid encoded image") from e


def encode_pil_to_base64(image):
    buffer = io.BytesIO()
    metadata = PngImagePlugin.PngInfo()
    for entry in image.info.items():
        if all(isinstance(part, str) for part in entry):
            metadata.add_text(*entry)
    image.save(buffer, format="PNG", pnginfo=metadata)
    return base64.b64encode(buffer.getvalue())


class Api:
    def __init__(self, app, queue_lock):
        self.credentials = {}
        if shared.cmd_opts.api_auth:
            for auth in shared.cmd_opts.api_auth.split(","):
                user, password = auth.split(":")
                self.credentials[user] = password
        self.app = app
        self.queue_lock = queue_lock
        if app is not None:
            self.add_routes()

        for runner in (scripts.scripts_txt2img, scripts.scripts_img2img):
            if not runner.scripts:
                from modules import ui

                ui.create_ui()
                break
        self.default_script_arg_txt2img = self.init_default_script_args(scripts.scripts_txt2img)
        self.default_script_arg_img2img = self.init_default_script_args(scripts.scripts_img2img)

    def add_routes(self):
        def add(path, endpoint, methods=("GET",)):
            self.add_api_route(f"/sdapi/v1/{path}", endpoint, methods=list(methods))

        def txt2img_route(txt2imgreq: models.StableDiffusionTxt2ImgProcessingAPI):
            return self.text2imgapi(txt2imgreq)

        def img2img_route(img2imgreq: models.StableDiffusionImg2ImgProcessingAPI):
            return self.img2imgapi(img2imgreq)

        def set_options_route(req: dict[str, Any]):
            return self.set_config(req)

        add("txt2img", txt2img_route, ["POST"])
        add("img2img", img2img_route, ["POST"])
        add("progress", self.progressapi)
        add("interrupt", self.interruptapi, ["POST"])
        add("skip", self.skip, ["POST"])
        add("options", self.get_config)
        add("options", set_options_route, ["POST"])
        add("cmd-flags", self.get_cmd_flags)
        add("samplers", self.get_samplers)
        add("schedulers", self.get_schedulers)
        add("upscalers", self.get_upscalers)
        add("latent-upscale-modes", self.get_latent_upscale_modes)
        add("sd-models", self.get_sd_models)
        add("sd-vae", self.get_sd_vaes)
        add("prompt-styles", self.get_prompt_styles)
        add("loras", self.get_loras)
        add("scripts", self.get_scripts_list)
        add("script-info", self.get_script_info)
        add("server-stop", self.stop_webui, ["POST"])

    def add_api_route(self, path, endpoint, **kwargs):
        if not shared.cmd_opts.api_auth:
            return self.app.add_api_route(path, endpoint, **kwargs)
        from fastapi import Depends
        from fastapi.security import HTTPBasic, HTTPBasicCredentials

        def auth(credentials: HTTPBasicCredentials = Depends(HTTPBasic())):  # noqa: B008
            return self.auth(credentials)

        return self.app.add_api_route(path, endpoint, dependencies=[Depends(auth)], **kwargs)

    def auth(self, credentials):
        expected = self.credentials.get(credentials.username)
        if expected is not None and compare_digest(credentials.password, expected):
            return True
        raise http_error(401, "Incorrect username or password", {"WWW-Authenticate": "Basic"})

    def get_selectable_script(self, script_name, script_runner):
        if script_name is None or script_name == "":
            return None, None
        index = script_name_to_index(script_name, script_runner.selectable_scripts)
        return script_runner.selectable_scripts[index], index

    def get_script(self, script_name, script_runner):
        if script_name is None or script_name == "":
            return None
        return script_runner.scripts[script_name_to_index(script_name, script_runner.scripts)]

    def init_default_script_args(self, script_runner):
        last = max([1, *(script.args_to for script in script_runner.scripts)])
        arguments = [None] * last
        arguments[0] = 0
        for script in script_runner.scripts:
            values = [control.value for control in script.controls or []]
            arguments[script.args_from : script.args_to] = values
        return arguments

    def init_script_args(
        self,
        request,
        default_script_args,
        selectable_scripts,
        selectable_idx,
        script_runner,
        *,
        input_script_args=None,
    ):
        arguments = default_script_args.copy()
        for index, value in (input_script_args or {}).items():
            arguments[index] = value
        if selectable_scripts:
            # (M) a list of another length moves the arguments of all scripts after this one
            arguments[selectable_scripts.args_from : selectable_scripts.args_to] = request.script_args
            arguments[0] = selectable_idx + 1
        for name, values in (request.alwayson_scripts or {}).items():
            script = self.get_script(name, script_runner)
            if script is None:
                raise http_error(422, f"always on script {name} not found")
            if script.alwayson is False:
                raise http_error(422, "Cannot have a selectable script in the always on scripts params")
            given = values.get("args", [])
            for i in range(min(script.args_to - script.args_from, len(given))):
                arguments[script.args_from + i] = given[i]
        return arguments

    def text2imgapi(self, txt2imgreq):
        return self._generate(
            txt2imgreq,
            "txt2img",
            scripts.scripts_txt2img,
            self.default_script_arg_txt2img,
            processing.StableDiffusionProcessingTxt2Img,
            models.TextToImageResponse,
        )

    def img2imgapi(self, img2imgreq):
        if img2imgreq.init_images is None:
            raise http_error(404, "Init image not found")
        return self._generate(
            img2imgreq,
            "img2img",
            scripts.scripts_img2img,
            self.default_script_arg_img2img,
            processing.StableDiffusionProcessingImg2Img,
            models.ImageToImageResponse,
        )

    def _generate(self, req, kind, runner, default_args, processing_class, response_class):
        # (M) without force_task_id the task gets an id of its own here
        task_id = req.force_task_id or create_task_id(kind)
        args, changes = vars(req).copy(), {}
        if kind == "img2img" and req.mask:
            changes["mask"] = decode_base64_to_image(req.mask)
        script, script_index = self.get_selectable_script(req.script_name, runner)
        sampler, scheduler = sd_samplers.get_sampler_and_scheduler(
            req.sampler_name or req.sampler_index, req.scheduler
        )
        changes |= {
            "sampler_name": validate_sampler_name(sampler),
            "sampler_index": None,
            "do_not_save_samples": not req.save_images,
            "do_not_save_grid": not req.save_images,
        }
        if not req.scheduler and scheduler != "Automatic":
            changes["scheduler"] = scheduler
        args |= changes
        script_args = self.init_script_args(req, default_args, script, script_index, runner)
        left_out = "script_name script_args alwayson_scripts infotext send_images save_images"
        for name in [*left_out.split(), "include_init_images"]:
            args.pop(name, None)

        add_task_to_queue(task_id)
        with (
            self.queue_lock,
            closing(processing_class(sd_model=shared.sd_model, **args)) as p,
        ):
            if kind == "img2img":
                p.init_images = [decode_base64_to_image(x) for x in req.init_images]
            p.is_api = True
            p.scripts = runner
            p.outpath_grids = getattr(opts, f"outdir_{kind}_grids")
            p.outpath_samples = getattr(opts, f"outdir_{kind}_samples")
            try:
                shared.state.begin(job=f"scripts_{kind}")
                start_task(task_id)
                if script is not None:
                    p.script_args = script_args
                    processed = runner.run(p, *p.script_args)
                else:
                    p.script_args = tuple(script_args)
                    processed = processing.process_images(p)
                # (M) not reached when it fails: ``current_task`` stays set
                finish_task(task_id)
            finally:
                shared.state.end()
        encoded = [encode_pil_to_base64(x) for x in processed.images] if req.send_images else []
        return response_class(images=encoded, parameters=jsonable(vars(req)), info=processed.js())

    def progressapi(self):
        state = shared.state
        if state.job_count == 0:
            return {"progress": 0, "eta_relative": 0, "state": state.dict(), "textinfo": state.textinfo}
        state.set_current_image()
        image = None if state.current_image is None else encode_pil_to_base64(state.current_image).decode()
        return {
            "progress": fraction_done(),
            "eta_relative": 0,
            "state": state.dict(),
            "current_image": image,
            "textinfo": state.textinfo,
        }

    def interruptapi(self):
        shared.state.interrupt()
        return {}

    def skip(self):
        shared.state.skip()

    def get_config(self):
        return dict(shared.opts.data)

    def set_config(self, req):
        host_traits.set_config(req)

    def get_cmd_flags(self):
        return vars(shared.cmd_opts)

    def get_samplers(self):
        return [
            {"name": x.name, "aliases": x.aliases, "options": {k: str(v) for k, v in x.options.items()}}
            for x in sd_samplers.all_samplers
        ]

    def get_schedulers(self):
        names = ("name", "label", "aliases", "default_rho", "need_inner_model")
        return [{name: getattr(x, name) for name in names} for x in sd_schedulers.schedulers]

    def get_upscalers(self):
        return [
            {
                "name": x.name,
                "model_name": x.scaler.model_name,
                "model_path": x.data_path,
                "model_url": None,
                "scale": x.scale,
            }
            for x in shared.sd_upscalers
        ]

    def get_latent_upscale_modes(self):
        return [{"name": name} for name in shared.latent_upscale_modes]

    def get_sd_models(self):
        return [
            {
                "title": x.title,
                "model_name": x.model_name,
                "hash": x.shorthash,
                "sha256": x.sha256,
                "filename": x.filename,
                "config": None,
            }
            for x in sd_models.checkpoints_list.values()
        ]

    def get_sd_vaes(self):
        return [{"model_name": name, "filename": path} for name, path in sd_vae.vae_dict.items()]

    def get_prompt_styles(self):
        return [
            {"name": x.name, "prompt": x.prompt, "negative_prompt": x.negative_prompt}
            for x in shared.prompt_styles.styles.values()
        ]

    def get_loras(self):
        import networks

        return [
            {"name": x.name, "alias": x.alias, "path": x.filename, "metadata": x.metadata}
            for x in networks.available_networks.values()
        ]

    def get_scripts_list(self):
        def names(runner):
            return [x.name for x in runner.scripts if x.name is not None]

        return {"txt2img": names(scripts.scripts_txt2img), "img2img": names(scripts.scripts_img2img)}

    def get_script_info(self):
        both = [*scripts.scripts_txt2img.scripts, *scripts.scripts_img2img.scripts]
        return [x.api_info for x in both if x.api_info is not None]

    def stop_webui(self):
        shared.state.server_command = "stop"
        return {}

    def launch(self, server_name, port, root_path):
        import uvicorn

        uvicorn.run(self.app, host=server_name, port=port, root_path=root_path, log_level="warning")


def jsonable(values):
    return {k: None if isinstance(v, bytes) else v for k, v in values.items()}
