"""The component's entry where the plugin is a message provider."""

import json

import plugin  # noqa: F401 - it registers itself
from strowger import expected, guarded, registered
from wit_world import exports
from wit_world.exports import message_provider as contract
from wit_world.exports.describe import Description, Kind

_PLUGIN = registered("message-provider")


class Describe(exports.Describe):
    def describe(self):
        return Description(Kind.MESSAGE_PROVIDER, _PLUGIN.summary, _PLUGIN.capabilities, _PLUGIN.parameters)


class MessageProvider(exports.MessageProvider):
    def send(self, message, parameters):
        return guarded(lambda: _outcome(_PLUGIN.plugin().send(message, json.loads(parameters))))

    def receive(self, request, parameters):
        return guarded(lambda: _received(_PLUGIN.plugin().receive(request, json.loads(parameters))))


def _outcome(answer):
    return answer if isinstance(answer, contract.Outcome) else expected("send", "accepted(…) or refused(…)", answer)


def _received(answer):
    return answer if isinstance(answer, contract.Received) else expected("receive", "received(…)", answer)
