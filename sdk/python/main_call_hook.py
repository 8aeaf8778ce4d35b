"""The component's entry where the plugin is a call hook."""

import json

import plugin  # noqa: F401 - it registers itself
from strowger import expected, guarded, registered
from wit_world import exports
from wit_world.exports import call_hook as contract
from wit_world.exports.describe import Description, Kind

_PLUGIN = registered("call-hook")


class Describe(exports.Describe):
    def describe(self):
        return Description(Kind.CALL_HOOK, _PLUGIN.summary, _PLUGIN.capabilities, _PLUGIN.parameters)


class CallHook(exports.CallHook):
    def on_event(self, event):
        return guarded(lambda: _verbs(_PLUGIN.plugin().on_event(event, json.loads(event.payload), json.loads(event.hook))))


def _verbs(answer):
    is_verbs = isinstance(answer, (list, tuple)) and all(isinstance(verb, contract.Verb) for verb in answer)
    if answer is None or is_verbs:
        return None if answer is None else list(answer)
    return expected("on_event", "a list of verbs, or None", answer)
