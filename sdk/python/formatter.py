"""The exported interface `formatter`; its resource is looked for in a module of its name."""

import json

from strowger import expected, guarded, registered
from wit_world.exports.formatter import Rewriter as Contract


class Rewriter(Contract):
    @classmethod
    def prepare(cls, formatters):
        rewriter = cls()
        rewriter.plugin = guarded(lambda: registered("formatter").plugin(json.loads(formatters)))
        return rewriter

    def apply(self, direction, fields):
        return guarded(lambda: _fields(self.plugin.apply(direction.name.lower(), json.loads(fields))))


def _fields(rewritten):
    return json.dumps(rewritten) if isinstance(rewritten, dict) else expected("apply", "the fields, a dict", rewritten)
