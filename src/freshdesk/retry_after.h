// The times that stand in the headers of answers: how long a Retry-After asks to wait, and what a Date says.
#pragma once

#include <stdint.h>

#include "base/memory.h"

// Milliseconds from now_ms (wall clock) on, from seconds or an HTTP date; a missing or unreadable value gives a
// default, and every value is held between a second and an hour: a server must not be able to stop us for a day.
int64_t retry_after_ms(const char *value, int64_t now_ms);

// "Wed, 21 Oct 2015 07:28:00 GMT", RFC 9110 section 5.6.7, as milliseconds since 1970: 0 or -EINVAL.
_warn_unused_ int http_date_parse(const char *s, int64_t *ret_ms);
