// Understanding and deciding, without touching database or Freshdesk: the same text, model, knowledge and settings give
// the same outcome.
#pragma once

#include "desk/parts.h"
#include "desk/reading.h"

// Fills verdict, findings, language, signals, action, reason and response of *ret; *ret_html (the caller frees) is the
// response as HTML. -ENOMEM, -EMSGSIZE.
_warn_unused_ int think(struct desk *d, const struct reading *r, int64_t ticket_id, struct outcome *ret,
                        char **ret_html, struct error *e);

// The vector of a text under the desk's model: NULL where there is none or it failed (the lower rungs take over). The
// caller frees.
float *think_vector(struct desk *d, const char *text);

// How far this one goes: MODE, but a draft where MAX_WRONG wants an agent to look first. Borrowed.
const char *think_mode(const struct desk *d, const struct outcome *o);

// What an audit row tells of each part. NULL: no memory.
json_t *think_classified_json(const struct desk *d, const struct outcome *o);
json_t *think_found_json(const struct outcome *o);
json_t *think_decided_json(const struct desk *d, const struct outcome *o, const char *mode);
