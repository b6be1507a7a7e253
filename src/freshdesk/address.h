// Where an account lives: the base address of its API, from a domain or an address that a person typed.
#pragma once

#include "base/error.h"

enum {
        ADDRESS_BASE_SIZE = 2112, // the longest FRESHDESK_URL and "/api/v2"
        ADDRESS_HOST_SIZE = 264,  // the longest host name and a port
};

struct address {
        char base[ADDRESS_BASE_SIZE]; // "https://acme.freshdesk.com/api/v2", no slash at the end
        char host[ADDRESS_HOST_SIZE]; // "acme.freshdesk.com", "127.0.0.1:9999": for people
};

// url counts when given (http or https, a path in front is kept; no credentials, query or fragment), else domain:
// "acme" or "acme.freshdesk.com", nothing else, because the API does not answer at an account's own host name. -EINVAL
// with ERROR_SETTING_INVALID.
_warn_unused_ int address_read(const char *domain, const char *url, struct address *ret, struct error *e);
