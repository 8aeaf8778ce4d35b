// Asks a web service what is played to whom is called. The account grants the service's host: {"http": {"hosts": ["directory.example"]}}.

import { callHook, failed, hangup, play } from "strowger";

export default callHook({
  summary: "Asks a web service what to play",
  parameters: {
    type: "object",
    properties: { url: { type: "string" }, directory: { type: "string", pattern: "^https?://" } },
    required: ["directory"],
  },
  async onEvent({ kind, call, hook }) {
    if (kind !== "session-new") return;
    const answer = await fetch(hook.directory, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ number: call.to }),
      timeout: 3000,
    });
    if (answer.status === 404) return [hangup({ "X-Reason": "not listed" })];
    if (!answer.ok) throw failed(`the directory answers ${answer.status}`);
    const { greeting } = await answer.json();
    return [play(greeting), hangup()];
  },
});
