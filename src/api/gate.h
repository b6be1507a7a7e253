// Who gets in: tokens and their roles, the addresses that may post webhooks, and what counts as this machine.
//
// Made once from the settings and never changed; any thread.
#pragma once

#include "api/replay.h"
#include "base/settings.h"
#include "net/address.h"
#include "net/server.h"

struct gate;

// -EINVAL naming the setting, -ENOMEM. Borrows the settings.
_warn_unused_ int gate_open(const struct settings *s, struct gate **ret, struct error *e);
struct gate *gate_free(struct gate *g);
DEFINE_CLEANUP(struct gate, gate_free);

// For http_server_options: 0, or negative when it has answered 401 or 403.
int gate_admit(struct http_request *r, void *gate);
// The proxies whose word counts; borrowed.
const struct address_list *gate_proxies(const struct gate *g);
struct replay *gate_replay(struct gate *g);

// Does the request come from this machine, and by its own name? Not what an unknown proxy or a tunnel on this machine
// hands on, nor a page elsewhere that had its name resolved to 127.0.0.1.
bool gate_from_here(const struct gate *g, const struct http_request *r);
// Of a request that was admitted: with the token that may write, or where none is set?
bool gate_may_write(const struct gate *g, const struct http_request *r);
