// What the bindings take from the C library; runtime.c has it.
#pragma once
#include <stddef.h>
void *memcpy(void *to, const void *from, size_t size);
size_t strlen(const char *text);
