"""Tries the carriers whose name contains a given text first, and leaves the order alone otherwise."""

from strowger import selector


@selector(
    summary="Tries carriers of a name first",
    parameters={
        "type": "object",
        "properties": {"name": {"type": "string", "minLength": 1, "maxLength": 128}},
        "required": ["name"],
        "additionalProperties": False,
    },
)
class PreferName:
    def __init__(self, parameters, pool):
        self.preferred = [parameters["name"] in carrier.name for carrier in pool]

    def select(self, rows):
        return sorted(rows, key=lambda row: not self.preferred[row])
