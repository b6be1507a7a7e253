// The HTTP face of a desk: one table of routes, one file per resource, answers as in openapi.json.
#pragma once

#include <stdint.h>

#include "base/error.h"
#include "desk/desk.h"

struct api;

// Listens on HOST and PORT of the desk's settings. Without ADMIN_TOKEN a HOST that is not loopback is refused
// (-EINVAL), and so is a token too short to be one. The desk is borrowed and must outlive the API.
_warn_unused_ int api_start(struct desk *d, struct api **ret, struct error *e);
uint16_t api_port(const struct api *a);
// Reads TLS_CERTIFICATE and TLS_KEY again. 1: they are shown from now on; 0: there are none; -EINVAL and others: the
// old ones stay, and e says what is wrong with the new ones.
_warn_unused_ int api_certify(struct api *a, const struct settings *s, struct error *e);
struct api *api_stop(struct api *a);
DEFINE_CLEANUP(struct api, api_stop);
