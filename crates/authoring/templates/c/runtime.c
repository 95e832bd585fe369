// The little of the C library that a plugin needs: it has no system under it. Every call of the host runs in an instance
// of its own, so memory is taken and never given back.
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

extern unsigned char __heap_base;
static uintptr_t top;

void *malloc(size_t size) {
  uintptr_t at = top ? top : (uintptr_t)&__heap_base;
  at = (at + 15) & ~(uintptr_t)15;
  size_t pages = __builtin_wasm_memory_size(0), needed = (at + size + 65535) >> 16;
  if (needed > pages && __builtin_wasm_memory_grow(0, needed - pages) == (size_t)-1) abort();
  top = at + size;
  return (void *)at;
}

void free(void *pointer) { (void)pointer; }

// The new block lies behind the old one, so that as many bytes as it has can be read from the old one's begin.
void *realloc(void *old, size_t size) {
  void *block = malloc(size);
  return old ? memcpy(block, old, size) : block;
}

void *memcpy(void *to, const void *from, size_t size) {
  for (size_t i = 0; i < size; i++) ((unsigned char *)to)[i] = ((const unsigned char *)from)[i];
  return to;
}

size_t strlen(const char *text) {
  size_t length = 0;
  while (text[length]) length++;
  return length;
}

void abort(void) { __builtin_trap(); }

// The host knows the contract; the description of it that the bindings ask for is not needed.
void __component_type_object_force_link_graftwork(void) {}
