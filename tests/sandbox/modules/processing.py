"""A generation, from settings to saved images: the WebUI's order of hooks, counts and file names."""

import hashlib
import json
import math
import os
import random
import sys
from dataclasses import dataclass, field
from typing import Any

from PIL import Image, ImageFilter, ImageOps
from tests.sandbox import renderer

import host_traits
from modules import (
    errors,
    extra_networks,
    images,
    infotext_utils,
    masking,
    paths,
    scripts,
    sd_models,
    sd_samplers,
    sd_vae,
    shared,
)

opt_f = 8


def create_binary_mask(image, round=True):
    if image.mode == "RGBA" and image.getextrema()[-1] != (255, 255):
        alpha = image.split()[-1].convert("L")
        return alpha.point(lambda x: 255 if x > 128 else 0) if round else alpha
    return image.convert("L")


@dataclass(repr=False)
class StableDiffusionProcessing(host_traits.CommonFields):
    sd_model: object = None
    outpath_samples: str = None
    outpath_grids: str = None
    prompt: str = ""
    prompt_for_display: str = None
    negative_prompt: str = ""
    styles: list[str] = None
    seed: int = -1
    subseed: int = -1
    subseed_strength: float = 0
    seed_resize_from_h: int = -1
    seed_resize_from_w: int = -1
    seed_enable_extras: bool = True
    sampler_name: str = None
    scheduler: str = None
    batch_size: int = 1
    n_iter: int = 1
    steps: int = 50
    cfg_scale: float = 7.0
    width: int = 512
    height: int = 512
    restore_faces: bool = None
    tiling: bool = None
    do_not_save_samples: bool = False
    do_not_save_grid: bool = False
    extra_generation_params: dict[str, Any] = None
    overlay_images: list = None
    eta: float = None
    do_not_reload_embeddings: bool = False
    denoising_strength: float = None
    ddim_discretize: str = None
    s_min_uncond: float = None
    s_churn: float = None
    s_tmax: float = None
    s_tmin: float = None
    s_noise: float = None
    override_settings: dict[str, Any] = None
    override_settings_restore_afterwards: bool = True
    sampler_index: int = None
    refiner_checkpoint: str = None
    refiner_switch_at: float = None
    token_merging_ratio = 0
    token_merging_ratio_hr = 0
    disable_extra_networks: bool = False
    firstpass_image: Image = None

    scripts_value: Any = field(default=None, init=False)
    script_args_value: list = field(default=None, init=False)
    scripts_setup_complete: bool = field(default=False, init=False)
    comments: dict = None
    sampler: Any = field(default=None, init=False)
    is_using_inpainting_conditioning: bool = field(default=False, init=False)
    paste_to: tuple = field(default=None, init=False)
    is_hr_pass: bool = field(default=False, init=False)
    c: tuple = field(default=None, init=False)
    uc: tuple = field(default=None, init=False)
    rng: Any = field(default=None, init=False)
    step_multiplier: int = field(default=1, init=False)
    color_corrections: list = field(default=None, init=False)
    all_prompts: list = field(default=None, init=False)
    all_negative_prompts: list = field(default=None, init=False)
    all_seeds: list = field(default=None, init=False)
    all_subseeds: list = field(default=None, init=False)
    iteration: int = field(default=0, init=False)
    main_prompt: str = field(default=None, init=False)
    main_negative_prompt: str = field(default=None, init=False)
    prompts: list = field(default=None, init=False)
    negative_prompts: list = field(default=None, init=False)
    seeds: list = field(default=None, init=False)
    subseeds: list = field(default=None, init=False)
    extra_network_data: dict = field(default=None, init=False)
    user: str = field(default=None, init=False)
    sd_model_name: str = field(default=None, init=False)
    sd_model_hash: str = field(default=None, init=False)
    sd_vae_name: str = field(default=None, init=False)
    sd_vae_hash: str = field(default=None, init=False)
    is_api: bool = field(default=False, init=False)

    def __post_init__(self):
        if self.sampler_index is not None:
            print("sampler_index does not do anything; use sampler_name", file=sys.stderr)
        self.comments = {}
        self.refiner_checkpoint_info = self.sampler_noise_scheduler_override = None
        self.styles = self.styles or []
        for name in ("script_args", "override_settings", "extra_generation_params"):
            setattr(self, name, getattr(self, name) or {})
        if not self.seed_enable_extras:
            self.subseed, self.subseed_strength = -1, 0
            self.seed_resize_from_w = self.seed_resize_from_h = 0

    def fill_fields_from_opts(self):
        for name in ("s_min_uncond", "s_churn", "s_tmin", "s_tmax", "s_noise"):
            if getattr(self, name) is None:
                setattr(self, name, getattr(shared.opts, name))

    @property
    def sd_model(self):
        return shared.sd_model

    @sd_model.setter
    def sd_model(self, value):
        pass

    @property
    def scripts(self):
        return self.scripts_value

    @scripts.setter
    def scripts(self, value):
        self.scripts_value = value
        self._setup_scripts_once()

    @property
    def script_args(self):
        return self.script_args_value

    @script_args.setter
    def script_args(self, value):
        self.script_args_value = value
        self._setup_scripts_once()

    def _setup_scripts_once(self):
        if self.scripts_value and self.script_args_value and not self.scripts_setup_complete:
            self.setup_scripts()

    def setup_scripts(self):
        self.scripts_setup_complete = True
        self.scripts.setup_scrips(self, is_ui=not self.is_api)

    def comment(self, text):
        self.comments[text] = 1

    def init(self, all_prompts, all_seeds, all_subseeds):
        pass

    def sample(self, conditioning, unconditional_conditioning, seeds, subseeds, subseed_strength, prompts):
        raise NotImplementedError()

    def close(self):
        self.sampler = None

    def get_token_merging_ratio(self, for_hr=False):
        opts = shared.opts
        if for_hr and (self.token_merging_ratio_hr or opts.token_merging_ratio_hr):
            return self.token_merging_ratio_hr or opts.token_merging_ratio_hr
        return self.token_merging_ratio or opts.token_merging_ratio

    def setup_prompts(self):
        count = self.batch_size * self.n_iter
        if isinstance(self.prompt, list):
            self.all_prompts = self.prompt
        elif isinstance(self.negative_prompt, list):
            self.all_prompts = [self.prompt] * len(self.negative_prompt)
        else:
            self.all_prompts = [self.prompt] * count
        negative = self.negative_prompt
        self.all_negative_prompts = (
            negative if isinstance(negative, list) else [negative] * len(self.all_prompts)
        )
        if len(self.all_prompts) != len(self.all_negative_prompts):
            raise RuntimeError("Received a different number of prompts and negative prompts")
        styles = shared.prompt_styles
        self.all_prompts = [styles.apply_styles_to_prompt(x, self.styles) for x in self.all_prompts]
        self.all_negative_prompts = [
            styles.apply_negative_styles_to_prompt(x, self.styles) for x in self.all_negative_prompts
        ]
        self.main_prompt = self.all_prompts[0]
        self.main_negative_prompt = self.all_negative_prompts[0]

    def setup_conds(self):
        # Schedules are fixed when sampling starts; the infotext names the one that was used.
        config = sd_samplers.find_sampler_config(self.sampler_name)
        if self.scheduler in (None, "Automatic"):
            default = sd_samplers.sd_schedulers.schedulers_map.get(config.options.get("scheduler"))
            if default is not None and default.name != "automatic":
                self.extra_generation_params["Schedule type"] = default.label

    def parse_extra_network_prompts(self):
        self.prompts, self.extra_network_data = extra_networks.parse_prompts(self.prompts)

    def save_samples(self):
        opts, state = shared.opts, shared.state
        wanted = opts.save_incomplete_images or not (state.interrupted or state.skipped)
        return opts.samples_save and not self.do_not_save_samples and wanted

    def requests(self, width, height, steps=None, extra=()):
        """What the renderer is asked for, one for each image of the current batch."""
        import networks

        loras = tuple((x.name, float(x.unet_multiplier)) for x in networks.loaded_networks)
        opts = shared.opts
        look = (
            f"{self.sampler_name} {self.scheduler} {host_traits.look(self)} {opts.CLIP_stop_at_last_layers}"
        )
        if self.refiner_checkpoint_info is not None:
            info = self.refiner_checkpoint_info
            self.extra_generation_params["Refiner"] = info.short_title
            self.extra_generation_params["Refiner switch at"] = self.refiner_switch_at
            look += f" {info.title} {self.refiner_switch_at}"
        return [
            renderer.Request(
                # the page sends 7 where the API has 7.0: that must not make another picture
                seed=int(seed),
                # a latent pixel stands for eight, and there are no halves of it
                width=int(width) // opt_f * opt_f,
                height=int(height) // opt_f * opt_f,
                prompt=prompt,
                negative=negative,
                # drawn anew each time, and of no effect without a strength
                subseed=int(subseed) if self.subseed_strength else -1,
                subseed_strength=float(self.subseed_strength),
                steps=int(steps or self.steps),
                cfg=float(host_traits.cfg(self)),
                checkpoint=shared.sd_model.sd_checkpoint_info.title,
                loras=loras,
                look=look,
                extra=tuple(map(str, extra)),
            )
            for seed, subseed, prompt, negative in zip(
                self.seeds, self.subseeds, self.prompts, self.negative_prompts, strict=True
            )
        ]


