"""HTTP requests of call hooks and message providers, where `plugin.toml` says `capabilities = ["http"]` and the account grants the host."""

import json as _json
from urllib.parse import urlsplit

from componentize_py_types import Err
from wit_world.imports import outgoing_handler, wasi_http_types as http
from wit_world.imports.streams import StreamError_Closed

_METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH")
# What `blocking_write_and_flush` takes at once.
_WRITE = 4096
_READ = 65536
_NANOSECONDS = 1_000_000_000


class FetchError(Exception):
    """No response came. `code` is a word of wasi:http, such as `HttpRequestDenied`: the host is not granted, or the host's address is
    one that plugins do not reach. The plugin's log says which."""

    def __init__(self, url, code):
        super().__init__(f"{url}: {code}")
        self.code = code


class Response:
    """What a server answered. Redirects are not followed: a plugin that wants to follow one sends a request of its own."""

    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def ok(self):
        return 200 <= self.status < 300

    def header(self, name):
        """The first header of that name, or None."""
        return next((value for known, value in self.headers if known == name.lower()), None)

    def text(self):
        return self.body.decode("utf-8", "replace")

    def json(self):
        return _json.loads(self.body)


def fetch(url, method="GET", headers=None, body=None, json=None, timeout=None):
    """Sends a request and waits for the response. `body` is text or bytes, `json` anything that JSON can say; `timeout` is in seconds.
    Raises `FetchError` where no response comes; a status of 400 or more is a response."""
    headers = dict(headers or {})
    if json is not None:
        body = _json.dumps(json)
        headers.setdefault("content-type", "application/json")
    if isinstance(body, str):
        body = body.encode()
    try:
        return _sent(_request(url, method, headers), body, timeout)
    except Err as refused:
        raise FetchError(url, _word(refused.value)) from None


def _request(url, method, headers):
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise ValueError(f"'{url}' is no URL of http or https")
    request = http.OutgoingRequest(http.Fields.from_list([(name.lower(), str(value).encode()) for name, value in headers.items()]))
    known = method.upper() in _METHODS
    request.set_method(getattr(http, f"Method_{method.capitalize()}")() if known else http.Method_Other(method))
    request.set_scheme(http.Scheme_Https() if parts.scheme == "https" else http.Scheme_Http())
    request.set_authority(parts.netloc)
    request.set_path_with_query((parts.path or "/") + (f"?{parts.query}" if parts.query else ""))
    return request


def _sent(request, body, timeout):
    options = http.RequestOptions()
    if timeout is not None:
        options.set_first_byte_timeout(int(timeout * _NANOSECONDS))
    outgoing = request.body()
    future = outgoing_handler.handle(request, options)
    if body:
        _write(outgoing, body)
    http.OutgoingBody.finish(outgoing, None)
    with future:
        with future.subscribe() as pollable:
            pollable.block()
        return _response(_value(_value(future.get())))


def _write(outgoing, body):
    """A request that is refused takes no body; why it is refused is in the response's place."""
    with outgoing.write() as stream:
        try:
            for start in range(0, len(body), _WRITE):
                stream.blocking_write_and_flush(body[start:start + _WRITE])
        except Err:
            pass


def _value(result):
    if isinstance(result, Err):
        raise result
    return result.value


def _response(incoming):
    with incoming:
        with incoming.headers() as fields:
            headers = [(name.lower(), value.decode("latin-1")) for name, value in fields.entries()]
        return Response(incoming.status(), headers, _read(incoming))


def _read(incoming):
    parts = []
    with incoming.consume() as body, body.stream() as stream:
        while True:
            try:
                parts.append(stream.blocking_read(_READ))
            except Err as ended:
                if isinstance(ended.value, StreamError_Closed):
                    return b"".join(parts)
                raise


def _word(code):
    return type(code).__name__.removeprefix("ErrorCode_") if code is not None else "cannot be sent"
