// Reply templates: files with variables, where a variable cannot become markup.
//
// {{name}} is replaced by the value, HTML-escaped with line breaks kept; {{#list}} ... {{/list}} repeats for each item,
// or shows its inside once when the value is a text that is not empty; {{^list}} ... {{/list}} when there is none; {{!
// remark }}. No other construct.
#pragma once

#include <jansson.h>
#include <stddef.h>

#include "base/error.h"

struct template;

// Checks the whole template: unknown variables (not in `names`, NULL-terminated), unclosed sections, deep nesting are
// -EINVAL naming the line, with ERROR_FILE_INVALID.
_warn_unused_ int template_parse(const char *text, size_t n, const char *const *names, struct template **ret,
                                 struct error *e);
_warn_unused_ int template_load(const char *path, const char *const *names, struct template **ret, struct error *e);
struct template *template_free(struct template *t);
DEFINE_CLEANUP(struct template, template_free);

// values: an object of strings and arrays of objects. At most `max` bytes. The caller frees *ret. -ENOMEM, -EMSGSIZE.
_warn_unused_ int template_render(const struct template *t, const json_t *values, size_t max, char **ret);
