// A server's certificate and key, as PEM text: are they what they claim to be? Thin over OpenSSL; serving them is the
// HTTP server's business.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

// Both NUL-terminated. 0 with the moment after which the certificate is worthless, or -EINVAL with ERROR_FILE_INVALID
// saying which of the two is wrong: not PEM, encrypted, not a pair, not yet valid or no longer at now_ms.
_warn_unused_ int certificate_check(const char *certificate, const char *key, int64_t now_ms, int64_t *ret_expires_ms,
                                    struct error *e);
