// A small load generator: keeps a number of connections busy with POSTs that were made and signed beforehand.
//
//     bench_load PORT KIND CONNECTIONS COUNT [SECRET] [FIRST_ID] [RATE]
//
// KIND: see kinds below. COUNT requests in all, one at a time on each connection, as fast as they are answered or RATE
// a second; then a latency counts from the moment at which its request was due. Prints one JSON object: requests a
// second, latencies in milliseconds, and how many answers there were of each status.
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "base/digest.h"
#include "base/json.h"
#include "base/string.h"

enum {
        CONNECTIONS_MAX = 1000,
        COUNT_MAX = 1000000,
        REQUEST_MAX = 16384,
        ANSWER_MAX = 65536,
        STATUS_MAX = 600,
        EVENTS = 64,
        SILENCE_MS = 30000, // no answer on any connection for so long: something hangs
        RATE_MAX = 1000000,
};

// ---- requests

// Whole tickets, as customers write them; the number makes each a text of its own.
static const char *const tickets[][2] = {
                {"Password reset not working",
                 "I clicked the reset link but it doesn't work. My account number is %lld."},
                {"Billing question",
                 "I was charged twice this month, the second time with invoice %lld. Can I have my money back?"},
                {"System crash",
                 "The application keeps crashing with error code 500 since this morning, request %lld in your log."},
                {"Change of address",
                 "How can I change the mail address of my account %lld without losing my tickets?"},
                {"Cancel",
                 "Please cancel our subscription %lld at the end of the month and confirm it to me in writing."},
                {"Slow reports",
                 "Opening the monthly report takes minutes for team %lld. It was fast until last week."},
                {"Export", "Is there a way to export all %lld contacts as a file that a spreadsheet can read?"},
                {"Login", "Two of our %lld people cannot log in any more, the page says that the session has expired."},
};

static bool webhook_body(struct buffer *b, int64_t id, const char *event) {
        buffer_addf(b,
                    "{\"freshdesk_webhook\":{\"triggered_event\":\"%s\",\"ticket_id\":\"%lld\","
                    "\"ticket_url\":\"http://example.freshdesk.com/helpdesk/tickets/%lld\",\"ticket_type\":\"Problem\","
                    "\"ticket_subject\":\"Password reset not working\",\"ticket_description\":\"<div>I clicked the "
                    "reset "
                    "link in the mail that you sent me this morning, but the page only says that something went wrong. "
                    "I "
                    "have tried it with two browsers and on my telephone, and it is the same everywhere.</div><div>Can "
                    "you help me? I need to get into my account today.</div>\",\"ticket_status\":\"Open\","
                    "\"ticket_priority\":\"Medium\",\"requester_name\":\"Requester Bob\","
                    "\"requester_email\":\"requester-%lld@example.com\"}}",
                    event, (long long) id, (long long) id, (long long) id % 5000);
        return !b->failed;
}

static bool created(struct buffer *b, int64_t id) {
        return webhook_body(b, id, "{ticket_action:created}");
}

static bool private_note(struct buffer *b, int64_t id) {
        return webhook_body(b, id, "{note_type:private}");
}

static bool ticket(struct buffer *b, int64_t id) {
        const char *const *t = tickets[(size_t) id % ARRAY_LEN(tickets)];
        char text[512];
        const char *hole = strstr(t[1], "%lld");

        (void) snprintf(text, sizeof(text), "%.*s%lld%s", (int) (hole - t[1]), t[1], (long long) id,
                        hole + strlen("%lld"));
        buffer_addf(b, "{\"subject\":\"%s\",\"description\":\"%s\"}", t[0], text);
        return !b->failed;
}

static const struct {
        const char *name, *path;
        bool (*body)(struct buffer *b, int64_t id);
        const char *what;
} kinds[] = {
                {"created", "/webhook", created, "a new ticket: proven, parsed, stored"},
                {"private", "/webhook", private_note, "a private note: proven, parsed, ignored"},
                {"ticket", "/process-ticket", ticket, "a whole ticket: read, classified, answered, recorded"},
                {"classify", "/classify", ticket, "the same, not recorded"},
};

struct request {
        char *bytes;
        size_t n;
};

static bool make_request(struct request *ret, size_t kind, int64_t id, const char *secret) {
        struct buffer body _cleanup_buffer_ = BUFFER_INIT(REQUEST_MAX), all _cleanup_buffer_ = BUFFER_INIT(REQUEST_MAX);
        uint8_t mac[DIGEST_SIZE];
        char hex[DIGEST_HEX_SIZE];

        if (!kinds[kind].body(&body, id) || digest_hmac_sha256(secret, strlen(secret), body.data, body.len, mac) < 0)
                return false;
        digest_hex(mac, sizeof(mac), hex);
        buffer_addf(&all,
                    "POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
                    "X-Freshdesk-Signature: sha256=%s\r\nContent-Length: %zu\r\n\r\n",
                    kinds[kind].path, hex, body.len);
        buffer_add(&all, body.data, body.len);
        ret->n = all.len;
        ret->bytes = buffer_take(&all);
        return ret->bytes != NULL;
}

