#include "net/journey.h"

#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/priority.h"
#include "net/arrival.h"
#include "net/guard.h"

enum {
        // What is read, and thrown away, of the body of a request that is refused: a client that is still writing when
        // the connection closes meets a reset instead of the answer.
        JOURNEY_REFUSED_BODY_MAX = 4 * 1024 * 1024,
};

// ---- who goes on when the answer is there

static void suspended_unlink(struct http_server *s, struct http_request *r) {
        if (r->next)
                r->next->previous = r->previous;
        if (r->previous)
                r->previous->next = r->next;
        else
                s->suspended = r->next;
}

static void in_flight_end(struct http_server *s) {
        pthread_mutex_lock(&s->lock);
        atomic_fetch_sub(&s->in_flight, 1);
        pthread_cond_signal(&s->calm);
        pthread_mutex_unlock(&s->lock);
}

// The second of the two owners frees.
static void abandoned_release(struct http_request *r) {
        if (atomic_exchange(&r->released, true))
                request_free(r);
}

void request_answered(struct http_request *r) {
        // Once the state is ANSWERED the network thread may finish the request at any moment: nothing of r is touched
        // after that.
        struct http_server *s = r->server;
        struct MHD_Connection *mhd = r->mhd;
        int state = REQUEST_OPEN;

        if (atomic_compare_exchange_strong(&r->state, &state, REQUEST_ANSWERED))
                return; // its network thread looks before it lets go
        if (state == REQUEST_SUSPENDED && atomic_compare_exchange_strong(&r->state, &state, REQUEST_ANSWERED)) {
                pthread_mutex_lock(&s->lock);
                suspended_unlink(s, r);
                pthread_mutex_unlock(&s->lock);
                MHD_resume_connection(mhd);
                in_flight_end(s); // last: the server stays until this is done
                return;
        }
        abandoned_release(r);
}

void journey_abandon(struct http_server *s) {
        pthread_mutex_lock(&s->lock);
        for (struct http_request *r = s->suspended, *next; r; r = next) {
                int state = REQUEST_SUSPENDED;

                next = r->next;
                if (!atomic_compare_exchange_strong(&r->state, &state, REQUEST_ABANDONED))
                        continue; // it is being answered just now
                suspended_unlink(s, r);
                MHD_resume_connection(r->mhd);
                atomic_fetch_sub(&s->in_flight, 1);
        }
        pthread_mutex_unlock(&s->lock);
}

// ---- answering

static enum MHD_Result queue_abandoned(struct http_request *r) {
        static char text[] = "{\"error\":{\"code\":\"overloaded\",\"message\":\"the server is stopping\"}}";
        struct MHD_Response *response = MHD_create_response_from_buffer(strlen(text), text, MHD_RESPMEM_PERSISTENT);
        enum MHD_Result queued = MHD_NO;

        if (response && MHD_add_response_header(response, "Content-Type", "application/json") == MHD_YES &&
            MHD_add_response_header(response, "Connection", "close") == MHD_YES)
                queued = MHD_queue_response(r->mhd, 503, response);
        if (response)
                MHD_destroy_response(response);
        return queued;
}

// Gives the answer to libmicrohttpd; MHD_NO closes the connection.
static enum MHD_Result queue(struct http_request *r) {
        if (!connection_answering(r->connection, clock_monotonic_us()))
                return MHD_NO;
        if (atomic_load(&r->state) == REQUEST_ABANDONED)
                return queue_abandoned(r);
        struct MHD_Response *response = request_response(r);
        enum MHD_Result queued = response ? MHD_queue_response(r->mhd, (unsigned) r->status, response) : MHD_NO;
        if (response)
                MHD_destroy_response(response);
        return queued;
}

// ---- refusing

static enum MHD_Result refuse_later(struct http_request *r) {
        buffer_free(&r->body);
        r->stage = STAGE_REFUSED;
        r->body_left = JOURNEY_REFUSED_BODY_MAX;
        return MHD_YES;
}

static enum MHD_Result refuse_body(struct http_request *r, const struct error *e) {
        r->close = true;
        http_reply_error(r, e);
        return refuse_later(r);
}

static int check_target(struct http_request *r, const char *version, struct error *e) {
#if MHD_VERSION < 0x01000000
        // The version stands behind the target; when it does not, a NUL has cut the target short.
        if (version != r->raw + r->raw_len + 1)
                return error_set(e, -EINVAL, ERROR_INVALID_REQUEST, "the address has a control character");
#else
        (void) version;
#endif
        if (r->target_result < 0)
                *e = r->refusal;
        return r->target_result;
}

static int check_route(struct http_request *r, struct error *e) {
        struct buffer methods _cleanup_buffer_ = BUFFER_INIT(256);
        bool known;

        r->route = route_find(r->server->routes, r->method, &r->target, &known);
        if (r->route)
                return 0;
        if (!known)
                return error_set(e, -ENOENT, ERROR_NOT_FOUND, "there is no such path");
        route_methods(r->server->routes, &r->target, &methods);
        http_set_header(r, "Allow", buffer_str(&methods));
        return error_set(e, -ENOENT, ERROR_METHOD_NOT_ALLOWED, "this path does not take %.16s, but %s", r->method,
                         buffer_str(&methods));
}

