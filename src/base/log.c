#include "base/log.h"

#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "base/string.h"

enum {
        LOG_MESSAGE_MAX = 8192, // bytes of one message: an error with its payload's start; more is cut
        LOG_LINE_MAX = 6 * LOG_MESSAGE_MAX + 256, // every byte escaped as \u00xx, and what stands before it
        LOG_SECRETS_MAX = 16,
        LOG_SECRET_MIN = 4,  // shorter ones would blank out ordinary words
        LOG_RECENT_MAX = 64, // enough for a health page
        LOG_RECENT_LINE = 400,
        LOG_REQUEST_MAX = 64,
};

struct log_recent_line {
        int64_t at_ms;
        enum log_level level;
        char line[LOG_RECENT_LINE];
};

static atomic_int log_level = LOG_INFO;
static atomic_bool log_json;

static pthread_mutex_t log_lock = PTHREAD_MUTEX_INITIALIZER; // of the two below
static struct {
        char *text;
        size_t len;
} log_secrets[LOG_SECRETS_MAX];
static size_t log_n_secrets;
static struct log_recent_line log_ring[LOG_RECENT_MAX];
static uint64_t log_n_recent; // ever

static _Thread_local int64_t log_ticket;
static _Thread_local char log_request[LOG_REQUEST_MAX + 1];

// human: padded to one width; json: as in LOG_LEVEL
static const char *const log_human_names[] = {"DEBUG", "INFO ", "WARN ", "ERROR"};
static const char *const log_json_names[] = {"DEBUG", "INFO", "WARNING", "ERROR"};

void log_open(enum log_level level, bool json) {
        atomic_store(&log_level, (int) level);
        atomic_store(&log_json, json);
}

bool log_enabled(enum log_level level) {
        return (int) level >= atomic_load_explicit(&log_level, memory_order_relaxed);
}

void log_hide(const char *secret) {
        char *copy _cleanup_free_ = NULL;

        if (!secret || strlen(secret) < LOG_SECRET_MIN)
                return;
        copy = str_dup(secret);
        if (!copy)
                return;
        pthread_mutex_lock(&log_lock);
        for (size_t i = 0; i < log_n_secrets; i++)
                if (str_eq(log_secrets[i].text, secret))
                        goto out;
        if (log_n_secrets < LOG_SECRETS_MAX) {
                log_secrets[log_n_secrets].len = strlen(copy);
                log_secrets[log_n_secrets++].text = TAKE_PTR(copy);
        }
out:
        pthread_mutex_unlock(&log_lock);
}

void log_forget(void) {
        pthread_mutex_lock(&log_lock);
        while (log_n_secrets > 0) {
                char *text = log_secrets[--log_n_secrets].text;

                explicit_bzero(text, strlen(text));
                free(text);
        }
        pthread_mutex_unlock(&log_lock);
}

void log_set_ticket(int64_t ticket_id) {
        log_ticket = ticket_id;
}

void log_set_request(const char *request_id) {
        (void) str_copy(log_request, sizeof(log_request), request_id);
}

// In place: *** is never longer than what it stands for. Where two secrets begin, the longer one counts.
static void log_mask(char *s) {
        char *to = s;

        while (*s) {
                size_t longest = 0;

                for (size_t i = 0; i < log_n_secrets; i++)
                        if (*s == log_secrets[i].text[0] && strncmp(s, log_secrets[i].text, log_secrets[i].len) == 0)
                                longest = MAX(longest, log_secrets[i].len);
                if (longest > 0) {
                        memcpy(to, "***", 3);
                        to += 3;
                        s += longest;
                } else {
                        *to++ = *s++;
                }
        }
        *to = '\0';
}

// Of a message that was cut: takes away an end that is the beginning of a secret, or of a character.
static void log_mask_cut(char *s) {
        size_t n = strlen(s);

        for (size_t at = 0; at < n; at++)
                for (size_t i = 0; i < log_n_secrets; i++)
                        if (strncmp(s + at, log_secrets[i].text, n - at) == 0) {
                                s[at] = '\0';
                                return;
                        }
        for (size_t at = n - MIN(n, (size_t) 3); at < n; at++)
                if ((unsigned char) s[at] >= 0xc0 && utf8_char_len(s + at, n - at) == 0)
                        s[at] = '\0';
}

