// Call hooks: what answers the events of a call with verbs.

import { describing, expected, guarded } from "./common.js";

export * from "./common.js";

/** Verbs, one function each. */
export const answer = () => ({ tag: "answer" });
export const pause = (milliseconds) => ({ tag: "pause", val: milliseconds });
export const play = (urls, { loops = 1, earlyMedia = false, actionHook } = {}) => ({
  tag: "play",
  val: { urls: [urls].flat(), loops, earlyMedia, actionHook },
});
export const tag = (data) => ({ tag: "tag", val: JSON.stringify(data) });
export const redirect = (url) => ({ tag: "redirect", val: { url } });
export const hangup = (headers = {}) => ({ tag: "hangup", val: Object.entries(headers) });
export const verb = (name, properties) => ({ tag: "other", val: { name, properties: JSON.stringify(properties) } });

const isVerbs = (verbs) => Array.isArray(verbs) && verbs.every((verb) => typeof verb?.tag === "string");

/** A plugin of one call hook. `onEvent(event)` answers a list of verbs, or nothing to go on with those that are left; it may be async. */
export function callHook(plugin) {
  const onEvent = (event) =>
    guarded(
      () => plugin.onEvent({ ...event, payload: JSON.parse(event.payload), hook: JSON.parse(event.hook) }),
      (verbs) => (verbs === undefined || verbs === null ? undefined : isVerbs(verbs) ? verbs : expected("onEvent", "a list of verbs, or nothing", verbs)),
    );
  return { describe: describing("call-hook", plugin, "onEvent"), callHook: { onEvent } };
}
