// Reads settings. The host has checked them against the schema, so the text is known to be JSON of that form.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// The text of one JSON value.
typedef struct {
  const char *at, *end;
} json;

/// Just after the value that begins at `at`.
static const char *json_after(const char *at, const char *end) {
  int depth = 0;
  bool text = false;
  for (; at < end; at++) {
    if (text) {
      if (*at == '\\') at++;
      else if (*at == '"') text = false;
    } else if (*at == '"') {
      text = true;
    } else if (*at == '{' || *at == '[') {
      depth++;
    } else if (*at == '}' || *at == ']') {
      if (depth == 0) return at;
      if (--depth == 0) return at + 1;
    } else if (depth == 0 && (*at == ',' || *at == ':')) {
      return at;
    }
  }
  return end;
}

/// Takes the next value out of what is inside of an object or array; false at its end.
static bool json_next(json *rest, json *value) {
  while (rest->at < rest->end && (*rest->at == ' ' || *rest->at == ',' || *rest->at == ':' || *rest->at == '\n')) rest->at++;
  if (rest->at >= rest->end) return false;
  value->at = rest->at;
  rest->at = value->end = json_after(rest->at, rest->end);
  return true;
}

/// What is between the brackets of an object or array, or the quotes of a text.
static json json_inside(json value) { return (json){value.at + 1, value.end - 1}; }

/// Whether a text is this one. Names of modules have nothing that JSON escapes.
static bool json_is(json text, const char *other, size_t length) {
  json inside = json_inside(text);
  if ((size_t)(inside.end - inside.at) != length) return false;
  for (size_t i = 0; i < length; i++)
    if (inside.at[i] != other[i]) return false;
  return true;
}

/// The value of a key; false where the object has none.
static bool json_get(json object, const char *key, json *value) {
  size_t length = 0;
  while (key[length]) length++;
  json rest = json_inside(object), name;
  while (json_next(&rest, &name) && json_next(&rest, value))
    if (json_is(name, key, length)) return true;
  return false;
}

/// A number: exact where it has up to 15 digits and lies between 1e-22 and 1e22.
static double json_number(json value) {
  const char *at = value.at;
  bool negative = *at == '-';
  uint64_t digits = 0;
  int exponent = 0, written = 0;
  bool fraction = false;
  for (at += negative; at < value.end && *at != 'e' && *at != 'E'; at++) {
    if (*at == '.') {
      fraction = true;
    } else if (*at >= '0' && *at <= '9') {
      if (digits < 100000000000000000u) digits = digits * 10 + (uint64_t)(*at - '0'), exponent -= fraction;
      else exponent += !fraction;
    }
  }
  if (at < value.end) {
    at++;
    bool below = *at == '-';
    for (at += *at == '-' || *at == '+'; at < value.end && *at >= '0' && *at <= '9'; at++) written = written * 10 + *at - '0';
    exponent += below ? -written : written;
  }
  double power = 1.0, number = (double)digits;
  for (int i = exponent < 0 ? -exponent : exponent; i > 0 && power < 1e300; i--) power *= 10.0;
  number = exponent < 0 ? number / power : number * power;
  return negative ? -number : number;
}
