"""Verbs, one function each."""

import json

from wit_world.exports import call_hook as _contract
from wit_world.imports import verbs as _verbs


def answer():
    return _contract.Verb_Answer()


def pause(milliseconds):
    return _contract.Verb_Pause(milliseconds)


def play(*urls, loops=1, early_media=False, action_hook=None):
    target = _verbs.HookTarget(action_hook, None, None, None) if action_hook else None
    return _contract.Verb_Play(_contract.Play(list(urls), loops, early_media, target))


def tag(data):
    return _contract.Verb_Tag(json.dumps(data))


def redirect(url):
    return _contract.Verb_Redirect(_verbs.HookTarget(url, None, None, None))


def hangup(headers=None):
    return _contract.Verb_Hangup(list((headers or {}).items()))


def verb(name, properties):
    """Any other verb of the documents."""
    return _contract.Verb_Other(_contract.OtherVerb(name, json.dumps(properties)))
