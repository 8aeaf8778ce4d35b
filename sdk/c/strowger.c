/* The interfaces of the contract on top of what the author defines, and the helpers. */

#include "strowger.h"

#if defined(STROWGER_SELECTOR)
#define KIND EXPORTS_DESCRIBE_KIND_SELECTOR
#elif defined(STROWGER_FORMATTER)
#define KIND EXPORTS_DESCRIBE_KIND_FORMATTER
#elif defined(STROWGER_CALL_HOOK)
#define KIND EXPORTS_DESCRIBE_KIND_CALL_HOOK
#elif defined(STROWGER_MESSAGE_PROVIDER)
#define KIND EXPORTS_DESCRIBE_KIND_MESSAGE_PROVIDER
#endif

void exports_describe_describe(exports_describe_description_t *description) {
    description->kind = KIND;
    description->summary = text(plugin.summary);
    description->parameters = text(plugin.parameters);
    description->capabilities.len = plugin.capability != NULL;
    description->capabilities.ptr = keep(sizeof(wit_string_t));
    if (plugin.capability != NULL) {
        description->capabilities.ptr[0] = text(plugin.capability);
    }
}

#if defined(STROWGER_SELECTOR)

bool exports_selector_static_step_prepare(
    wit_string_t *parameters, exports_selector_list_carrier_t *pool, exports_selector_own_step_t *own, error_t *error
) {
    refuse(error, "refused");
    struct step *step = prepare(*parameters, *pool, error);
    arena_keep();
    if (step != NULL) {
        *own = exports_selector_step_new((exports_selector_step_t *)step);
    }
    return step != NULL;
}

bool exports_selector_method_step_select(
    exports_selector_borrow_step_t step, wit_list_u32_t *rows, selection_t *selection, error_t *error
) {
    refuse(error, "refused");
    selection->rows = *rows;
    selection->adjustments.ptr = NULL;
    selection->adjustments.len = 0;
    bool answered = choose((struct step *)step, selection, error);
    arena_end_call();
    return answered;
}

void exports_selector_step_destructor(exports_selector_step_t *step) {
    (void)step;
}

/* The rows that fit to the front, in their order; answers how many. Those that do not are put into `others`. */
static size_t partition(
    rows_t *rows, bool (*fits)(const struct step *, uint32_t), const struct step *step, uint32_t *others
) {
    size_t kept = 0;
    for (size_t at = 0; at < rows->len; at++) {
        uint32_t row = rows->ptr[at];
        if (fits(step, row)) {
            rows->ptr[kept++] = row;
        } else if (others != NULL) {
            others[at - kept] = row;
        }
    }
    return kept;
}

void rows_prefer(rows_t *rows, bool (*is_preferred)(const struct step *, uint32_t), const struct step *step) {
    uint32_t *others = malloc(rows->len * sizeof *others);
    size_t kept = partition(rows, is_preferred, step, others);
    memcpy(rows->ptr + kept, others, (rows->len - kept) * sizeof *others);
}

void rows_retain(rows_t *rows, bool (*stays)(const struct step *, uint32_t), const struct step *step) {
    rows->len = partition(rows, stays, step, NULL);
}

#elif defined(STROWGER_FORMATTER)

bool exports_formatter_static_rewriter_prepare(
    wit_string_t *formatters, exports_formatter_own_rewriter_t *own, error_t *error
) {
    refuse(error, "refused");
    struct rewriter *rewriter = prepare(*formatters, error);
    arena_keep();
    if (rewriter != NULL) {
        *own = exports_formatter_rewriter_new((exports_formatter_rewriter_t *)rewriter);
    }
    return rewriter != NULL;
}

bool exports_formatter_method_rewriter_apply(
    exports_formatter_borrow_rewriter_t rewriter, direction_t direction, wit_string_t *fields, wit_string_t *rewritten,
    error_t *error
) {
    refuse(error, "refused");
    *rewritten = *fields;
    bool answered = apply((struct rewriter *)rewriter, direction, rewritten, error);
    arena_end_call();
    return answered;
}

void exports_formatter_rewriter_destructor(exports_formatter_rewriter_t *rewriter) {
    (void)rewriter;
}

#elif defined(STROWGER_CALL_HOOK)

bool exports_call_hook_on_event(
    exports_call_hook_event_t *event, exports_call_hook_option_list_verb_t *answer, error_t *error
) {
    refuse(error, "refused");
    verbs_t verbs = {NULL, 0};
    bool answered = on_event(event, &verbs, error);
    answer->is_some = verbs.ptr != NULL;
    answer->val = verbs;
    return answered;
}

/* There is room for a power of two of them; a verb takes kilobytes, and most scripts have few. */
verb_t *verbs_push(verbs_t *verbs, uint8_t type) {
    if ((verbs->len & (verbs->len - 1)) == 0) {
        verb_t *more = keep((verbs->len == 0 ? 1 : 2 * verbs->len) * sizeof *more);
        memcpy(more, verbs->ptr, verbs->len * sizeof *more);
        verbs->ptr = more;
    }
    verb_t *verb = &verbs->ptr[verbs->len++];
    verb->tag = type;
    return verb;
}

