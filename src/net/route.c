#include "net/route.h"

#include <errno.h>
#include <string.h>

#include "base/string.h"

struct route_entry {
        const struct http_route *route;
        char *text;                                // the path, cut at its slashes
        const char *segments[TARGET_SEGMENTS_MAX]; // NULL: any one
        size_t n_segments;
};

struct route_table {
        size_t n;
        struct route_entry entries[];
};

static int entry_fill(struct route_entry *entry, const struct http_route *route, struct error *e) {
        if (route->path[0] != '/')
                return error_set(e, -EINVAL, ERROR_INTERNAL, "route %s does not begin with a slash", route->path);
        entry->route = route;
        entry->text = str_dup(route->path);
        if (!entry->text)
                return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "no memory for the routes");
        for (char *segment = entry->text + 1; segment;) {
                char *slash = strchr(segment, '/');

                if (entry->n_segments == TARGET_SEGMENTS_MAX)
                        return error_set(e, -EINVAL, ERROR_INTERNAL, "route %s is too deep", route->path);
                if (slash)
                        *slash = '\0';
                entry->segments[entry->n_segments++] = segment[0] == '{' ? NULL : segment;
                segment = slash ? slash + 1 : NULL;
        }
        return 0;
}

struct route_table *route_table_free(struct route_table *t) {
        if (!t)
                return NULL;
        for (size_t i = 0; i < t->n; i++)
                free(t->entries[i].text);
        free(t);
        return NULL;
}
DEFINE_CLEANUP(struct route_table, route_table_free);

int route_table_new(const struct http_route *routes, size_t n, struct route_table **ret, struct error *e) {
        struct route_table *t _cleanup_(route_table_free_p) = NULL;

        if (n > ROUTES_MAX)
                return error_set(e, -EINVAL, ERROR_INTERNAL, "more than %d routes", ROUTES_MAX);
        t = calloc(1, sizeof(*t) + n * sizeof(t->entries[0]));
        if (!t)
                return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "no memory for the routes");
        for (; t->n < n; t->n++) {
                int r = entry_fill(&t->entries[t->n], &routes[t->n], e);

                if (r < 0) {
                        free(t->entries[t->n].text);
                        return r;
                }
        }
        *ret = TAKE_PTR(t);
        return 0;
}

static bool entry_matches(const struct route_entry *entry, const struct target *target) {
        if (entry->n_segments != target->n_segments)
                return false;
        for (size_t i = 0; i < entry->n_segments; i++) {
                // A parameter stands for something: "/tickets/" is not a ticket.
                if (entry->segments[i] ? strcmp(entry->segments[i], target->segments[i]) != 0 : !*target->segments[i])
                        return false;
        }
        return true;
}

static bool method_matches(const struct http_route *route, const char *method) {
        return strcmp(route->method, method) == 0 || (strcmp(route->method, "GET") == 0 && strcmp(method, "HEAD") == 0);
}

const struct http_route *route_find(const struct route_table *t, const char *method, const struct target *target,
                                    bool *known) {
        *known = false;
        for (size_t i = 0; i < t->n; i++) {
                if (!entry_matches(&t->entries[i], target))
                        continue;
                if (method_matches(t->entries[i].route, method))
                        return t->entries[i].route;
                *known = true;
        }
        return NULL;
}

void route_methods(const struct route_table *t, const struct target *target, struct buffer *out) {
        for (size_t i = 0; i < t->n; i++) {
                const char *method = t->entries[i].route->method;

                if (!entry_matches(&t->entries[i], target))
                        continue;
                buffer_addf(out, "%s%s%s", out->len > 0 ? ", " : "", method,
                            strcmp(method, "GET") == 0 ? ", HEAD" : "");
        }
}

const char *route_param(const struct http_route *route, const struct target *target, const char *name) {
        const char *segment = route->path;
        size_t len = strlen(name);

        for (size_t i = 0; i < target->n_segments && segment; i++) {
                segment++; // the slash before it
                if (segment[0] == '{' && strncmp(segment + 1, name, len) == 0 && segment[1 + len] == '}')
                        return target->segments[i];
                segment = strchr(segment, '/');
        }
        return NULL;
}
