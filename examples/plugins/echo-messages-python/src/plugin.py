"""Takes every message, and reads requests of a made-up provider. A real one asks its provider with `fetch`."""

import json

from messages import accepted, delivery, header, message, received, refused
from strowger import Failed, log, message_provider


@message_provider(
    summary="Takes every message",
    parameters={
        "type": "object",
        "properties": {"token": {"type": "string"}, "blocked": {"type": "array", "items": {"type": "string"}}},
        "required": ["token"],
    },
)
class EchoMessages:
    def send(self, message, parameters):
        if message.to in parameters.get("blocked", []):
            return refused("the recipient wants no messages")
        log(f"a message to {message.to}")
        return accepted(message.message_sid, response={"responseText": "OK", "length": len(message.text or "")})

    def receive(self, request, parameters):
        if header(request, "x-token") != parameters["token"]:
            raise Failed("the request does not carry the provider's token")
        told = json.loads(request.body)
        if told["event"] == "message":
            return received(message(told["from"], told["to"], told["text"], provider_id=told["id"], document=told))
        if told["event"] in ("delivered", "failed"):
            return received(delivery(told["id"], told["event"], told.get("code")))
        raise Failed(f"the request tells of '{told['event']}', which is none of this provider's events")