void verbs_answer(verbs_t *verbs) {
    verbs_push(verbs, EXPORTS_CALL_HOOK_VERB_ANSWER);
}

void verbs_play(verbs_t *verbs, text_t url) {
    exports_call_hook_play_t *play = &verbs_push(verbs, EXPORTS_CALL_HOOK_VERB_PLAY)->val.play;
    play->urls.ptr = keep(sizeof url);
    play->urls.ptr[0] = url;
    play->urls.len = 1;
    play->loops = 1;
}

void verbs_tag(verbs_t *verbs, text_t data) {
    verbs_push(verbs, EXPORTS_CALL_HOOK_VERB_TAG)->val.tag = data;
}

void verbs_hangup(verbs_t *verbs) {
    verbs_push(verbs, EXPORTS_CALL_HOOK_VERB_HANGUP);
}

#elif defined(STROWGER_MESSAGE_PROVIDER)

bool exports_message_provider_send(
    exports_message_provider_outbound_t *message, wit_string_t *parameters, outcome_t *outcome, error_t *error
) {
    refuse(error, "refused");
    outcome_refuse(outcome, "the plugin says neither that the provider took it nor that it did not");
    return send(message, *parameters, outcome, error);
}

bool exports_message_provider_receive(
    exports_message_provider_request_t *request, wit_string_t *parameters, received_t *received, error_t *error
) {
    refuse(error, "refused");
    *received = (received_t){.reply.status = 204};
    return receive(request, *parameters, received, error);
}

static wit_option_string_t some(text_t of) {
    return (wit_option_string_t){of.len > 0, of};
}

bool outcome_accept(outcome_t *outcome, text_t provider_id, status_t status, text_t response) {
    outcome->tag = EXPORTS_MESSAGE_PROVIDER_OUTCOME_ACCEPTED;
    outcome->val.accepted = (exports_message_provider_accepted_t){some(provider_id), status, response};
    return true;
}

bool outcome_refuse(outcome_t *outcome, const char *reason) {
    outcome->tag = EXPORTS_MESSAGE_PROVIDER_OUTCOME_REFUSED;
    outcome->val.refused = (exports_message_provider_refusal_t){.reason = text(reason)};
    return true;
}

text_t request_header(const request_t *request, const char *name) {
    for (size_t at = 0; at < request->headers.len; at++) {
        if (text_equals(request->headers.ptr[at].f0, text(name))) {
            return request->headers.ptr[at].f1;
        }
    }
    return (text_t){NULL, 0};
}

text_t request_body(const request_t *request) {
    return (text_t){request->body.ptr, request->body.len};
}

/* As many as the host takes of one request. */
#define MOST_INCIDENTS 200

static exports_message_provider_incident_t *push(received_t *received, uint8_t type) {
    if (received->incidents.ptr == NULL) {
        received->incidents.ptr = keep(MOST_INCIDENTS * sizeof *received->incidents.ptr);
    }
    if (received->incidents.len == MOST_INCIDENTS) {
        abort();
    }
    exports_message_provider_incident_t *incident = &received->incidents.ptr[received->incidents.len++];
    incident->tag = type;
    return incident;
}

void received_message(received_t *received, text_t provider_id, text_t from, text_t to, text_t words, text_t document) {
    push(received, EXPORTS_MESSAGE_PROVIDER_INCIDENT_MESSAGE)->val.message = (exports_message_provider_inbound_t){
        .provider_id = some(provider_id), .from = from, .to = to, .text = some(words), .document = document,
    };
}

void received_delivery(received_t *received, text_t provider_id, status_t status, text_t code) {
    push(received, EXPORTS_MESSAGE_PROVIDER_INCIDENT_DELIVERY)->val.delivery = (exports_message_provider_delivery_t){
        .provider_id = provider_id, .status = status, .code = some(code),
    };
}

#endif

text_t text(const char *literal) {
    return (text_t){(uint8_t *)literal, strlen(literal)};
}

bool text_equals(text_t one, text_t other) {
    return one.len == other.len && memcmp(one.ptr, other.ptr, one.len) == 0;
}

bool text_starts(text_t whole, text_t start) {
    return whole.len >= start.len && memcmp(whole.ptr, start.ptr, start.len) == 0;
}

bool text_contains(text_t whole, text_t part) {
    for (; whole.len >= part.len; whole.ptr++, whole.len--) {
        if (text_starts(whole, part)) {
            return true;
        }
        if (whole.len == 0) {
            return false;
        }
    }
    return false;
}

text_t text_join(text_t one, text_t other) {
    text_t joined = {malloc(one.len + other.len), one.len + other.len};
    memcpy(joined.ptr, one.ptr, one.len);
    memcpy(joined.ptr + one.len, other.ptr, other.len);
    return joined;
}

bool refuse_parameter(error_t *error, const char *path, const char *rule, const char *message) {
    error->tag = TYPES_PLUGIN_ERROR_BAD_PARAMETER;
    error->val.bad_parameter = (types_parameter_fault_t){text(path), text(rule), text(message)};
    return false;
}

bool refuse(error_t *error, const char *reason) {
    error->tag = TYPES_PLUGIN_ERROR_FAILED;
    error->val.failed = text(reason);
    return false;
}
