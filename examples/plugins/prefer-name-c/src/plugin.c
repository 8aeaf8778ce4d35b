/* Tries the carriers whose name contains a given text first, and leaves the order alone otherwise. */

#include "strowger.h"

const struct plugin plugin = {
    .summary = "Tries carriers of a name first",
    .parameters = "{\"type\": \"object\", \"properties\": {\"name\": {\"type\": \"string\", \"minLength\": 1, \"maxLength\": 128}},"
                  " \"required\": [\"name\"], \"additionalProperties\": false}",
};

struct step {
    bool *is_preferred;
};

struct step *prepare(text_t parameters, pool_t pool, error_t *error) {
    text_t name = json_text(json_member(parameters, "name"));
    if (name.len == 0) {
        refuse_parameter(error, "name", "minLength", "must be a part of a name");
        return NULL;
    }
    struct step *step = keep(sizeof *step);
    step->is_preferred = keep(pool.len);
    for (size_t row = 0; row < pool.len; row++) {
        step->is_preferred[row] = text_contains(pool.ptr[row].name, name);
    }
    return step;
}

static bool is_preferred(const struct step *step, uint32_t row) {
    return step->is_preferred[row];
}

bool choose(struct step *step, selection_t *selection, error_t *error) {
    (void)error;
    rows_prefer(&selection->rows, is_preferred, step);
    return true;
}
