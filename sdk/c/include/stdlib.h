/* What the generated bindings use of the standard header; a plugin has no C library. */
#ifndef STROWGER_STDLIB_H
#define STROWGER_STDLIB_H

#include <stddef.h>

void *malloc(size_t bytes);
void *realloc(void *old, size_t bytes);
void free(void *memory);
void abort(void) __attribute__((noreturn));

#endif
