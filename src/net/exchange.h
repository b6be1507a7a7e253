// One exchange of the HTTP client with a server: its libcurl handle, what comes back, and what a failure means.
#pragma once

#include <curl/curl.h>

#include "net/client.h"

enum { EXCHANGE_HOST_SIZE = 300 }; // a host name of 253 bytes and a port

struct exchange {
        CURL *easy;
        struct curl_slist *headers;
        char host[EXCHANGE_HOST_SIZE]; // and port, for people
        char words[CURL_ERROR_SIZE];   // libcurl's own, of the last failure
        struct http_answer *answer;
        size_t header_bytes;
        bool in_headers;
        int refused; // negative: why the answer was not taken
};

// Checks the call and prepares the handle; nothing is sent. call and answer are borrowed until exchange_clear.
_warn_unused_ int exchange_prepare(struct exchange *x, const struct http_call *call, struct http_answer *a,
                                   struct error *e);
// The whole time that is left for it, connecting included.
void exchange_set_timeout(struct exchange *x, unsigned timeout_ms);
// After the transfer ended with `code`: fills the answer's outcome, and returns as http_client_call does.
int exchange_result(struct exchange *x, CURLcode code, struct error *e);
// The same for one that was given up because the client closes.
int exchange_cancelled(struct exchange *x, struct error *e);
void exchange_clear(struct exchange *x);
#define _cleanup_exchange_ _cleanup_(exchange_clear)
