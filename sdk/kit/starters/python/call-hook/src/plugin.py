"""Greets whoever calls or is called: plays a recording, tags the call and hangs up."""

from strowger import call_hook
from verbs import hangup, play, tag


@call_hook(
    summary="Plays a greeting and hangs up",
    parameters={"type": "object", "properties": {"url": {"type": "string"}}, "required": ["url"]},
)
class Greeter:
    def on_event(self, event, payload, hook):
        if event.kind.name == "SESSION_NEW":
            return [play("file:hello.wav"), tag({"greeted": event.call.to}), hangup()]
        return None
