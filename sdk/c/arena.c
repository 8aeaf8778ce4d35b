/* Memory of a plugin: it grows while the plugin is prepared and is kept from then on; what one call takes is taken back at the next. */

#include "strowger.h"

#define PAGE 65536u
#define ALIGNMENT 16u

extern unsigned char __heap_base;
void *cabi_realloc(void *old, size_t old_bytes, size_t alignment, size_t bytes);

static uintptr_t kept;
static uintptr_t top;
static bool call_has_ended;

static uintptr_t aligned(uintptr_t address, size_t to) {
    return (address + to - 1) & ~(uintptr_t)(to - 1);
}

static void *take(size_t bytes, size_t alignment) {
    if (top == 0) {
        kept = top = (uintptr_t)&__heap_base;
    }
    if (call_has_ended) {
        top = kept;
        call_has_ended = false;
    }
    uintptr_t start = aligned(top, alignment);
    uintptr_t end = start + bytes;
    if (end < start) {
        abort();
    }
    uintptr_t size = (uintptr_t)__builtin_wasm_memory_size(0) * PAGE;
    if (end > size) {
        size_t pages = (end - size + PAGE - 1) / PAGE;
        if (__builtin_wasm_memory_grow(0, pages) == (size_t)-1) {
            abort();
        }
    }
    top = end;
    return (void *)start;
}

void arena_keep(void) {
    kept = top;
}

void arena_end_call(void) {
    call_has_ended = true;
}

/* What the host passes in comes through here (canonical ABI). */
__attribute__((export_name("cabi_realloc")))
void *cabi_realloc(void *old, size_t old_bytes, size_t alignment, size_t bytes) {
    if (old != NULL && (uintptr_t)old + old_bytes == top && bytes >= old_bytes) {
        take(bytes - old_bytes, 1);
        return old;
    }
    void *fresh = bytes == 0 ? (void *)alignment : take(bytes, alignment);
    if (old != NULL) {
        memcpy(fresh, old, old_bytes < bytes ? old_bytes : bytes);
    }
    return fresh;
}

void *malloc(size_t bytes) {
    return take(bytes, ALIGNMENT);
}

void free(void *memory) {
    (void)memory;
}

void abort(void) {
    __builtin_trap();
}

void *keep(size_t bytes) {
    return memset(malloc(bytes), 0, bytes);
}

/* The compiler would make calls of these very functions of the loops below if it took them for what they are. */
#define NOT_ITSELF __attribute__((no_builtin))

NOT_ITSELF void *memcpy(void *to, const void *from, size_t bytes) {
    unsigned char *target = to;
    const unsigned char *source = from;
    for (size_t at = 0; at < bytes; at++) {
        target[at] = source[at];
    }
    return to;
}

NOT_ITSELF void *memmove(void *to, const void *from, size_t bytes) {
    unsigned char *target = to;
    const unsigned char *source = from;
    if (target <= source) {
        return memcpy(to, from, bytes);
    }
    while (bytes-- > 0) {
        target[bytes] = source[bytes];
    }
    return to;
}

NOT_ITSELF void *memset(void *to, int byte, size_t bytes) {
    unsigned char *target = to;
    for (size_t at = 0; at < bytes; at++) {
        target[at] = (unsigned char)byte;
    }
    return to;
}

NOT_ITSELF int memcmp(const void *one, const void *other, size_t bytes) {
    const unsigned char *a = one, *b = other;
    for (size_t at = 0; at < bytes; at++) {
        if (a[at] != b[at]) {
            return a[at] < b[at] ? -1 : 1;
        }
    }
    return 0;
}

NOT_ITSELF size_t strlen(const char *text) {
    size_t length = 0;
    while (text[length] != '\0') {
        length++;
    }
    return length;
}
