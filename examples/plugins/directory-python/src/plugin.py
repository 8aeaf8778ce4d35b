"""Asks a web service what is played to whom is called. The account grants the service's host:
`{"http": {"hosts": ["directory.example"]}}`."""

from strowger import Failed, call_hook, fetch
from verbs import hangup, play


@call_hook(
    summary="Asks a web service what to play",
    parameters={
        "type": "object",
        "properties": {"url": {"type": "string"}, "directory": {"type": "string", "pattern": "^https?://"}},
        "required": ["directory"],
    },
)
class Directory:
    def on_event(self, event, payload, hook):
        if event.kind.name != "SESSION_NEW":
            return None
        answer = fetch(hook["directory"], "POST", json={"number": event.call.to}, timeout=3)
        if answer.status == 404:
            return [hangup({"X-Reason": "not listed"})]
        if not answer.ok:
            raise Failed(f"the directory answers {answer.status}")
        return [play(answer.json()["greeting"]), hangup()]
