// Character references ("&amp;", "&#8217;", "&#x2019;") to code points.
#pragma once

#include <stddef.h>
#include <stdint.h>

// s[0] is '&'. The length of the reference (with its ';') and its code point, or 0 when there is none: the '&' is then
// text.
size_t html_entity_read(const char *s, size_t n, int32_t *ret_codepoint);
