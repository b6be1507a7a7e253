// The certificate and key that the server shows, read from files and checked before anybody connects.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

struct tls_files {
        char *certificate, *key; // PEM
        int64_t expires_ms;
        bool key_readable; // by others than its owner
};

// -EINVAL and others with the path and what is wrong.
_warn_unused_ int tls_read(const char *certificate_path, const char *key_path, struct tls_files *ret, struct error *e);
void tls_clear(struct tls_files *t); // the key is wiped
#define _cleanup_tls_ _cleanup_(tls_clear)
