/* Takes every message, and reads requests of a made-up provider. */

#include "strowger.h"

const struct plugin plugin = {
    .summary = "Takes every message",
    .parameters = "{\"type\": \"object\", \"properties\": {\"token\": {\"type\": \"string\"},"
                  " \"blocked\": {\"type\": \"array\", \"items\": {\"type\": \"string\"}}}, \"required\": [\"token\"]}",
};

static bool is_blocked(text_t parameters, text_t number) {
    text_t blocked = json_member(parameters, "blocked");
    for (size_t at = 0; json_entry(blocked, at).len > 0; at++) {
        if (text_equals(json_text(json_entry(blocked, at)), number)) {
            return true;
        }
    }
    return false;
}

/* In decimal digits. */
static text_t decimal(size_t number) {
    uint8_t *end = (uint8_t *)keep(20) + 20, *digit = end;
    do {
        *--digit = (uint8_t)('0' + number % 10);
    } while ((number /= 10) > 0);
    return (text_t){digit, (size_t)(end - digit)};
}

bool send(const message_t *message, text_t parameters, outcome_t *outcome, error_t *error) {
    (void)error;
    if (is_blocked(parameters, message->to)) {
        return outcome_refuse(outcome, "the recipient wants no messages");
    }
    text_t response = json_with(text("{}"), "responseText", json_quoted(text("OK")));
    response = json_with(response, "length", decimal(message->text.is_some ? message->text.val.len : 0));
    return outcome_accept(outcome, message->message_sid, EXPORTS_MESSAGE_PROVIDER_STATUS_SENT, response);
}

static text_t member(text_t document, const char *name) {
    return json_text(json_member(document, name));
}

bool receive(const request_t *request, text_t parameters, received_t *received, error_t *error) {
    text_t token = json_text(json_member(parameters, "token"));
    if (!text_equals(request_header(request, "x-token"), token)) {
        return refuse(error, "the request does not carry the provider's token");
    }
    text_t told = request_body(request);
    text_t event = member(told, "event"), id = member(told, "id");
    if (text_equals(event, text("message"))) {
        received_message(received, id, member(told, "from"), member(told, "to"), member(told, "text"), told);
    } else if (text_equals(event, text("delivered"))) {
        received_delivery(received, id, EXPORTS_MESSAGE_PROVIDER_STATUS_DELIVERED, text(""));
    } else if (text_equals(event, text("failed"))) {
        received_delivery(received, id, EXPORTS_MESSAGE_PROVIDER_STATUS_FAILED, member(told, "code"));
    } else {
        return refuse(error, "the request tells of none of this provider's events");
    }
    return true;
}