class Processed:
    def __init__(
        self,
        p,
        images_list,
        seed=-1,
        info="",
        subseed=None,
        all_prompts=None,
        all_negative_prompts=None,
        all_seeds=None,
        all_subseeds=None,
        index_of_first_image=0,
        infotexts=None,
        comments="",
    ):
        def first(value):
            return value[0] if isinstance(value, list) else value

        for name in self.OF_THE_PROCESSING:
            setattr(self, name, getattr(p, name, None))
        opts = shared.opts
        self.prompt, self.negative_prompt = first(p.prompt), first(p.negative_prompt)
        self.seed, self.subseed = (-1 if s is None else int(first(s)) for s in (seed, subseed))
        for name, given in (
            ("all_prompts", all_prompts),
            ("all_negative_prompts", all_negative_prompts),
            ("all_seeds", all_seeds),
            ("all_subseeds", all_subseeds),
        ):
            # else those of the processing, else the one there is
            one = getattr(self, name.removeprefix("all_").removesuffix("s"))
            setattr(self, name, given or getattr(p, name) or [one])
        self.images, self.info, self.index_of_first_image = images_list, info, index_of_first_image
        self.infotexts = infotexts or [info] * len(images_list)
        self.comments = "".join(f"{comment}\n" for comment in p.comments)
        self.face_restoration_model = opts.face_restoration_model if p.restore_faces else None
        self.clip_skip, self.job_timestamp = opts.CLIP_stop_at_last_layers, shared.state.job_timestamp
        self.version = program_version()

    #: what is taken over as it is; an img2img has some that a txt2img lacks
    OF_THE_PROCESSING = (
        "width", "height", "batch_size", "steps", "cfg_scale", "sampler_name", "restore_faces", "styles",
        "denoising_strength", "image_cfg_scale", "subseed_strength", "extra_generation_params",
        "sd_model_hash", "sd_model_name", "sd_vae_hash", "sd_vae_name",
        "seed_resize_from_h", "seed_resize_from_w", "is_using_inpainting_conditioning",
        "token_merging_ratio_hr", "token_merging_ratio",
    )  # fmt: skip

    #: the fields of ``js()``, in the WebUI's order
    FIELDS = [
        "prompt",
        "all_prompts",
        "negative_prompt",
        "all_negative_prompts",
        "seed",
        "all_seeds",
        "subseed",
        "all_subseeds",
        "subseed_strength",
        "width",
        "height",
        "sampler_name",
        "cfg_scale",
        "steps",
        "batch_size",
        "restore_faces",
        "face_restoration_model",
        "sd_model_name",
        "sd_model_hash",
        "sd_vae_name",
        "sd_vae_hash",
        "seed_resize_from_w",
        "seed_resize_from_h",
        "denoising_strength",
        "extra_generation_params",
        "index_of_first_image",
        "infotexts",
        "styles",
        "job_timestamp",
        "clip_skip",
        "is_using_inpainting_conditioning",
        "version",
    ]

    def js(self):
        values = {name: getattr(self, name) for name in self.FIELDS}
        values["prompt"] = self.all_prompts[0]
        values["negative_prompt"] = self.all_negative_prompts[0]
        return json.dumps(values, default=lambda o: None)

    def infotext(self, p, index):
        return create_infotext(
            p,
            self.all_prompts,
            self.all_seeds,
            self.all_subseeds,
            comments=[],
            position_in_batch=index % self.batch_size,
            iteration=index // self.batch_size,
        )


