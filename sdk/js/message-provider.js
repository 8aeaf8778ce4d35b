// Message providers: what sends and receives messages through one provider.

import { describing, expected, guarded } from "./common.js";

export * from "./common.js";

const json = (value) => JSON.stringify(value ?? null);
const optional = (value) => (value === undefined || value === null ? undefined : String(value));

/** The provider took it; `response` is what it answered. */
export const accepted = ({ providerId, status = "sent", response } = {}) => ({
  tag: "accepted",
  val: { providerId: optional(providerId), status, response: json(response) },
});
/** The provider did not take it. With `retryAfter`, in seconds, another attempt may succeed. */
export const refused = (reason, { code, httpStatus, retryAfter, response } = {}) => ({
  tag: "refused",
  val: { reason: String(reason), code: optional(code), httpStatus, retryAfter, response: response === undefined ? undefined : json(response) },
});

/** A message that the provider brings; `document` is all that it tells of it. */
export const message = ({ providerId, from, to, text, media = [], document }) => ({
  tag: "message",
  val: { providerId: optional(providerId), from, to, text: optional(text), media, document: json(document) },
});
/** What became of a message that was sent: `delivered`, `undelivered`, `failed`. */
export const delivery = (providerId, status, { code, reason } = {}) => ({
  tag: "delivery",
  val: { providerId: String(providerId), status, code: optional(code), reason: optional(reason) },
});
/** What the provider is answered. */
export const reply = (status = 204, { headers = {}, body = "" } = {}) => ({
  status,
  headers: Object.entries(headers),
  body: body instanceof Uint8Array ? body : new TextEncoder().encode(String(body)),
});

/** A request with what is short to ask of it. */
function readable(request) {
  const text = () => new TextDecoder().decode(request.body);
  const header = (name) => request.headers.find(([known]) => known === name.toLowerCase())?.[1];
  return { ...request, header, text, json: () => JSON.parse(text()) };
}

const isOutcome = (outcome) => outcome?.tag === "accepted" || outcome?.tag === "refused";

/**
 * A plugin of one provider. `send(message, parameters)` answers `accepted(…)` or `refused(…)`; `receive(request, parameters)` a list of
 * `message(…)` and `delivery(…)`, or `{ incidents, reply }`. Both may be async.
 */
export function messageProvider(plugin) {
  const send = (message, parameters) =>
    guarded(
      () => plugin.send(message, JSON.parse(parameters)),
      (outcome) => (isOutcome(outcome) ? outcome : expected("send", "accepted(…) or refused(…)", outcome)),
    );
  const receive = (request, parameters) =>
    guarded(
      () => plugin.receive(readable(request), JSON.parse(parameters)),
      (answer) => {
        const { incidents = answer, reply: told = reply() } = answer ?? {};
        if (!Array.isArray(incidents)) expected("receive", "a list of message(…) and delivery(…), or { incidents, reply }", answer);
        return { incidents, reply: told };
      },
    );
  return { describe: describing("message-provider", plugin, "send", "receive"), messageProvider: { send, receive } };
}
