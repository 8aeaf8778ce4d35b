"""What is sent names no host but this one, so that nothing is looked up in the DNS; and how what is no JSON is sent."""

import schemathesis

LOOPBACK = "127.0.0.1"

# Nobody listens there, and whoever may be asked over HTTP is asked there.
NOBODY = "http://127.0.0.1:9/"

WEB = ("http://", "https://")


def kept_here(value):
    if isinstance(value, list):
        return [kept_here(item) for item in value]
    if not isinstance(value, dict):
        return value
    here = {name: kept_here(item) for name, item in value.items()}
    # What is no server's name anyway goes out as it is: the host has to refuse it.
    if isinstance(here.get("server"), str) and 1 <= len(here["server"]) <= 128:
        here["server"] = LOOPBACK
    if isinstance(here.get("url"), str) and here["url"].lower().startswith(WEB):
        here["url"] = NOBODY
    return here


@schemathesis.serializer("application/wasm")
def component(context, value):
    """Bytes that are no component: tests/tests/plugins uploads those that are."""
    return value if isinstance(value, bytes) else str(value).encode()


@schemathesis.hook
def before_call(context, case, kwargs):
    if isinstance(case.body, (dict, list)):
        case.body = kept_here(case.body)
    asked = (case.query or {}).get("url")
    if isinstance(asked, str) and asked.lower().startswith(WEB):
        case.query["url"] = NOBODY