def get_fixed_seed(seed):
    if seed == "" or seed is None:
        seed = -1
    elif isinstance(seed, str):
        try:
            seed = int(seed)
        except ValueError:
            seed = -1
    return int(random.randrange(4294967294)) if seed == -1 else seed


def fix_seed(p):
    p.seed = get_fixed_seed(p.seed)
    p.subseed = get_fixed_seed(p.subseed)


def program_version():
    import launch

    return launch.git_tag()


def create_infotext(
    p,
    all_prompts,
    all_seeds,
    all_subseeds,
    comments=None,
    iteration=0,
    position_in_batch=0,
    use_main_prompt=False,
    index=None,
    all_negative_prompts=None,
):
    """The text written into an image. Values of ``p.extra_generation_params`` may be lists (one for each
    image) or functions of (p, index, prompt_text, negative_prompt)."""
    opts = shared.opts
    if use_main_prompt:
        index = 0
    elif index is None:
        index = position_in_batch + iteration * p.batch_size
    negatives = p.all_negative_prompts if all_negative_prompts is None else all_negative_prompts
    prompt_text = p.main_prompt if use_main_prompt else all_prompts[index]
    negative_prompt = p.main_negative_prompt if use_main_prompt else negatives[index]
    clip_skip = getattr(p, "clip_skip", opts.CLIP_stop_at_last_layers)
    merging = p.get_token_merging_ratio()
    merging_hr = p.get_token_merging_ratio(for_hr=True) if getattr(p, "enable_hr", False) else 0
    resized = p.seed_resize_from_w > 0 and p.seed_resize_from_h > 0
    varied = p.subseed_strength != 0

    params = {
        "Steps": p.steps,
        "Sampler": p.sampler_name,
        "Schedule type": p.scheduler,
        "CFG scale": p.cfg_scale,
        "Seed": p.all_seeds[0] if use_main_prompt else all_seeds[index],
        "Face restoration": opts.face_restoration_model if p.restore_faces else None,
        "Size": f"{p.width}x{p.height}",
        "Model hash": p.sd_model_hash if opts.add_model_hash_to_info else None,
        "Model": p.sd_model_name if opts.add_model_name_to_info else None,
        "Variation seed": (p.all_subseeds[0] if use_main_prompt else all_subseeds[index]) if varied else None,
        "Variation seed strength": p.subseed_strength if varied else None,
        "Seed resize from": f"{p.seed_resize_from_w}x{p.seed_resize_from_h}" if resized else None,
        "Denoising strength": p.extra_generation_params.get("Denoising strength"),
        "Clip skip": None if clip_skip <= 1 else clip_skip,
        "ENSD": ensd(p),
        "Token merging ratio": merging or None,
        "Token merging ratio hr": merging_hr or None,
        "Init image hash": getattr(p, "init_img_hash", None),
        "RNG": opts.randn_source if opts.randn_source != "GPU" else None,
        "Tiling": "True" if p.tiling else None,
        **p.extra_generation_params,
        "Version": program_version() if opts.add_version_to_infotext else None,
        "User": p.user if opts.add_user_name_to_info else None,
    }
    params = host_traits.infotext_params(params, p)
    for key, value in params.items():
        try:
            if isinstance(value, list):
                params[key] = value[index]
            elif callable(value):
                params[key] = value(
                    p=p, index=index, prompt_text=prompt_text, negative_prompt=negative_prompt
                )
        except Exception:
            errors.report(f'Error creating infotext for key "{key}"', exc_info=True)
            params[key] = None
    text = ", ".join(
        k if k == v else f"{k}: {infotext_utils.quote(v)}" for k, v in params.items() if v is not None
    )
    negative_text = f"\nNegative prompt: {negative_prompt}" if negative_prompt else ""
    return f"{prompt_text}{negative_text}\n{text}".strip()