// ---- connections

struct connection {
        int fd;
        size_t sent, have;
        struct request *request;
        int64_t since_us;
        char answer[ANSWER_MAX];
};

struct load {
        int epoll;
        size_t kind;
        int64_t first;
        const char *secret;
        int64_t rate, start_us;      // rate 0: as fast as they are answered
        struct connection **resting; // those that have nothing due: a ring, as large as there are connections
        size_t connections, first_resting, n_resting;
        struct sockaddr_in to;
        struct request *requests;
        size_t n, next, answered;
        int64_t *micros; // of each answer
        size_t statuses[STATUS_MAX];
};

static bool dial(struct load *l, struct connection *c) {
        struct epoll_event ev = {.events = EPOLLIN, .data.ptr = c};
        int one = 1;

        c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        return c->fd >= 0 && connect(c->fd, (struct sockaddr *) &l->to, sizeof(l->to)) == 0 &&
               setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one)) == 0 &&
               epoll_ctl(l->epoll, EPOLL_CTL_ADD, c->fd, &ev) == 0;
}

// When the next request is due; 0: at once.
static int64_t due_us(const struct load *l) {
        return l->rate ? l->start_us + (int64_t) l->next * 1000000 / l->rate : 0;
}

// Those of a long run at a rate are made when they are due: all of them would not fit into memory.
static bool have_request(struct load *l, size_t i) {
        return l->requests[i].bytes || make_request(&l->requests[i], l->kind, l->first + (int64_t) i, l->secret);
}

// A request is smaller than a socket's buffer, so that sending it never waits.
static bool send_next(struct load *l, struct connection *c) {
        int64_t due = due_us(l), now = clock_monotonic_us();

        c->have = 0;
        c->request = NULL;
        if (l->next == l->n)
                return true;
        if (due > now) {
                l->resting[(l->first_resting + l->n_resting++) % l->connections] = c;
                return true;
        }
        if (!have_request(l, l->next))
                return false;
        c->request = &l->requests[l->next++];
        c->since_us = due ? due : now;
        return send(c->fd, c->request->bytes, c->request->n, MSG_NOSIGNAL) == (ssize_t) c->request->n;
}

// The status when the answer is complete, 0 when more is to come, negative when it is no HTTP.
static int status_of(const struct connection *c) {
        static const char length[] = "\r\nContent-Length: ";
        char *end = memmem(c->answer, c->have, "\r\n\r\n", 4);
        int64_t status;

        if (!end)
                return c->have == ANSWER_MAX ? -EMSGSIZE : 0;
        const char *at = memmem(c->answer, (size_t) (end - c->answer), length, strlen(length));
        if (!at || c->have < 12)
                return -EINVAL;
        size_t n = strtoul(at + strlen(length), NULL, 10);
        if ((size_t) (end + 4 - c->answer) + n > c->have)
                return 0;
        const char code[4] = {c->answer[9], c->answer[10], c->answer[11], '\0'};
        return str_to_int64(code, 100, STATUS_MAX - 1, &status) == 0 ? (int) status : -EINVAL;
}

static bool receive(struct load *l, struct connection *c) {
        ssize_t k = recv(c->fd, c->answer + c->have, ANSWER_MAX - c->have, 0);

        if (k <= 0 || !c->request)
                return false;
        c->have += (size_t) k;
        int status = status_of(c);
        if (status <= 0)
                return status == 0;
        l->micros[l->answered++] = clock_monotonic_us() - c->since_us;
        l->statuses[status]++;
        free(c->request->bytes);
        c->request->bytes = NULL;
        return send_next(l, c);
}

static int wait_ms(const struct load *l) {
        if (l->n_resting == 0 || l->next == l->n)
                return SILENCE_MS;
        int64_t left = due_us(l) - clock_monotonic_us();
        return left > 0 ? (int) (left / 1000) : 0;
}

// The one that has rested longest: a connection that none of the requests came to would be closed for its silence.
static struct connection *take_resting(struct load *l) {
        struct connection *c = l->resting[l->first_resting];

        l->first_resting = (l->first_resting + 1) % l->connections;
        l->n_resting--;
        return c;
}

