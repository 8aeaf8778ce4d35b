/* Greets whoever calls or is called: plays a recording, tags the call and hangs up. */

#include "strowger.h"

const struct plugin plugin = {
    .summary = "Plays a greeting and hangs up",
    .parameters = "{\"type\": \"object\", \"properties\": {\"url\": {\"type\": \"string\"}}, \"required\": [\"url\"]}",
};

bool on_event(const event_t *event, verbs_t *verbs, error_t *error) {
    (void)error;
    if (event->kind == EXPORTS_CALL_HOOK_EVENT_KIND_SESSION_NEW) {
        verbs_play(verbs, text("file:hello.wav"));
        verbs_tag(verbs, json_with(text("{}"), "greeted", json_quoted(event->call.to)));
        verbs_hangup(verbs);
    }
    return true;
}
