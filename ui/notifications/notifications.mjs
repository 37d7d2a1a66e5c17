// Tells the user what happened while they were away: in the page's title, and with a browser notification if enabled.

import { request } from "../core/api.mjs";
import { remember, remembered } from "../core/browser-storage.mjs";
import { t } from "../core/sentences.mjs";
import { unfinishedBesides } from "../core/unfinished-jobs.mjs";
import { JobNews } from "./job-news.mjs";

const KEY = "inu-jobs-notify";
const BUSY_MS = 10_000;
const IDLE_MS = 30_000;
const PAGE = 200;

/** The newest jobs, and all unfinished ones. */
async function everyJob() {
  /** @type {import("../types").JobList} */
  const list = await request("GET", "jobs", { query: { limit: PAGE } });
  return [...list.jobs, ...(await unfinishedBesides(list))];
}

export class Notifications extends EventTarget {
  #jobNews = new JobNews();
  #epoch = "";
  #revision = 0;
  #busy = false;
  #looking = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #base = document.title;
  #mine = "";
  #news = "";

  /** @param {import("../dom/toasts.mjs").Toasts} toasts @param {(job: string) => void} open */
  constructor(toasts, open) {
    super();
    this.toasts = toasts;
    this.open = open;
    document.addEventListener("visibilitychange", () => void this.#turn());
    addEventListener("focus", () => this.#seen());
    void this.#turn();
  }

  /** Whether browser notifications are enabled. */
  get on() {
    return remembered(KEY) === "on" && "Notification" in window && Notification.permission === "granted";
  }

  /** Turns them on or off; asks for permission the first time. */
  async toggle() {
    if (this.on) remember(KEY, "off");
    else if (!("Notification" in window) || !isSecureContext) {
      this.toasts.show(t("Notifications need https, or a browser on the machine that runs the WebUI."), { bad: true });
    } else if ((Notification.permission === "default" ? await Notification.requestPermission() : Notification.permission) === "granted") {
      remember(KEY, "on");
    } else {
      this.toasts.show(t("Your browser blocks notifications from this page: allow them in its site settings."), { bad: true });
    }
    this.dispatchEvent(new Event("change"));
  }

  async #turn() {
    if (this.#looking) return;
    this.#looking = true;
    clearTimeout(this.#timer);
    try {
      await this.#look();
    } catch {
      // the WebUI may be restarting; news will be reported once it is back
    } finally {
      this.#looking = false;
    }
    this.#timer = setTimeout(() => void this.#turn(), this.#busy ? BUSY_MS : IDLE_MS);
  }

  async #look() {
    /** @type {import("../types").Changes} */
    const changes = await request("GET", "changes", { query: { epoch: this.#epoch, since: this.#revision, job: "none" } });
    const { status, epoch, revision } = changes;
    this.#busy = status.waiting + status.running > 0;
    const first = this.#epoch === "";
    const word = changes.reset
      ? this.#jobNews.look(await everyJob(), status, first) // the WebUI was restarted, or we have not polled for long
      : this.#jobNews.see(changes.jobs, status, changes.removed.jobs);
    if (word) this.#tell(word);
    [this.#epoch, this.#revision] = [epoch, revision];
    this.#title();
  }

  /** @param {import("./job-news.mjs").News} word */
  #tell({ title, lines, job }) {
    if (document.visibilityState === "visible" && document.hasFocus()) return;
    this.#news = title;
    if (!this.on) return;
    // with one tag, only the newest notification is shown, even from several pages
    const note = new Notification(title, { body: lines.join("\n"), tag: "inu-jobs" });
    note.onclick = () => {
      window.focus();
      note.close();
      if (job) this.open(job);
    };
  }

  #seen() {
    this.#news = "";
    this.#title();
  }

  /** Leaves the title alone while the WebUI shows its own progress in it. */
  #title() {
    if (document.title !== this.#base && document.title !== this.#mine) return;
    const { progress } = this.#jobNews;
    const running = progress === null ? this.#base : `[${Math.floor(progress * 100)}%] ${this.#base}`;
    this.#mine = this.#news ? `${this.#news} · ${this.#base}` : running;
    if (document.title !== this.#mine) document.title = this.#mine;
  }
}
