"""What a Strowger plugin in Python is written against: one decorator for each kind of plugin, and the host's services as modules."""

import importlib
import json
import sys

from componentize_py_types import Err
from wit_world.imports import log as _log
from wit_world.imports import numbers, regex

try:
    from wit_world.imports.types import ParameterFault, PluginError_BadParameter, PluginError_Failed
except ImportError:  # Beside another interface of that name, such as that of wasi:http, it has its package in front.
    from wit_world.imports.strowger_plugin_types import ParameterFault, PluginError_BadParameter, PluginError_Failed


def _service(name):
    """A service of the host, where the plugin's kind is offered it."""
    try:
        return importlib.import_module(f"wit_world.imports.{name}")
    except ModuleNotFoundError:
        return None


call = _service("call")
explain = _service("explain")
kv = _service("kv")
request = _service("request")
rows = _service("rows")

try:
    from fetching import FetchError, Response, fetch
except ImportError:

    def fetch(url, **_):
        """Sends an HTTP request, where the plugin asks for it."""
        raise RuntimeError("fetch wants `capabilities = [\"http\"]` in plugin.toml, which call hooks and message providers may have")


class BadParameter(Exception):
    """The configuration cannot be used: which parameter (a dotted path), which schema keyword, and what it wants."""

    def __init__(self, path, rule, message):
        super().__init__(message)
        self.path, self.rule = path, rule


class Failed(Exception):
    """This call cannot be answered, and why."""


def log(message, level="info"):
    """A line for the account's plugin log; `print` writes there too."""
    _log.log(_log.Level[level.upper()], str(message))


class _Output:
    """Standard output, line by line into the log. A plugin has no other."""

    def __init__(self, level):
        self._level, self._line = level, ""

    def write(self, text):
        *lines, self._line = (self._line + text).split("\n")
        for line in lines:
            log(line, self._level)
        return len(text)

    def flush(self):
        pass


def guarded(work):
    """Runs the author's code; what it raises becomes a refusal in words, since anything else would be a trap without them."""
    try:
        if not isinstance(sys.stdout, _Output):
            sys.stdout, sys.stderr = _Output("info"), _Output("error")
        return work()
    except Err:
        raise
    except BadParameter as fault:
        raise Err(PluginError_BadParameter(ParameterFault(fault.path, fault.rule, str(fault))))
    except Failed as reason:
        raise Err(PluginError_Failed(str(reason)))
    except Exception as error:
        raise Err(PluginError_Failed(f"{type(error).__name__}: {error} at {_place(error.__traceback__)}"))


def _place(trace):
    """File and line of the innermost frame. The module `traceback` would look for the source, and there are no files."""
    while trace.tb_next:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno}"


def expected(name, wanted, answer):
    """Refuses an answer that the contract has no place for; handed to the host it would be a trap without words."""
    raise Failed(f"{name} answers {wanted}; this one answered {type(answer).__name__}: {str(answer)[:80]}")


class _Registered:
    """The plugin that the author's module has declared."""

    plugin = None
    kind = None
    summary = ""
    parameters = "{}"
    capabilities = []


# What a class of each kind has.
_METHODS = {"selector": ["select"], "formatter": ["apply"], "call-hook": ["on_event"], "message-provider": ["send", "receive"]}


def registered(kind):
    """The author's class, of the kind that is built."""
    decorator = kind.replace("-", "_")
    if _Registered.kind != kind:
        declared = f"a {_Registered.kind}" if _Registered.kind else "nothing"
        raise TypeError(f"plugin.toml says that it is a {kind}, and it declares {declared}: a class with @{decorator}(…) is missing")
    for method in _METHODS[kind]:
        if not callable(getattr(_Registered.plugin, method, None)):
            raise TypeError(f"the class with @{decorator}(…) has no method `{method}`")
    return _Registered


def _declare(kind):
    def declare(*, summary, parameters, capabilities=()):
        def decorate(plugin):
            _Registered.plugin, _Registered.kind, _Registered.summary = plugin, kind, summary
            _Registered.parameters = json.dumps(parameters)
            _Registered.capabilities = list(capabilities)
            return plugin

        return decorate

    return declare


selector = _declare("selector")
selector.__doc__ = """Declares a class to be the selector.

`__init__(self, parameters, pool)` does once what need not be done for every call; a carrier's row is its index in `pool`.
`select(self, rows)` answers one call: the rows that go on, in order, or a `Selection`."""

formatter = _declare("formatter")
formatter.__doc__ = """Declares a class to be the formatter.

`__init__(self, formatters)` is called once for a document's formatters, `apply(self, direction, fields)` for each request:
`direction` is "inbound" or "outbound", `fields` a dict; it answers the fields rewritten."""

call_hook = _declare("call-hook")
call_hook.__doc__ = """Declares a class to be the call hook.

`on_event(self, event, payload, hook)` answers a list of verbs, or None to go on with those that are left; `payload` and `hook`
are dicts."""

message_provider = _declare("message-provider")
message_provider.__doc__ = """Declares a class to be the message provider.

`send(self, message, parameters)` answers `accepted(…)` or `refused(…)` of `messages`, `receive(self, request, parameters)`
`received(…)`; `parameters` is a dict. A request that is not the provider's is to be refused: `raise Failed(…)`."""