def ensd(p):
    config = sd_samplers.find_sampler_config(p.sampler_name)
    uses = config is not None and config.options.get("uses_ensd", False)
    return shared.opts.eta_noise_seed_delta if uses and shared.opts.eta_noise_seed_delta != 0 else None


def process_images(p):
    if p.scripts is not None:
        p.scripts.before_process(p)
    with host_traits.overridden(p):
        sd_samplers.fix_p_invalid_sampler_and_scheduler(p)
        return process_images_inner(p)


def process_images_inner(p):
    state = shared.state
    prepare(p)
    if p.scripts is not None:
        p.scripts.process(p)

    infotexts = []
    output_images = []
    p.init(p.all_prompts, p.all_seeds, p.all_subseeds)
    if state.job_count == -1:
        state.job_count = p.n_iter

    for n in range(p.n_iter):
        p.iteration = n
        if state.skipped:
            state.skipped = False
        if state.interrupted or state.stopping_generation:
            break
        if not process_batch(p, n, infotexts, output_images):
            break

    if not infotexts:
        infotexts.append(Processed(p, []).infotext(p, 0))
    index_of_first_image = finish_grid(p, infotexts, output_images)
    if not p.disable_extra_networks and p.extra_network_data:
        extra_networks.deactivate(p, p.extra_network_data)

    res = Processed(
        p, output_images, p.all_seeds[0], infotexts[0], p.all_subseeds[0],
        infotexts=infotexts, index_of_first_image=index_of_first_image,
    )  # fmt: skip
    if p.scripts is not None:
        p.scripts.postprocess(p, res)
    return res


def prepare(p):
    if isinstance(p.prompt, list):
        assert len(p.prompt) > 0
    else:
        assert p.prompt is not None
    opts = shared.opts
    seed = get_fixed_seed(p.seed)
    subseed = get_fixed_seed(p.subseed)
    p.restore_faces = opts.face_restoration if p.restore_faces is None else p.restore_faces
    p.tiling = opts.tiling if p.tiling is None else p.tiling
    if p.refiner_checkpoint not in (None, "", "None", "none"):
        p.refiner_checkpoint_info = sd_models.get_closet_checkpoint_match(p.refiner_checkpoint)
        if p.refiner_checkpoint_info is None:
            raise Exception(f"Could not find checkpoint with name {p.refiner_checkpoint}")
    p.width, p.height = host_traits.first_size(p.width, p.height)
    p.sd_model_name = shared.sd_model.sd_checkpoint_info.name_for_extra
    p.sd_model_hash = shared.sd_model.sd_model_hash
    p.sd_vae_name = sd_vae.get_loaded_vae_name()
    p.sd_vae_hash = sd_vae.get_loaded_vae_hash()
    p.fill_fields_from_opts()
    p.setup_prompts()
    count = range(len(p.all_prompts))
    fixed = p.subseed_strength != 0
    p.all_seeds = seed if isinstance(seed, list) else [int(seed) + (0 if fixed else x) for x in count]
    p.all_subseeds = subseed if isinstance(subseed, list) else [int(subseed) + x for x in count]
    if not p.do_not_reload_embeddings:
        host_traits.reload_embeddings()


