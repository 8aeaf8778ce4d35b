"""What a message provider answers, one function each."""

import json

from wit_world.exports import message_provider as _contract


def _status(name):
    return _contract.Status[name.upper()]


def accepted(provider_id=None, status="sent", response=None):
    """The provider took it; `response` is what it answered."""
    return _contract.Outcome_Accepted(_contract.Accepted(provider_id, _status(status), json.dumps(response)))


def refused(reason, code=None, http_status=None, retry_after=None, response=None):
    """The provider did not take it. With `retry_after`, in seconds, another attempt may succeed."""
    told = None if response is None else json.dumps(response)
    return _contract.Outcome_Refused(_contract.Refusal(reason, code, http_status, retry_after, told))


def message(from_, to, text=None, media=(), provider_id=None, document=None):
    """A message that the provider brings; `document` is all that it tells of it."""
    return _contract.Incident_Message(_contract.Inbound(provider_id, from_, to, text, list(media), json.dumps(document)))


def delivery(provider_id, status, code=None, reason=None):
    """What became of a message that was sent: "delivered", "undelivered", "failed"."""
    return _contract.Incident_Delivery(_contract.Delivery(provider_id, _status(status), code, reason))


def received(*incidents, status=204, headers=None, body=b""):
    """What a request of the provider says, and what the provider is answered."""
    body = body.encode() if isinstance(body, str) else body
    return _contract.Received(list(incidents), _contract.Reply(status, list((headers or {}).items()), body))


def header(request, name):
    """The first header of that name, or None."""
    return next((value for known, value in request.headers if known == name.lower()), None)
