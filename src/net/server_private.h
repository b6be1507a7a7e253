// The server's own state, for the files that make it up.
#pragma once

#include <pthread.h>

#include "base/pool.h"
#include "net/request.h"
#include "net/shown.h"

struct http_server {
        struct http_server_options options;
        struct route_table *routes;
        struct pool *pool, *slow; // NULL: no route is HTTP_POOLED, or HTTP_SLOW
        struct connections *connections;
        struct MHD_Daemon *daemon;
        int listen_fd;
        uint16_t port;
        bool tls;
        pthread_mutex_t shown_lock; // of the next one
        struct shown *shown;        // the certificate for who connects from now on; NULL: plain HTTP
        uint32_t id_start;          // the first half of each request's id: tells the runs of the program apart
        atomic_uint id_next;

        atomic_bool stopping;
        atomic_uint in_flight; // requests whose handler has not answered
        pthread_mutex_t lock;  // of what follows
        pthread_cond_t calm;   // in_flight went down
        struct http_request *suspended;
};
