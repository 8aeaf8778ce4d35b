/* Removes the leading + of one field. */

#include "strowger.h"

const struct plugin plugin = {
    .summary = "Removes the leading + of one field",
    .parameters = "{\"type\": \"object\", \"properties\": {\"field\": {\"type\": \"string\", \"minLength\": 1, \"maxLength\": 64}},"
                  " \"required\": [\"field\"], \"additionalProperties\": false}",
};

struct rewriter {
    const char *field;
};

struct rewriter *prepare(text_t formatters, error_t *error) {
    text_t field = json_text(json_member(formatters, "field"));
    if (field.len == 0) {
        refuse_parameter(error, "field", "minLength", "must be the name of a field");
        return NULL;
    }
    struct rewriter *rewriter = keep(sizeof *rewriter);
    rewriter->field = memcpy(keep(field.len + 1), field.ptr, field.len);
    return rewriter;
}

bool apply(struct rewriter *rewriter, direction_t direction, text_t *fields, error_t *error) {
    (void)direction, (void)error;
    text_t number = json_text(json_member(*fields, rewriter->field));
    if (text_starts(number, text("+"))) {
        *fields = json_with(*fields, rewriter->field, json_quoted((text_t){number.ptr + 1, number.len - 1}));
    }
    return true;
}
