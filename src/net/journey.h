// A request's journey through the server: what libmicrohttpd calls at each step, on the connection's network thread.
#pragma once

#include "net/server_private.h"

enum MHD_Result journey_accept(void *server, const struct sockaddr *peer, socklen_t len);
void *journey_request_line(void *server, const char *target, struct MHD_Connection *mhd);
enum MHD_Result journey_request(void *server, struct MHD_Connection *mhd, const char *url, const char *method,
                                const char *version, const char *data, size_t *data_len, void **request);
void journey_completed(void *server, struct MHD_Connection *mhd, void **request, enum MHD_RequestTerminationCode how);
void journey_connection(void *server, struct MHD_Connection *mhd, void **connection,
                        enum MHD_ConnectionNotificationCode what);

// Answers 503 for every suspended request. Their handlers may still answer later: it goes nowhere, and frees what is
// left. Any thread.
void journey_abandon(struct http_server *s);
