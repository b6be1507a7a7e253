// The table of routes, cut into segments once, and the search in it.
#pragma once

#include <stdbool.h>

#include "base/buffer.h"
#include "net/server.h"
#include "net/target.h"

enum { ROUTES_MAX = 128 }; // a limit for mistakes; the program has a quarter of it

struct route_table;

// Borrows the routes. -EINVAL for a path that cannot match: too deep, or not beginning with a slash.
_warn_unused_ int route_table_new(const struct http_route *routes, size_t n, struct route_table **ret, struct error *e);
struct route_table *route_table_free(struct route_table *t);

// The route for method and path; NULL: none. Then *known says whether the path has one for another method.
const struct http_route *route_find(const struct route_table *t, const char *method, const struct target *target,
                                    bool *known);
// The methods of the path, as the value of Allow.
void route_methods(const struct route_table *t, const struct target *target, struct buffer *out);
// The segment of the path that stands for {name}; NULL: the route has none of that name.
const char *route_param(const struct http_route *route, const struct target *target, const char *name);
