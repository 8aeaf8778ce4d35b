// Takes every message, and reads requests of a made-up provider. A real one asks its provider with `fetch`.

import { accepted, delivery, failed, log, message, messageProvider, refused } from "strowger";

const STATUS = { delivered: "delivered", failed: "failed" };

export default messageProvider({
  summary: "Takes every message",
  parameters: {
    type: "object",
    properties: { token: { type: "string" }, blocked: { type: "array", items: { type: "string" } } },
    required: ["token"],
  },
  send({ messageSid, to, text = "" }, { blocked = [] }) {
    if (blocked.includes(to)) return refused("the recipient wants no messages");
    log("info", `a message to ${to}`);
    return accepted({ providerId: messageSid, response: { responseText: "OK", length: text.length } });
  },
  receive(request, { token }) {
    if (request.header("x-token") !== token) throw failed("the request does not carry the provider's token");
    const document = request.json();
    const { event, id, from, to, text, code } = document;
    if (event === "message") return [message({ providerId: id, from, to, text, document })];
    if (event in STATUS) return [delivery(id, STATUS[event], { code })];
    throw failed(`the request tells of '${event}', which is none of this provider's events`);
  },
});
