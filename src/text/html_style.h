// Does a style attribute hide its element from the reader?
#pragma once

#include <stdbool.h>
#include <stddef.h>

// display:none and the other ways mail uses to hide a text (and an attack): invisible, without size, without ink.
// style may be NULL when n is 0.
bool html_style_hides(const char *style, size_t n);
