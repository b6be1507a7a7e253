// The log: one line per event on stderr, for people or as JSON, with the request's or ticket's id on each line.
//
// Thread-safe; one write(2) a line. Line breaks and control characters in values are escaped. A value registered with
// log_hide never appears, whatever is logged.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/memory.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARNING, LOG_ERROR };

void log_open(enum log_level level, bool json);
bool log_enabled(enum log_level level);
void log_hide(const char *secret); // copied; at most 16, of at least 4 bytes; shown as ***

void log_forget(void); // wipes what is hidden; at the end, when nothing is logged any more

// What this thread is working on, put on each of its lines until changed; 0 or NULL takes it away.
void log_set_ticket(int64_t ticket_id);
void log_set_request(const char *request_id); // copied

void log_write(enum log_level level, const char *fmt, ...) _printf_(2, 3);

#define log_debug(...) (log_enabled(LOG_DEBUG) ? log_write(LOG_DEBUG, __VA_ARGS__) : (void) 0)
#define log_info(...) log_write(LOG_INFO, __VA_ARGS__)
#define log_warning(...) log_write(LOG_WARNING, __VA_ARGS__)
#define log_error(...) log_write(LOG_ERROR, __VA_ARGS__)

// The newest errors and warnings (at most `max`, newest first) for health and support: calls fn for each.
void log_recent(unsigned max, void (*fn)(void *arg, int64_t at_ms, enum log_level level, const char *line), void *arg);
