"""What Generate writes into the grid of a batch count: the infotext of its last batch, which hosts write each
in their own way.

Source: ``infotext`` inside ``process_images_inner`` in modules/processing.py of WebUI 1.10.1, of reForge
3b56b268 and of Forge Neo 2.26.
"""

from __future__ import annotations

from typing import Any

from modules import processing, shared


def grid_infotext(p: Any) -> str:
    """``p``: the last batch's, whose settings are still in effect."""
    prompts, negatives = p.prompts, p.negative_prompts
    main = True  # the prompt of the page and the seed of the first image
    if comments := getattr(processing, "comments_parser", None):  # reForge: those of the last batch
        main = False
        if shared.opts.enable_prompt_comments_def:
            prompts, negatives = [p.prompt], [p.negative_prompt]
        else:
            prompts = [comments.strip_comments(prompt) for prompt in prompts]
            negatives = [comments.strip_comments(negative) for negative in negatives]
    elif getattr(shared.opts, "save_prompt_comments", False) and hasattr(p, "_all_prompts_c"):  # Forge Neo
        main = False
        prompts = p._all_prompts_c[-p.batch_size :]
        negatives = p._all_negative_prompts_c[-p.batch_size :]
    return str(
        processing.create_infotext(
            p,
            prompts,
            p.seeds,
            p.subseeds,
            use_main_prompt=main,
            index=0,
            all_negative_prompts=negatives,
        )
    )
