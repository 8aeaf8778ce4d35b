// Greets whoever calls or is called: plays a recording, tags the call and hangs up.

import { callHook, hangup, play, tag } from "strowger";

export default callHook({
  summary: "Plays a greeting and hangs up",
  parameters: { type: "object", properties: { url: { type: "string" } }, required: ["url"] },
  onEvent({ kind, call }) {
    if (kind === "session-new") return [play("file:hello.wav"), tag({ greeted: call.to }), hangup()];
  },
});