def process_batch(p, n, infotexts, output_images):
    """One iteration: ``batch_size`` images, made and saved. False if there is nothing left to make."""
    state, opts = shared.state, shared.opts
    host_traits.load_model()
    batch = slice(n * p.batch_size, (n + 1) * p.batch_size)
    p.prompts = p.all_prompts[batch]
    p.negative_prompts = p.all_negative_prompts[batch]
    p.seeds = p.all_seeds[batch]
    p.subseeds = p.all_subseeds[batch]
    now = {"batch_number": n, "prompts": p.prompts, "seeds": p.seeds, "subseeds": p.subseeds}
    if p.scripts is not None:
        p.scripts.before_process_batch(p, **now)
    if len(p.prompts) == 0:
        return False
    p.parse_extra_network_prompts()
    if not p.disable_extra_networks:
        extra_networks.activate(p, p.extra_network_data)
    if p.scripts is not None:
        p.scripts.process_batch(p, **{**now, "prompts": p.prompts})
    p.setup_conds()
    if n == 0 and not shared.cmd_opts.no_prompt_history:
        with open(os.path.join(paths.data_path, "params.txt"), "w", encoding="utf8") as file:
            file.write(Processed(p, []).infotext(p, 0))
    if p.n_iter > 1:
        state.job = f"Batch {n + 1} out of {p.n_iter}"

    samples = p.sample(
        conditioning=p.c,
        unconditional_conditioning=p.uc,
        seeds=p.seeds,
        subseeds=p.subseeds,
        subseed_strength=p.subseed_strength,
        prompts=p.prompts,
    )
    if p.scripts is not None:
        ps = scripts.PostSampleArgs(samples)
        p.scripts.post_sample(p, ps)
        samples = ps.samples
    state.nextjob()
    if p.scripts is not None:
        p.scripts.postprocess_batch(p, samples, batch_number=n)
        p.prompts = p.all_prompts[batch]
        p.negative_prompts = p.all_negative_prompts[batch]
        pp = scripts.PostprocessBatchListArgs(list(samples))
        p.scripts.postprocess_batch_list(p, pp, batch_number=n)
        samples = pp.images
    save_samples = p.save_samples()
    for i, sample in enumerate(samples):
        p.batch_index = i
        finish_image(p, i, sample, save_samples and opts.samples_save, infotexts, output_images)
    return True


def finish_image(p, i, image, save_samples, infotexts, output_images):
    opts = shared.opts

    def text(index):
        return create_infotext(
            p, p.prompts, p.seeds, p.subseeds, index=index, all_negative_prompts=p.negative_prompts
        )

    def save(picture, suffix=""):
        images.save_image(
            picture,
            p.outpath_samples,
            "",
            p.seeds[i],
            p.prompts[i],
            opts.samples_format,
            info=text(i),
            p=p,
            suffix=suffix,
        )

    if p.restore_faces and save_samples and opts.save_images_before_face_restoration:
        save(image.copy(), "-before-face-restoration")
    if p.scripts is not None:
        pp = scripts.PostprocessImageArgs(image)
        p.scripts.postprocess_image(p, pp)
        image = pp.image

    mask_for_overlay = getattr(p, "mask_for_overlay", None)
    overlay = None
    if opts.overlay_inpaint and p.overlay_images is not None and i < len(p.overlay_images):
        overlay = p.overlay_images[i]
    if p.scripts is not None:
        ppmo = scripts.PostProcessMaskOverlayArgs(i, mask_for_overlay, overlay)
        p.scripts.postprocess_maskoverlay(p, ppmo)
        mask_for_overlay, overlay = ppmo.mask_for_overlay, ppmo.overlay_image
    image, denoised = apply_overlay(image, p.paste_to, overlay)
    if p.scripts is not None:
        pp = scripts.PostprocessImageArgs(image)
        p.scripts.postprocess_image_after_composite(p, pp)
        image = pp.image

    if save_samples:
        save(image)
    infotexts.append(text(i))
    if opts.enable_pnginfo:
        image.info["parameters"] = infotexts[-1]
    output_images.append(image)
    if mask_for_overlay is None:
        return
    if opts.return_mask or opts.save_mask:
        mask = mask_for_overlay.convert("RGB")
        if save_samples and opts.save_mask:
            save(mask, "-mask")
        if opts.return_mask:
            output_images.append(mask)
    if opts.return_mask_composite or opts.save_mask_composite:
        clear = Image.new("RGBA", image.size)
        resized = images.resize_image(2, mask_for_overlay, image.width, image.height).convert("L")
        composite = Image.composite(denoised.convert("RGBA"), clear, resized)
        if save_samples and opts.save_mask_composite:
            save(composite, "-mask-composite")
        if opts.return_mask_composite:
            output_images.append(composite)


def apply_overlay(image, paste_loc, overlay):
    """The untouched parts of the original over the new image. Also the new image without them."""
    if overlay is None:
        return image, image.copy()
    if paste_loc is not None:
        x, y, w, h = paste_loc
        base = Image.new("RGBA", overlay.size)
        base.paste(images.resize_image(1, image, w, h), (x, y))
        image = base
    denoised = image.copy()
    image = image.convert("RGBA")
    image.alpha_composite(overlay)
    return image.convert("RGB"), denoised


