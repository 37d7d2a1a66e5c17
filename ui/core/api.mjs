// Talks to /inu-jobs/v1. Addresses are relative to the page: the WebUI may live under a subpath or a proxy.

import { inLanguage, t } from "./sentences.mjs";

/** A request that failed, with one sentence for the user. */
export class ApiError extends Error {
  /**
   * @param {string} message
   * @param {number} status 0: no answer
   * @param {import("../types").Finding[]} [findings]
   * @param {string} [field] the part of the request with the problem
   */
  constructor(message, status, findings = [], field = "") {
    super(message);
    this.name = "ApiError";
    this.status = status;
    this.findings = findings;
    this.field = field;
  }
}

/**
 * @param {string} path under /inu-jobs/v1/
 * @param {Record<string, string | number | null | undefined>} [query]
 */
export function url(path, query = {}) {
  const address = new URL("inu-jobs/v1/" + path, document.baseURI);
  for (const [key, value] of Object.entries(query)) {
    if (value !== null && value !== undefined && value !== "") address.searchParams.set(key, String(value));
  }
  return address.href;
}

/** @param {{ id: string, version: string }} image */
export const thumbUrl = (image) => url(`images/${encodeURIComponent(image.id)}/thumb`, { v: image.version });

/** @param {{ id: string, version: string }} image */
export const fileUrl = (image) => url(`images/${encodeURIComponent(image.id)}/file`, { v: image.version });

/**
 * @param {Response} response
 * @returns {Promise<ApiError>}
 */
async function problem(response) {
  /** @type {{ detail?: unknown, findings?: import("../types").Finding[], field?: string }} */
  let body = {};
  try {
    body = inLanguage(await response.json());
  } catch {
    // not ours: a proxy's error page, or the WebUI going down
  }
  if (typeof body.detail === "string" && body.detail) {
    return new ApiError(body.detail, response.status, body.findings, body.field);
  }
  if (response.status === 401) return new ApiError(t("You are not logged in. Reload the page and log in."), 401);
  return new ApiError(t("The WebUI returned error {status}.", { status: response.status }), response.status);
}

/**
 * @param {string} method
 * @param {string} path
 * @param {{ query?: Record<string, string | number | null | undefined>, body?: unknown, signal?: AbortSignal }} [options]
 * @returns {Promise<any>}
 * @throws {ApiError} (an aborted request throws the signal's own error)
 */
export async function request(method, path, { query, body, signal } = {}) {
  /** @type {Record<string, string>} */
  const headers = { "X-Inu-Jobs": "1" };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  let response;
  try {
    response = await fetch(url(path, query), {
      method, headers, signal, cache: "no-store",
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError(t("The WebUI is not responding."), 0);
  }
  if (!response.ok) throw await problem(response);
  return response.status === 204 ? null : inLanguage(await response.json());
}

/** Why an image has no thumbnail. @param {string} id @returns {Promise<string>} '' if it does have one */
export async function whyNoThumb(id) {
  try {
    const response = await fetch(url(`images/${encodeURIComponent(id)}/thumb`), { headers: { "X-Inu-Jobs": "1" }, cache: "no-store" });
    return response.ok ? "" : (await problem(response)).message;
  } catch {
    return ""; // no answer from the WebUI: reported elsewhere
  }
}

/** @param {unknown} error */
export const aborted = (error) => error instanceof DOMException && error.name === "AbortError";

/** @param {unknown} error @returns {string} */
export const sentence = (error) => (error instanceof Error ? error.message : String(error));
