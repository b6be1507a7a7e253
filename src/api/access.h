// Who may reach the server: a HOST that others can reach needs an ADMIN_TOKEN worth the name, and what the other
// settings of access say must make sense.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/settings.h"
#include "net/tls.h"

enum { ADMIN_TOKEN_MIN = 16 }; // characters: 8 bytes as hex, out of reach of guessing over a network

#define ACCESS_TLS_SOON_MS (INT64_C(14) * 24 * 60 * 60 * 1000) // before a certificate's end, when one is told of it

bool access_is_loopback(const char *host); // "localhost", 127.0.0.0/8 or ::1

// 0, or -EINVAL with what to set.
_warn_unused_ int access_check(const struct settings *s, struct error *e);

// "http://127.0.0.1:8080", https where the settings say so, with brackets around an IPv6 address. The caller frees;
// NULL: no memory.
_warn_unused_ char *access_url(const struct settings *s, uint16_t port);

// Reads TLS_CERTIFICATE and TLS_KEY: 1, 0 where neither is set, or negative naming what is wrong.
_warn_unused_ int access_tls(const struct settings *s, struct tls_files *ret, struct error *e);