def finish_grid(p, infotexts, output_images):
    """Adds and saves the grid if the settings want one; returns the index of the first image proper."""
    opts = shared.opts
    few = len(output_images) < 2 and opts.grid_only_if_multiple
    if not (opts.return_grid or opts.grid_save) or p.do_not_save_grid or few or not output_images:
        return 0
    grid = images.image_grid(output_images, p.batch_size)
    text = create_infotext(
        p,
        p.prompts,
        p.seeds,
        p.subseeds,
        use_main_prompt=True,
        index=0,
        all_negative_prompts=p.negative_prompts,
    )
    first = 0
    if opts.return_grid:
        infotexts.insert(0, text)
        if opts.enable_pnginfo:
            grid.info["parameters"] = text
        output_images.insert(0, grid)
        first = 1
    if opts.grid_save:
        images.save_image(
            grid,
            p.outpath_grids,
            "grid",
            p.all_seeds[0],
            p.all_prompts[0],
            opts.grid_format,
            info=text,
            short_filename=not opts.grid_extended_filename,
            p=p,
            grid=True,
        )
    return first


def old_hires_fix_first_pass_dimensions(width, height):
    scale = math.sqrt(512 * 512 / (width * height))
    return math.ceil(scale * width / 64) * 64, math.ceil(scale * height / 64) * 64