static int check_body(struct http_request *r, const struct guard *g, struct error *e) {
        bool has_body = g->chunked || g->length > 0;

        if (g->length > r->server->options.body_max)
                return error_set(e, -EMSGSIZE, ERROR_TOO_LARGE, "the body is larger than %zu bytes",
                                 r->server->options.body_max);
        if (!(r->route->flags & HTTP_JSON) || (!has_body && !g->has_type))
                return 0; // that it is missing will be said when the request is whole
        if (!http_is_json(r))
                return error_set(e, -EINVAL, ERROR_UNSUPPORTED_MEDIA_TYPE,
                                 "the body must be application/json, in UTF-8 and not compressed");
        return 0;
}

// Everything that can be said against the request before its body: 0, or negative when it has been answered.
static int check(struct http_request *r, const struct guard *g, const char *version) {
        struct error e = ERROR_INIT;
        int result, status = 0;

        if (atomic_load(&r->server->stopping)) {
                r->close = true;
                result = error_set(&e, -ESHUTDOWN, ERROR_OVERLOADED, "the server is stopping");
        } else if ((result = check_target(r, version, &e)) < 0) {
                status = result == -E2BIG ? 414 : 0;
        } else if ((result = check_route(r, &e)) >= 0) {
                if (r->server->options.admit) {
                        log_set_request(r->id);
                        result = r->server->options.admit(r, r->server->options.gate);
                        log_set_request(NULL);
                        if (result < 0)
                                return result;
                }
                result = check_body(r, g, &e);
                r->close = result == -EMSGSIZE;
        }
        if (result < 0)
                request_refuse(r, status != 0 ? status : error_status(e.code), &e);
        return result;
}

static enum MHD_Result headers_arrived(struct http_request *r, const char *method, const char *version) {
        struct guard g = {0};
        struct error e = ERROR_INIT;
        bool has_body;

        r->method = method;
        r->stage = STAGE_BODY;
        if (guard_check(r->mhd, r->raw, method, version, &g, &e) < 0) {
                // Where this request ends is uncertain, so nothing behind it can be read.
                r->close = true;
                http_reply_error(r, &e);
                return queue(r);
        }
        if (check(r, &g, version) >= 0)
                return MHD_YES;
        // A client that waits for "100 Continue", or announces more than is worth reading, is told at once. Any other
        // is told when its request is whole, which also lets its connection live on.
        has_body = g.chunked || g.length > 0;
        if (has_body && (g.expects || g.length > JOURNEY_REFUSED_BODY_MAX))
                return queue(r);
        return refuse_later(r);
}

// ---- the body

static enum MHD_Result body_arrives(struct http_request *r, const char *data, size_t *len) {
        struct error e = ERROR_INIT;
        size_t n = *len;

        *len = 0; // all of it is taken, one way or another
        if (r->stage == STAGE_REFUSED) {
                if (n <= r->body_left) {
                        r->body_left -= n;
                        return MHD_YES;
                }
                if (connection_handling(r->connection))
                        connection_refuse(r->connection, 413, ERROR_TOO_LARGE, "the body is too large");
                return MHD_NO;
        }
        buffer_add(&r->body, data, n);
        if (buffer_result(&r->body) == 0)
                return MHD_YES;
        if (buffer_result(&r->body) == -EMSGSIZE)
                (void) error_set(&e, 0, ERROR_TOO_LARGE, "the body is larger than %zu bytes",
                                 r->server->options.body_max);
        else
                (void) error_set(&e, 0, ERROR_OUT_OF_MEMORY, "no memory for the body");
        return refuse_body(r, &e);
}

// ---- the handler

static void run_handler(void *request) {
        struct http_request *r = request;

        log_set_request(r->id);
        r->route->handle(r, r->server->options.app);
        log_set_request(NULL); // of this thread: r may be gone
}

static int start_handler(struct http_request *r, struct error *e) {
        struct http_server *s = r->server;
        int result = 0;

        if ((r->route->flags & HTTP_JSON) && r->body.len == 0)
                return error_set(e, -EINVAL, ERROR_MISSING_FIELD, "the body is empty; it must be a JSON document");
        if (!(r->route->flags & HTTP_POOLED))
                run_handler(r);
        else
                result = pool_submit(r->route->flags & HTTP_SLOW ? s->slow : s->pool, run_handler, r);
        if (result < 0)
                return error_set(e, result, ERROR_OVERLOADED, "too many requests wait; try again");
        return 0;
}

static enum MHD_Result wait_for_answer(struct http_request *r) {
        struct http_server *s = r->server;
        int state = REQUEST_OPEN;