// Characters that would break the line, or move, colour or reorder what a terminal shows.
static bool log_unprintable(uint32_t c) {
        return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x61c || c == 0x200e || c == 0x200f ||
               (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0xfeff;
}

static uint32_t log_code_point(const char *s, size_t k) {
        const unsigned char *p = (const unsigned char *) s;
        uint32_t c = k == 1 ? p[0] : p[0] & (0xffu >> (k + 1));

        for (size_t i = 1; i < k; i++)
                c = c << 6 | (p[i] & 0x3fu);
        return c;
}

static void log_escape(struct buffer *b, const char *s, bool json) {
        size_t n = strlen(s), start = 0;

        for (size_t i = 0; i < n;) {
                size_t k = utf8_char_len(s + i, n - i);
                uint32_t c = k > 0 ? log_code_point(s + i, k) : 0xfffd;
                bool quote = json && (c == '"' || c == '\\');

                if (k > 0 && !quote && !log_unprintable(c)) {
                        i += k;
                        continue;
                }
                buffer_add(b, s + start, i - start);
                if (quote)
                        buffer_addf(b, "\\%c", (int) c);
                else if (c == '\n' || c == '\r' || c == '\t')
                        buffer_addf(b, "\\%c", c == '\n' ? 'n' : c == '\r' ? 'r' : 't');
                else if (k == 0 && !json)
                        buffer_addf(b, "\\x%02x", (unsigned char) s[i]);
                else
                        buffer_addf(b, "\\u%04x", (unsigned) c);
                i += MAX(k, (size_t) 1);
                start = i;
        }
        buffer_add(b, s + start, n - start);
}

static void log_line_human(struct buffer *b, const char *ts, enum log_level level, const char *request,
                           const char *text) {
        buffer_addf(b, "%s %s ", ts, log_human_names[level]);
        if (log_ticket != 0)
                buffer_addf(b, "[ticket %lld] ", (long long) log_ticket);
        if (*request) {
                buffer_add_str(b, "[req ");
                log_escape(b, request, false);
                buffer_add_str(b, "] ");
        }
        log_escape(b, text, false);
        buffer_add_char(b, '\n');
}

static void log_line_json(struct buffer *b, const char *ts, enum log_level level, const char *request,
                          const char *text) {
        buffer_addf(b, "{\"ts\":\"%s\",\"level\":\"%s\"", ts, log_json_names[level]);
        if (log_ticket != 0)
                buffer_addf(b, ",\"ticket\":%lld", (long long) log_ticket);
        if (*request) {
                buffer_add_str(b, ",\"request\":\"");
                log_escape(b, request, true);
                buffer_add_char(b, '"');
        }
        buffer_add_str(b, ",\"message\":\"");
        log_escape(b, text, true);
        buffer_add_str(b, "\"}\n");
}

// With the lock held.
static void log_remember(int64_t now, enum log_level level, const char *text) {
        struct log_recent_line *l = &log_ring[log_n_recent++ % LOG_RECENT_MAX];
        struct buffer b _cleanup_buffer_ = BUFFER_INIT(LOG_LINE_MAX);

        if (log_ticket != 0)
                buffer_addf(&b, "[ticket %lld] ", (long long) log_ticket);
        log_escape(&b, text, false);
        l->at_ms = now;
        l->level = level;
        (void) str_copy(l->line, sizeof(l->line), buffer_str(&b));
}

void log_write(enum log_level level, const char *fmt, ...) {
        char text[LOG_MESSAGE_MAX + 1], request[LOG_REQUEST_MAX + 1], ts[CLOCK_ISO_SIZE];
        struct buffer line _cleanup_buffer_ = BUFFER_INIT(LOG_LINE_MAX);
        int64_t now = clock_now_ms();
        int saved = errno, n;
        va_list ap;

        if (!log_enabled(level))
                return;
        va_start(ap, fmt);
        n = vsnprintf(text, sizeof(text), fmt, ap);
        va_end(ap);
        if (n < 0)
                text[0] = '\0';
        memcpy(request, log_request, sizeof(request));

        pthread_mutex_lock(&log_lock);
        log_mask(text);
        log_mask(request);
        if (n >= (int) sizeof(text))
                log_mask_cut(text);
        if (level >= LOG_WARNING)
                log_remember(now, level, text);
        pthread_mutex_unlock(&log_lock);

        clock_iso(now, ts);
        (atomic_load(&log_json) ? log_line_json : log_line_human)(&line, ts, level, request, text);
        // Nowhere to report that the log cannot be written; a second try after a signal is all there is.
        if (buffer_result(&line) == 0 && write(STDERR_FILENO, line.data, line.len) < 0 && errno == EINTR)
                (void) !write(STDERR_FILENO, line.data, line.len);
        errno = saved;
}

void log_recent(unsigned max, void (*fn)(void *arg, int64_t at_ms, enum log_level level, const char *line), void *arg) {
        struct log_recent_line *copy _cleanup_free_ = malloc(sizeof(log_ring));
        uint64_t n;

        if (!copy)
                return;
        // Copied, so that fn may log.
        pthread_mutex_lock(&log_lock);
        memcpy(copy, log_ring, sizeof(log_ring));
        n = log_n_recent;
        pthread_mutex_unlock(&log_lock);
        for (uint64_t i = 0; i < MIN(MIN(n, (uint64_t) LOG_RECENT_MAX), (uint64_t) max); i++) {
                const struct log_recent_line *l = &copy[(n - 1 - i) % LOG_RECENT_MAX];

                fn(arg, l->at_ms, l->level, l->line);
        }
}
