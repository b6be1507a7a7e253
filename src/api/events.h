// What has changed, as it changes: one thread looks while somebody listens to GET /events, and tells all of them.
#pragma once

#include "desk/desk.h"

struct events;
struct http_feed;

// d and feed are borrowed until events_stop.
_warn_unused_ int events_start(struct desk *d, struct http_feed *feed, struct events **ret, struct error *e);
struct events *events_stop(struct events *v);