static bool wake_resting(struct load *l) {
        while (l->n_resting > 0 && l->next < l->n && due_us(l) <= clock_monotonic_us())
                if (!send_next(l, take_resting(l)))
                        return false;
        return true;
}

static bool run(struct load *l, struct connection *connections, size_t n) {
        struct epoll_event events[EVENTS];

        l->start_us = clock_monotonic_us();
        for (size_t i = 0; i < n; i++)
                if (!dial(l, &connections[i]) || !send_next(l, &connections[i]))
                        return false;
        while (l->answered < l->n) {
                int timeout_ms = wait_ms(l);
                int k = epoll_wait(l->epoll, events, EVENTS, timeout_ms);
                if (k < 0 || (k == 0 && timeout_ms == SILENCE_MS))
                        return false;
                for (int i = 0; i < k; i++)
                        if (!receive(l, events[i].data.ptr))
                                return false;
                if (!wake_resting(l))
                        return false;
        }
        return true;
}

// ---- report

static int compare(const void *a, const void *b) {
        int64_t x = *(const int64_t *) a, y = *(const int64_t *) b;

        return (x > y) - (x < y);
}

static void report(struct load *l, double seconds) {
        qsort(l->micros, l->answered, sizeof(*l->micros), compare);
        printf("{\"requests\":%zu,\"seconds\":%.3f,\"per_second\":%.1f,\"p50_ms\":%.3f,\"p99_ms\":%.3f,\"max_ms\":%.3f,"
               "\"statuses\":{",
               l->answered, seconds, (double) l->answered / seconds, (double) l->micros[l->answered / 2] / 1e3,
               (double) l->micros[l->answered * 99 / 100] / 1e3, (double) l->micros[l->answered - 1] / 1e3);
        const char *comma = "";
        for (int i = 0; i < STATUS_MAX; i++)
                if (l->statuses[i]) {
                        printf("%s\"%d\":%zu", comma, i, l->statuses[i]);
                        comma = ",";
                }
        printf("}}\n");
}

static int usage(void) {
        fprintf(stderr, "usage: bench_load PORT KIND CONNECTIONS COUNT [SECRET] [FIRST_ID] [RATE]\nkinds:\n");
        for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
                fprintf(stderr, "  %-9s %s\n", kinds[i].name, kinds[i].what);
        return 2;
}

int main(int argc, char **argv) {
        int64_t port, n, count, first = 1, rate = 0;
        size_t kind = 0;

        while (argc > 2 && kind < ARRAY_LEN(kinds) && !str_eq(kinds[kind].name, argv[2]))
                kind++;
        if (argc < 5 || kind == ARRAY_LEN(kinds) || str_to_int64(argv[1], 1, 65535, &port) < 0 ||
            str_to_int64(argv[3], 1, CONNECTIONS_MAX, &n) < 0 || str_to_int64(argv[4], 1, COUNT_MAX, &count) < 0 ||
            (argc > 6 && str_to_int64(argv[6], 1, INT64_MAX / 2, &first) < 0) ||
            (argc > 7 && str_to_int64(argv[7], 1, RATE_MAX, &rate) < 0))
                return usage();

        struct load l = {.epoll = epoll_create1(EPOLL_CLOEXEC),
                         .kind = kind,
                         .first = first,
                         .secret = argc > 5 ? argv[5] : "",
                         .rate = rate,
                         .connections = (size_t) n,
                         .n = (size_t) count};
        struct connection *connections = calloc((size_t) n, sizeof(*connections));
        l.to = (struct sockaddr_in){.sin_family = AF_INET,
                                    .sin_port = htons((uint16_t) port),
                                    .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
        l.requests = calloc(l.n, sizeof(*l.requests));
        l.micros = calloc(l.n, sizeof(*l.micros));
        l.resting = calloc((size_t) n, sizeof(struct connection *));
        bool ok = l.epoll >= 0 && connections && l.requests && l.micros && l.resting;
        for (size_t i = 0; ok && !rate && i < l.n; i++)
                ok = have_request(&l, i);
        int64_t start = clock_monotonic_us();
        ok = ok && run(&l, connections, (size_t) MIN(n, count));
        if (ok)
                report(&l, (double) (clock_monotonic_us() - start) / 1e6);
        else
                fprintf(stderr, "bench_load: stopped after %zu answers: %s\n", l.answered, strerror(errno));

        for (size_t i = 0; l.requests && i < l.n; i++)
                free(l.requests[i].bytes);
        for (size_t i = 0; connections && i < (size_t) n; i++)
                if (connections[i].fd > 0)
                        (void) close(connections[i].fd);
        free(l.requests);
        free(l.resting);
        free(l.micros);
        free(connections);
        return !ok;
}
