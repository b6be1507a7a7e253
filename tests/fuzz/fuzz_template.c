// A reply template: any bytes. What is accepted can be shown, and values in it never become markup.
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/string.h"
#include "text/template.h"

enum { RENDERED_MAX = 1 << 16 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static const json_t *values(void) {
        static json_t *v;
        static const char json[] = "{\"name\":\"<x>&\\\"'\\n<y>\",\"list\":[{\"title\":\"<a>\"},{\"title\":\"<b>\","
                                   "\"list\":[]}],\"empty\":\"\"}";
        struct error e = ERROR_INIT;

        if (!v && json_parse(json, strlen(json), &v, &e) < 0)
                abort();
        return v;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
        static const char *const names[] = {"name", "list", "title", "empty", NULL};
        struct template *t _cleanup_(template_free_p) = NULL;
        struct error e = ERROR_INIT;
        char *out _cleanup_free_ = NULL;

        if (template_parse((const char *) data, n, names, &t, &e) < 0) {
                if (t || !e.message[0])
                        abort();
                return 0;
        }
        if (template_render(t, values(), RENDERED_MAX, &out) < 0)
                return 0;
        for (const char *value = "<x>\0<y>\0<a>\0<b>\0"; *value; value += 4)
                if (strstr(out, value) && !memchr(data, '<', n))
                        abort();
        return 0;
}