@dataclass(repr=False)
class StableDiffusionProcessingTxt2Img(host_traits.Txt2ImgFields, StableDiffusionProcessing):
    enable_hr: bool = False
    denoising_strength: float = 0.75
    firstphase_width: int = 0
    firstphase_height: int = 0
    hr_scale: float = 2.0
    hr_upscaler: str = None
    hr_second_pass_steps: int = 0
    hr_resize_x: int = 0
    hr_resize_y: int = 0
    hr_checkpoint_name: str = None
    hr_sampler_name: str = None
    hr_scheduler: str = None
    hr_prompt: str = ""
    hr_negative_prompt: str = ""
    force_task_id: str = None

    hr_checkpoint_info: dict = field(default=None, init=False)
    hr_upscale_to_x: int = field(default=0, init=False)
    hr_upscale_to_y: int = field(default=0, init=False)
    truncate_x: int = field(default=0, init=False)
    truncate_y: int = field(default=0, init=False)
    applied_old_hires_behavior_to: tuple = field(default=None, init=False)
    latent_scale_mode: dict = field(default=None, init=False)
    all_hr_prompts: list = field(default=None, init=False)
    all_hr_negative_prompts: list = field(default=None, init=False)
    hr_prompts: list = field(default=None, init=False)
    hr_negative_prompts: list = field(default=None, init=False)
    hr_extra_network_data: list = field(default=None, init=False)

    def __post_init__(self):
        super().__post_init__()
        if self.firstphase_width != 0 or self.firstphase_height != 0:
            self.hr_upscale_to_x = self.width
            self.hr_upscale_to_y = self.height
            self.width = self.firstphase_width
            self.height = self.firstphase_height

    def calculate_target_resolution(self):
        host_traits.hires_size(self)

    def init(self, all_prompts, all_seeds, all_subseeds):
        if not self.enable_hr:
            return
        params = self.extra_generation_params
        params["Denoising strength"] = self.denoising_strength
        if self.hr_checkpoint_name and self.hr_checkpoint_name != "Use same checkpoint":
            self.hr_checkpoint_info = sd_models.get_closet_checkpoint_match(self.hr_checkpoint_name)
            if self.hr_checkpoint_info is None:
                raise Exception(f"Could not find checkpoint with name {self.hr_checkpoint_name}")
            params["Hires checkpoint"] = self.hr_checkpoint_info.short_title
        if self.hr_sampler_name is not None and self.hr_sampler_name != self.sampler_name:
            params["Hires sampler"] = self.hr_sampler_name

        def different(texts, own):
            return texts if texts != own else None

        params["Hires prompt"] = lambda p, index, prompt_text, **_: different(
            p.all_hr_prompts[index], prompt_text
        )
        params["Hires negative prompt"] = lambda p, index, negative_prompt, **_: different(
            p.all_hr_negative_prompts[index], negative_prompt
        )
        params["Hires schedule type"] = None
        if self.hr_scheduler is None:
            self.hr_scheduler = self.scheduler
        upscaler = self.hr_upscaler if self.hr_upscaler is not None else shared.latent_upscale_default_mode
        self.latent_scale_mode = shared.latent_upscale_modes.get(upscaler)
        if self.latent_scale_mode is None and not any(x.name == upscaler for x in shared.sd_upscalers):
            raise Exception(f"could not find upscaler named {upscaler}")
        self.calculate_target_resolution()
        if not shared.state.processing_has_refined_job_count:
            if shared.state.job_count == -1:
                shared.state.job_count = self.n_iter
            shared.state.job_count *= 2
            shared.state.processing_has_refined_job_count = True
        if self.hr_second_pass_steps:
            params["Hires steps"] = self.hr_second_pass_steps
        if self.hr_upscaler is not None:
            params["Hires upscaler"] = self.hr_upscaler
        params.update(host_traits.hires_params(self))

    def sample(self, conditioning, unconditional_conditioning, seeds, subseeds, subseed_strength, prompts):
        self.sampler = sd_samplers.create_sampler(self.sampler_name, self.sd_model)
        if self.firstpass_image is not None and self.enable_hr:
            samples = [self.firstpass_image.convert("RGB")]
        else:
            if self.scripts is not None:
                self.scripts.process_before_every_sampling(
                    p=self, x=None, noise=None, c=conditioning, uc=unconditional_conditioning
                )
            samples = self.sampler.sample(self, self.requests(self.width, self.height))
            if not self.enable_hr:
                return samples
        host_traits.load_hires_model(self)
        return self.sample_hr_pass(samples, seeds, prompts)

    def sample_hr_pass(self, samples, seeds, prompts):
        state, opts = shared.state, shared.opts
        if state.interrupted:
            return samples
        self.is_hr_pass = True
        if self.save_samples() and opts.save_images_before_highres_fix:
            for i, image in enumerate(samples):
                info = create_infotext(
                    self,
                    self.all_prompts,
                    self.all_seeds,
                    self.all_subseeds,
                    [],
                    iteration=self.iteration,
                    position_in_batch=i,
                )
                images.save_image(
                    image,
                    self.outpath_samples,
                    "",
                    seeds[i],
                    prompts[i],
                    opts.samples_format,
                    info=info,
                    p=self,
                    suffix="-before-highres-fix",
                )
        state.nextjob()
        if not self.disable_extra_networks:
            extra_networks.activate(self, self.hr_extra_network_data)
        if self.scripts is not None:
            self.scripts.before_hr(self)
            self.scripts.process_before_every_sampling(p=self, x=None, noise=None, c=None, uc=None)
        width = self.hr_upscale_to_x - self.truncate_x * opt_f
        height = self.hr_upscale_to_y - self.truncate_y * opt_f
        steps = self.hr_second_pass_steps or self.steps
        self.sampler = sd_samplers.create_sampler(self.hr_sampler_name or self.sampler_name, self.sd_model)
        extra = (self.hr_upscaler, self.hr_scheduler, *self.hr_prompts, *self.hr_negative_prompts)
        requests = self.requests(width, height, steps, extra)
        source = {(x.seed, x.subseed): image for x, image in zip(requests, samples, strict=True)}

        def finish(request):
            return renderer.rework(source[request.seed, request.subseed], request, self.denoising_strength)

        result = self.sampler.sample(self, requests, finish, steps)
        self.is_hr_pass = False
        return result

    def setup_prompts(self):
        super().setup_prompts()
        if not self.enable_hr:
            return
        self.hr_prompt = self.prompt if self.hr_prompt == "" else self.hr_prompt
        self.hr_negative_prompt = (
            self.negative_prompt if self.hr_negative_prompt == "" else self.hr_negative_prompt
        )
        count = self.batch_size * self.n_iter

        def repeated(value):
            return value if isinstance(value, list) else [value] * count

        styles = shared.prompt_styles
        self.all_hr_prompts = [
            styles.apply_styles_to_prompt(x, self.styles) for x in repeated(self.hr_prompt)
        ]
        self.all_hr_negative_prompts = [
            styles.apply_negative_styles_to_prompt(x, self.styles) for x in repeated(self.hr_negative_prompt)
        ]

    def parse_extra_network_prompts(self):
        super().parse_extra_network_prompts()
        if self.enable_hr:
            batch = slice(self.iteration * self.batch_size, (self.iteration + 1) * self.batch_size)
            self.hr_negative_prompts = self.all_hr_negative_prompts[batch]
            self.hr_prompts, self.hr_extra_network_data = extra_networks.parse_prompts(
                self.all_hr_prompts[batch]
            )


