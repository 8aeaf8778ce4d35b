/* What a Strowger plugin in C is written against. `wit.h` beside it is generated from the contract and has the host's services
   (`rows_prefixes`, `request_text`, `regex_static_regex_set_compile`, …); this header has what makes them short to use.

   There is no C library. Memory that is taken while the plugin is prepared stays, what is taken during a call is gone after it, and
   nothing needs to be freed. */
#ifndef STROWGER_H
#define STROWGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "wit.h"

/* ---- What the author defines ---- */

struct plugin {
    /* One line for lists. */
    const char *summary;
    /* JSON Schema (2020-12) of the parameters. */
    const char *parameters;
    /* What it can use when it is granted, such as "wasi:http/outgoing-handler"; NULL for nothing. */
    const char *capability;
};
extern const struct plugin plugin;

typedef wit_string_t text_t;
typedef types_plugin_error_t error_t;

#if defined(STROWGER_SELECTOR)

typedef exports_selector_carrier_t carrier_t;
typedef exports_selector_list_carrier_t pool_t;
typedef wit_list_u32_t rows_t;
typedef exports_selector_selection_t selection_t;
typedef exports_selector_adjustment_t adjustment_t;

/* Does once what need not be done for every call; a carrier's row is its index in the pool. NULL refuses, and `error` says why. */
struct step *prepare(text_t parameters, pool_t pool, error_t *error);
/* Answers one call: `selection->rows` are the carriers that came in, in their order, to be sorted and cut down. False refuses. */
bool choose(struct step *step, selection_t *selection, error_t *error);

/* Rows for which `is_preferred` come first; the order is kept otherwise. */
void rows_prefer(rows_t *rows, bool (*is_preferred)(const struct step *, uint32_t row), const struct step *step);
/* Rows for which it does not hold go. */
void rows_retain(rows_t *rows, bool (*stays)(const struct step *, uint32_t row), const struct step *step);

#elif defined(STROWGER_FORMATTER)

typedef exports_formatter_direction_t direction_t;

/* NULL refuses the formatters, and `error` says why. */
struct rewriter *prepare(text_t formatters, error_t *error);
/* Rewrites `fields`, a JSON object by documented names. False refuses. */
bool apply(struct rewriter *rewriter, direction_t direction, text_t *fields, error_t *error);

#elif defined(STROWGER_CALL_HOOK)

typedef exports_call_hook_event_t event_t;
typedef exports_call_hook_verb_t verb_t;
typedef exports_call_hook_list_verb_t verbs_t;

/* Answers an event. Without a verb pushed the call goes on with those that are left. False refuses. */
bool on_event(const event_t *event, verbs_t *verbs, error_t *error);

/* `verbs_push` answers a verb at the end of the list, of the type that is given (`EXPORTS_CALL_HOOK_VERB_…`), to be filled in. */
verb_t *verbs_push(verbs_t *verbs, uint8_t type);
void verbs_answer(verbs_t *verbs);
void verbs_play(verbs_t *verbs, text_t url);
/* `data` is a JSON object. */
void verbs_tag(verbs_t *verbs, text_t data);
void verbs_hangup(verbs_t *verbs);

#elif defined(STROWGER_MESSAGE_PROVIDER)

typedef exports_message_provider_outbound_t message_t;
typedef exports_message_provider_request_t request_t;
typedef exports_message_provider_outcome_t outcome_t;
typedef exports_message_provider_received_t received_t;
typedef exports_message_provider_status_t status_t;

/* Sends a message; `parameters` is what the account has saved for the provider. `outcome_accept` or `outcome_refuse` says what the
   provider answers. False is a failure of the plugin's own, and `error` says why. */
bool send(const message_t *message, text_t parameters, outcome_t *outcome, error_t *error);
/* Reads a request of the provider, and is answered with 204 where nothing else is said. False for one that is not the provider's. */
bool receive(const request_t *request, text_t parameters, received_t *received, error_t *error);

/* `response` is JSON; `status` is `EXPORTS_MESSAGE_PROVIDER_STATUS_…`. */
bool outcome_accept(outcome_t *outcome, text_t provider_id, status_t status, text_t response);
bool outcome_refuse(outcome_t *outcome, const char *reason);
/* The first header of that name, which is in lower case; an empty text where there is none. */
text_t request_header(const request_t *request, const char *name);
text_t request_body(const request_t *request);
/* `document` is JSON: all that the provider tells of it. */
void received_message(received_t *received, text_t provider_id, text_t from, text_t to, text_t words, text_t document);
/* An empty code is none. */
void received_delivery(received_t *received, text_t provider_id, status_t status, text_t code);

#endif

/* ---- Memory and texts ---- */

/* Zeroed memory; the plugin ends where there is none. */
void *keep(size_t bytes);

/* A literal as a text. */
text_t text(const char *literal);
bool text_equals(text_t one, text_t other);
bool text_contains(text_t whole, text_t part);
bool text_starts(text_t whole, text_t start);
text_t text_join(text_t one, text_t other);

/* ---- Refusing: all of them answer false ---- */

/* The configuration cannot be used: which parameter (a dotted path), which schema keyword, and what it wants. */
bool refuse_parameter(error_t *error, const char *path, const char *rule, const char *message);
/* This call cannot be answered, and why. */
bool refuse(error_t *error, const char *reason);

/* ---- JSON: a value is the text of it ---- */

/* The member of an object; an empty text where it has none. */
text_t json_member(text_t object, const char *name);
/* The entry of an array; an empty text past its end. */
text_t json_entry(text_t array, size_t index);
/* The text that a string stands for; an empty text for what is no string. */
text_t json_text(text_t value);
/* The number, or `otherwise` for what is none. */
double json_number(text_t value, double otherwise);
bool json_is_true(text_t value);
/* The string that stands for a text. */
text_t json_quoted(text_t of);
/* The object with the member set to a value. */
text_t json_with(text_t object, const char *name, text_t value);

/* ---- Between the parts of the SDK ---- */

void arena_keep(void);
void arena_end_call(void);

#endif