        // Suspended first: a connection can only be resumed by another thread once it is.
        MHD_suspend_connection(r->mhd);
        pthread_mutex_lock(&s->lock);
        r->previous = NULL;
        r->next = s->suspended;
        if (r->next)
                r->next->previous = r;
        s->suspended = r;
        pthread_mutex_unlock(&s->lock);
        if (atomic_compare_exchange_strong(&r->state, &state, REQUEST_SUSPENDED))
                return MHD_YES;
        // Answered meanwhile, by someone who left the rest to us.
        pthread_mutex_lock(&s->lock);
        suspended_unlink(s, r);
        pthread_mutex_unlock(&s->lock);
        MHD_resume_connection(r->mhd);
        atomic_fetch_sub(&s->in_flight, 1);
        return MHD_YES;
}

static enum MHD_Result request_arrived(struct http_request *r) {
        struct http_server *s = r->server;
        struct error e = ERROR_INIT;
        int result;

        if (!connection_handling(r->connection))
                return MHD_NO;
        r->stage = STAGE_HANDLED;
        // Counted before the look at `stopping`: a server that stops either sees this request or is seen by it.
        atomic_fetch_add(&s->in_flight, 1);
        if (atomic_load(&s->stopping))
                result = error_set(&e, -ESHUTDOWN, ERROR_OVERLOADED, "the server is stopping");
        else
                result = start_handler(r, &e);
        if (result >= 0 && atomic_load(&r->state) == REQUEST_OPEN)
                return wait_for_answer(r);
        if (result < 0)
                http_reply_error(r, &e);
        atomic_fetch_sub(&s->in_flight, 1);
        return queue(r);
}

// ---- what libmicrohttpd calls

static struct connection *connection_of(struct MHD_Connection *mhd) {
        const union MHD_ConnectionInfo *info = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

        return info ? info->socket_context : NULL;
}

enum MHD_Result journey_accept(void *server, const struct sockaddr *peer, socklen_t len) {
        struct http_server *s = server;

        (void) len;
        return connections_may_come(s->connections, peer) ? MHD_YES : MHD_NO;
}

void *journey_request_line(void *server, const char *target, struct MHD_Connection *mhd) {
        struct connection *connection = connection_of(mhd);
        struct http_request *r;

        if (!connection)
                return NULL;
        arrival_at(connection);
        r = request_new(server, mhd, target);
        if (!r)
                return NULL;
        r->connection = connection;
        (void) connection_receiving(connection, r->started_us);
        return r;
}

enum MHD_Result journey_request(void *server, struct MHD_Connection *mhd, const char *url, const char *method,
                                const char *version, const char *data, size_t *data_len, void **request) {
        struct http_request *r = *request;

        (void) server, (void) mhd, (void) url;
        if (!r)
                return MHD_NO; // there was no memory for it
        arrival_at(r->connection);
        if (r->stage == STAGE_HEADERS)
                return headers_arrived(r, method, version);
        if (*data_len > 0)
                return body_arrives(r, data, data_len);
        if (r->stage == STAGE_BODY)
                return request_arrived(r);
        return queue(r);
}

void journey_completed(void *server, struct MHD_Connection *mhd, void **request, enum MHD_RequestTerminationCode how) {
        struct http_request *r = *request;

        (void) server, (void) mhd;
        if (!r)
                return;
        *request = NULL;
        arrival_at(r->connection);
        (void) connection_idle(r->connection, clock_monotonic_us());
        if (log_enabled(LOG_DEBUG)) {
                log_set_request(r->id);
                log_debug("http: %s %s: %d%s in %lld us", r->method ? r->method : "?", r->path, r->status,
                          how == MHD_REQUEST_TERMINATED_COMPLETED_OK ? "" : " (cut off)",
                          (long long) (clock_monotonic_us() - r->started_us));
                log_set_request(NULL);
        }
        if (atomic_load(&r->state) == REQUEST_ABANDONED)
                abandoned_release(r);
        else
                request_free(r);
}

// The library starts these threads, so that each is met only here.
static void network_thread(void) {
        static _Thread_local bool met;

        if (met)
                return;
        met = true;
        priority_prompt();
}

static void secure(struct http_server *s, struct MHD_Connection *mhd, struct connection *c) {
        const union MHD_ConnectionInfo *info = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_GNUTLS_SESSION);

        if (!info || !info->tls_session)
                return;
        if (!c) {
                shown_in(NULL, info->tls_session); // it could not be kept for as long as it is needed
                return;
        }
        pthread_mutex_lock(&s->shown_lock);
        connection_secured(c, info->tls_session, shown_ref(s->shown));
        pthread_mutex_unlock(&s->shown_lock);
}

void journey_connection(void *server, struct MHD_Connection *mhd, void **connection,
                        enum MHD_ConnectionNotificationCode what) {
        struct http_server *s = server;
        const union MHD_ConnectionInfo *fd, *peer;

        if (what == MHD_CONNECTION_NOTIFY_CLOSED) {
                connection_remove(*connection);
                *connection = NULL;
                return;
        }
        network_thread();
        fd = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD);
        peer = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
        *connection = fd ? connection_add(s->connections, fd->connect_fd, peer ? peer->client_addr : NULL) : NULL;
        if (s->tls)
                secure(s, mhd, *connection);
}