@dataclass(repr=False)
class StableDiffusionProcessingImg2Img(host_traits.Img2ImgFields, StableDiffusionProcessing):
    init_images: list = None
    resize_mode: int = 0
    denoising_strength: float = 0.75
    image_cfg_scale: float = None
    mask: Any = None
    mask_round: bool = True
    inpainting_fill: int = 0
    inpaint_full_res: bool = True
    inpaint_full_res_padding: int = 0
    inpainting_mask_invert: int = 0
    initial_noise_multiplier: float = None
    latent_mask: Image = None
    force_task_id: str = None

    image_mask: Any = field(default=None, init=False)
    init_img_hash: str = field(default=None, init=False)
    mask_for_overlay: Image = field(default=None, init=False)

    def __post_init__(self):
        super().__post_init__()
        self.image_mask = self.mask
        self.mask = None
        self.sources = []
        self.source_mask = None
        if self.initial_noise_multiplier is None:
            self.initial_noise_multiplier = shared.opts.initial_noise_multiplier

    def init(self, all_prompts, all_seeds, all_subseeds):
        self.extra_generation_params["Denoising strength"] = self.denoising_strength
        if shared.sd_model.cond_stage_key != "edit":
            self.image_cfg_scale = None
        image_mask, crop_region = self._prepare_mask()
        for img in self.init_images:
            self.sources.append(self._prepare_source(img, image_mask, crop_region))
        self.source_mask = image_mask
        if len(self.sources) == 1:
            self.sources *= self.batch_size
            if self.overlay_images is not None:
                self.overlay_images *= self.batch_size
        elif len(self.sources) <= self.batch_size:
            self.batch_size = len(self.sources)
        else:
            raise RuntimeError(
                f"bad number of images passed: {len(self.sources)}; expecting {self.batch_size} or less"
            )

    def _prepare_mask(self):
        if self.image_mask is None:
            return None, None
        params = self.extra_generation_params
        mask = create_binary_mask(self.image_mask, round=self.mask_round)
        if self.inpainting_mask_invert:
            mask = ImageOps.invert(mask)
            params["Mask mode"] = "Inpaint not masked"
        if self.mask_blur_x > 0 or self.mask_blur_y > 0:
            mask = mask.filter(ImageFilter.GaussianBlur(max(self.mask_blur_x, self.mask_blur_y)))
            params["Mask blur"] = self.mask_blur
        self.overlay_images = []
        if self.inpainting_fill != 1:
            params["Masked content"] = {0: "fill", 2: "latent noise", 3: "latent nothing"}[
                self.inpainting_fill
            ]
        if not self.inpaint_full_res:
            mask = images.resize_image(self.resize_mode, mask, self.width, self.height).convert("L")
            self.mask_for_overlay = mask.point(lambda v: min(255, v * 2))
            return mask, None
        self.mask_for_overlay = mask
        region = masking.get_crop_region_v2(mask, self.inpaint_full_res_padding)
        if region is None:
            self.mask_for_overlay = None
            self.inpaint_full_res = False
            self.overlay_images = None
            params.pop("Masked content", None)
            self.comment(
                'Unable to perform "Inpaint Only mask" because mask is blank, switch to img2img mode.'
            )
            return None, None
        region = masking.expand_crop_region(region, self.width, self.height, mask.width, mask.height)
        x1, y1, x2, y2 = region
        self.paste_to = (x1, y1, x2 - x1, y2 - y1)
        params["Inpaint area"] = "Only masked"
        params["Masked area padding"] = self.inpaint_full_res_padding
        cropped = images.resize_image(2, mask.crop(region), self.width, self.height)
        return cropped.convert("L"), region

    def _prepare_source(self, img, image_mask, crop_region):
        opts = shared.opts
        if opts.save_init_img:
            self.init_img_hash = hashlib.md5(img.tobytes()).hexdigest()
            images.save_image(
                img,
                path=opts.outdir_init_images,
                basename=None,
                forced_filename=self.init_img_hash,
                save_to_dirs=False,
                existing_info=img.info,
            )
        image = images.flatten(img, opts.img2img_background_color)
        if crop_region is None:
            mode = 0 if self.resize_mode == 3 else self.resize_mode
            image = images.resize_image(mode, image, self.width, self.height)
        if image_mask is not None:
            if self.mask_for_overlay.size != image.size:
                self.mask_for_overlay = self.mask_for_overlay.resize(image.size)
            overlay = image.convert("RGBA")
            overlay.putalpha(ImageOps.invert(self.mask_for_overlay.convert("L")))
            self.overlay_images.append(overlay)
        if crop_region is not None:
            image = images.resize_image(2, image.crop(crop_region), self.width, self.height)
        return image

    def sample(self, conditioning, unconditional_conditioning, seeds, subseeds, subseed_strength, prompts):
        self.sampler = sd_samplers.create_sampler(self.sampler_name, self.sd_model)
        if self.initial_noise_multiplier != 1.0:
            self.extra_generation_params["Noise multiplier"] = self.initial_noise_multiplier
        if self.scripts is not None:
            self.scripts.process_before_every_sampling(
                p=self, x=None, noise=None, c=conditioning, uc=unconditional_conditioning
            )
        extra = (self.inpainting_fill, self.resize_mode, float(self.initial_noise_multiplier))
        requests = self.requests(self.width, self.height, extra=extra)
        place = {(x.seed, x.subseed): i for i, x in enumerate(requests)}

        def finish(request):
            source = self.sources[place[request.seed, request.subseed]]
            return renderer.rework(source, request, self.denoising_strength, self.source_mask)

        # (as the WebUI) img2img makes only the last part of the steps, unless a setting says otherwise
        steps = self.steps
        if not shared.opts.img2img_fix_steps:
            steps = max(1, int(min(self.denoising_strength, 0.999) * self.steps) + 1)
        return self.sampler.sample(self, requests, finish, steps)

    def get_token_merging_ratio(self, for_hr=False):
        opts = shared.opts
        return self.token_merging_ratio or opts.token_merging_ratio_img2img or opts.token_merging_ratio
