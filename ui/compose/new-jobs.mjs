// New jobs: captured from a tab of the WebUI, or made from existing images.

import { request, sentence, thumbUrl, url } from "../core/api.mjs";
import { Fields } from "../core/fields.mjs";
import { plural } from "../core/format.mjs";
import { parameterFacts } from "../core/parameters.mjs";
import { said, t } from "../core/sentences.mjs";
import { DeriveDialog } from "../derive/derive-dialog.mjs";
import { currentTab, openTab, OURS, queueButton, untilShown } from "../host/webui-page.mjs";
import { Composer } from "./composer.mjs";
import { Draft } from "./draft.mjs";

/** @typedef {import("../page").Job} Job */
/** @typedef {import("../page").Capture} Capture */
/** @typedef {import("../types").DeriveAction} DeriveAction */
/** @typedef {{ root: HTMLElement, state: import("../core/state.mjs").State, toasts: import("../dom/toasts.mjs").Toasts,
 *   open: (id: string) => void }} Wiring `open`: shows a job */

export class NewJobs {
  #composing = false;
  /** whether to open the recipes after the next capture */
  #recipes = false;
  /** the tab captured last */
  #from = "tab_txt2img";

  /** @param {Wiring} wiring */
  constructor(wiring) {
    this.wiring = wiring;
  }

  /** Starts a new job from the txt2img page, or from img2img if that was captured last. @param {boolean} [recipes] open the recipes first */
  compose(recipes = false) {
    this.#recipes = recipes;
    const kind = this.#from === "tab_img2img" ? "img2img" : "txt2img";
    const capture = queueButton(kind);
    if (capture) capture.click();
    else openTab(`tab_${kind}`);
  }

  /** Opens a copy of a job, or with `edit` the job itself, in the composer. @param {Job} job @param {boolean} edit */
  async again(job, edit) {
    if (this.#composing) return;
    this.#composing = true;
    const { root, state, toasts } = this.wiring;
    const closed = () => (this.#composing = false);
    try {
      const [spec, catalog] = await Promise.all([request("GET", `jobs/${encodeURIComponent(job.id)}/spec${edit ? "?waiting=true" : ""}`), request("GET", "catalog")]);
      const draft = Draft.again(spec, new Fields(catalog));
      draft.capture.summary = parameterFacts(job.recipe).filter((fact) => fact !== "");
      const title = edit ? t("Edit “{name}”", { name: job.name }) : t("Duplicate “{name}”", { name: job.name });
      new Composer(root, { draft, catalog, title, from: `“${job.name}”`, ...(edit ? { edit: job.id } : {}) }, {
        closed,
        queued: (made) => {
          if (!edit) return this.#show(made);
          closed();
          state.put(made);
          if (state.selected === made.id) void state.select(made.id); // its axes have changed
          toasts.show(t("“{name}” was changed.", { name: made.name }));
        },
      });
    } catch (error) {
      closed();
      toasts.show(sentence(error), { bad: true });
    }
  }

  /** @param {import("../page").Image[]} images @param {DeriveAction} action @param {() => void} queued */
  deriveImages(images, action, queued) {
    const selection = { images: images.map(({ id }) => id) };
    return this.#derive({ selection, count: images.length, pictures: images.map(thumbUrl) }, action, queued);
  }

  /** From all kept images. @param {Job[]} jobs @param {DeriveAction} action @param {() => void} queued */
  deriveKept(jobs, action, queued) {
    const those = jobs.filter(({ images }) => images.kept > 0);
    const selection = { jobs: those.map(({ id }) => id), verdict: /** @type {const} */ ("kept") };
    const count = those.reduce((sum, { images }) => sum + images.kept, 0);
    const pictures = those.flatMap(({ cover }) => (cover ? [url(`images/${encodeURIComponent(cover)}/thumb`)] : [])); // a kept one
    return this.#derive({ selection, count, pictures }, action, queued);
  }

  /** @param {import("../derive/derive-dialog.mjs").From} from @param {DeriveAction} action @param {() => void} queued */
  async #derive(from, action, queued) {
    const { root, toasts } = this.wiring;
    try {
      const catalog = await request("GET", "catalog");
      new DeriveDialog(root, { from, action, catalog }, {
        queued: (job) => {
          queued();
          this.#show(job);
        },
      });
    } catch (error) {
      toasts.show(sentence(error), { bad: true });
    }
  }

  /** @param {string | { error?: string, says?: import("../types").Says }} answer a capture's id, or an error @param {boolean} shift queue without the dialog */
  async captured(answer, shift) {
    const { toasts } = this.wiring;
    if (typeof answer !== "string") {
      toasts.show(said(answer.error ?? "", answer.says) || t("The page could not be captured."), { bad: true });
      return;
    }
    if (this.#composing) return;
    this.#composing = true;
    try {
      /** @type {Capture} */
      const capture = await request("GET", `captures/${encodeURIComponent(answer)}`);
      this.#from = `tab_${capture.kind}`;
      if (shift) await this.#queueAtOnce(capture);
      else await this.#openComposer(capture);
    } catch (error) {
      this.#composing = false;
      toasts.show(sentence(error), { bad: true });
    }
  }

  /** @param {Capture} capture */
  async #queueAtOnce(capture) {
    try {
      this.#queued(await request("POST", "jobs", { body: new Draft(capture).spec() }));
    } catch (error) {
      // Preflight findings can be fixed in the composer.
      if (!hasFindings(error)) throw error;
      await this.#openComposer(capture);
    }
  }

  /** @param {Capture} capture */
  async #openComposer(capture) {
    const { root } = this.wiring;
    const before = currentTab();
    const recipes = this.#recipes;
    this.#recipes = false;
    /** @type {import("../page").Catalog} */
    const catalog = await request("GET", "catalog");
    openTab(OURS);
    await untilShown(root);
    new Composer(root, { draft: new Draft(capture, new Fields(catalog)), catalog, title: t("Queue as job"), from: capture.kind, recipes }, {
      queued: (job) => this.#show(job),
      closed: () => {
        this.#composing = false;
        if (before !== OURS) openTab(before);
      },
    });
  }

  /** @param {Job} job */
  #show(job) {
    this.#queued(job);
    this.wiring.open(job.id);
  }

  /** @param {Job} job */
  #queued(job) {
    const { state, toasts, open } = this.wiring;
    this.#composing = false;
    state.put(job);
    const show = () => {
      openTab(OURS);
      open(job.id);
    };
    const here = currentTab() === OURS;
    toasts.show(t("{tasks} queued as “{name}”.", { tasks: plural(job.tasks.total ?? 0, "task"), name: job.name }), here ? {} : { action: { label: t("Show job"), run: show } });
  }
}

/** @param {unknown} error */
const hasFindings = (error) => error instanceof Error && "findings" in error && Array.isArray(error.findings) && error.findings.length > 0;
