/* JSON as the host passes it: it has been checked, so that these read what is there and need not say what is wrong. */

#include "strowger.h"

static const text_t NOTHING = {NULL, 0};

static bool is_space(uint8_t byte) {
    return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

static size_t past_spaces(text_t json, size_t at) {
    while (at < json.len && is_space(json.ptr[at])) {
        at++;
    }
    return at;
}

/* Behind the string that begins at `at`. */
static size_t past_string(text_t json, size_t at) {
    for (at++; at < json.len && json.ptr[at] != '"'; at++) {
        if (json.ptr[at] == '\\') {
            at++;
        }
    }
    return at + 1;
}

/* Behind the value that begins at `at`; nesting is counted, not recursed into. */
static size_t past_value(text_t json, size_t at) {
    size_t depth = 0;
    do {
        if (at >= json.len) {
            return json.len;
        }
        uint8_t byte = json.ptr[at];
        if (byte == '"') {
            at = past_string(json, at);
        } else if (byte == '{' || byte == '[') {
            depth++;
            at++;
        } else if (byte == '}' || byte == ']') {
            depth--;
            at++;
        } else if (depth > 0) {
            at++;
        } else {
            while (at < json.len && !is_space(json.ptr[at]) && json.ptr[at] != ',' && json.ptr[at] != '}' && json.ptr[at] != ']') {
                at++;
            }
        }
    } while (depth > 0);
    return at < json.len ? at : json.len;
}

static text_t part(text_t json, size_t from, size_t to) {
    return (text_t){json.ptr + from, to > from ? to - from : 0};
}

/* The value of a member, and where the whole member is: `from` behind the brace or comma before it. */
static text_t find(text_t object, text_t name, size_t *from, size_t *to) {
    size_t at = past_spaces(object, 0);
    if (at >= object.len || object.ptr[at] != '{') {
        return NOTHING;
    }
    at++;
    for (;;) {
        *from = at;
        at = past_spaces(object, at);
        if (at >= object.len || object.ptr[at] != '"') {
            return NOTHING;
        }
        size_t key_end = past_string(object, at);
        text_t key = json_text(part(object, at, key_end));
        at = past_spaces(object, past_spaces(object, key_end) + 1);
        size_t end = past_value(object, at);
        *to = end;
        if (text_equals(key, name)) {
            return part(object, at, end);
        }
        at = past_spaces(object, end);
        if (at >= object.len || object.ptr[at] != ',') {
            return NOTHING;
        }
        at++;
    }
}

text_t json_member(text_t object, const char *name) {
    size_t from, to;
    return find(object, text(name), &from, &to);
}

text_t json_entry(text_t array, size_t index) {
    size_t at = past_spaces(array, 0);
    if (at >= array.len || array.ptr[at] != '[') {
        return NOTHING;
    }
    for (at++;; at++, index--) {
        at = past_spaces(array, at);
        if (at >= array.len || array.ptr[at] == ']') {
            return NOTHING;
        }
        size_t end = past_value(array, at);
        if (index == 0) {
            return part(array, at, end);
        }
        at = past_spaces(array, end);
        if (at >= array.len || array.ptr[at] != ',') {
            return NOTHING;
        }
    }
}

static uint32_t hex(text_t json, size_t at) {
    uint32_t value = 0;
    for (size_t end = at + 4; at < end && at < json.len; at++) {
        uint8_t digit = json.ptr[at];
        value = value * 16 + (digit <= '9' ? digit - '0' : (digit | 32) - 'a' + 10u);
    }
    return value;
}

static size_t put_utf8(uint8_t *to, uint32_t point) {
    if (point < 0x80) {
        to[0] = (uint8_t)point;
        return 1;
    }
    size_t length = point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    for (size_t at = length - 1; at > 0; at--) {
        to[at] = (uint8_t)(0x80 | (point & 0x3f));
        point >>= 6;
    }
    to[0] = (uint8_t)((0xf00 >> length) | point);
    return length;
}

/* The character behind a backslash at `*at`, which is left behind it. A surrogate without its other half cannot be written. */
static uint32_t escaped(text_t json, size_t *at) {
    uint8_t letter = json.ptr[(*at)++];
    switch (letter) {
        case 'n': return '\n';
        case 't': return '\t';
        case 'r': return '\r';
        case 'b': return '\b';
        case 'f': return '\f';
        case 'u': break;
        default: return letter;
    }
    uint32_t point = hex(json, *at);
    *at += 4;
    if (point >= 0xd800 && point < 0xdc00 && *at + 6 <= json.len && json.ptr[*at] == '\\') {
        uint32_t low = hex(json, *at + 2);
        *at += 6;
        return 0x10000 + ((point - 0xd800) << 10) + (low - 0xdc00);
    }
    return point >= 0xd800 && point < 0xe000 ? 0xfffd : point;
}

text_t json_text(text_t value) {
    if (value.len < 2 || value.ptr[0] != '"') {
        return NOTHING;
    }
    text_t inner = part(value, 1, value.len - 1);
    text_t plain = {malloc(inner.len), 0};
    for (size_t at = 0; at < inner.len;) {
        uint8_t byte = inner.ptr[at++];
        if (byte == '\\' && at < inner.len) {
            plain.len += put_utf8(plain.ptr + plain.len, escaped(inner, &at));
        } else {
            plain.ptr[plain.len++] = byte;
        }
    }
    return plain;
}

static bool is_digit(text_t value, size_t at) {
    return at < value.len && value.ptr[at] >= '0' && value.ptr[at] <= '9';
}

double json_number(text_t value, double otherwise) {
    bool negative = value.len > 0 && value.ptr[0] == '-';
    size_t at = negative;
    if (!is_digit(value, at)) {
        return otherwise;
    }
    double number = 0;
    int exponent = 0;
    for (; is_digit(value, at); at++) {
        number = number * 10 + (value.ptr[at] - '0');
    }
    if (at < value.len && value.ptr[at] == '.') {
        for (at++; is_digit(value, at); at++, exponent--) {
            number = number * 10 + (value.ptr[at] - '0');
        }
    }
    if (at < value.len && (value.ptr[at] | 32) == 'e') {
        bool down = ++at < value.len && value.ptr[at] == '-';
        at += at < value.len && (value.ptr[at] == '-' || value.ptr[at] == '+');
        int written = 0;
        for (; is_digit(value, at) && written < 1000; at++) {
            written = written * 10 + (value.ptr[at] - '0');
        }
        exponent += down ? -written : written;
    }
    for (; exponent > 0; exponent--) {
        number *= 10;
    }
    double divisor = 1;
    for (; exponent < 0 && divisor < 1e300; exponent++) {
        divisor *= 10;
    }
    number /= divisor;
    return negative ? -number : number;
}

bool json_is_true(text_t value) {
    return text_equals(value, text("true"));
}

text_t json_quoted(text_t of) {
    static const char digits[] = "0123456789abcdef";
    text_t quoted = {malloc(of.len * 6 + 2), 0};
    quoted.ptr[quoted.len++] = '"';
    for (size_t at = 0; at < of.len; at++) {
        uint8_t byte = of.ptr[at];
        if (byte < 0x20) {
            memcpy(quoted.ptr + quoted.len, "\\u00", 4);
            quoted.ptr[quoted.len + 4] = (uint8_t)digits[byte >> 4];
            quoted.ptr[quoted.len + 5] = (uint8_t)digits[byte & 15];
            quoted.len += 6;
            continue;
        }
        if (byte == '"' || byte == '\\') {
            quoted.ptr[quoted.len++] = '\\';
        }
        quoted.ptr[quoted.len++] = byte;
    }
    quoted.ptr[quoted.len++] = '"';
    return quoted;
}

text_t json_with(text_t object, const char *name, text_t value) {
    size_t from, to;
    text_t found = find(object, text(name), &from, &to);
    if (found.ptr != NULL) {
        text_t before = part(object, 0, (size_t)(found.ptr - object.ptr));
        return text_join(text_join(before, value), part(object, to, object.len));
    }
    size_t brace = past_spaces(object, 0) + 1;
    bool is_empty = past_spaces(object, brace) < object.len && object.ptr[past_spaces(object, brace)] == '}';
    text_t member = text_join(text_join(json_quoted(text(name)), text(":")), value);
    text_t before = text_join(part(object, 0, brace), is_empty ? member : text_join(member, text(",")));
    return text_join(before, part(object, brace, object.len));
}
