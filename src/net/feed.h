// Messages to many listeners over answers that go on: server-sent events. Published once, kept in one ring for all;
// a listener costs a place in that ring, and no thread: while there is nothing for it, its connection is suspended.
//
// A listener that reads so slowly that the ring has moved past it is cut off; it comes back with the number of the last
// message it saw, and is told to look again at everything ("reset") when the ring no longer has what followed.
#pragma once

#include <stdint.h>

#include "base/error.h"

struct http_feed;
struct http_request;

enum {
        FEED_LISTENERS_MAX = 64,            // each is an open connection that somebody looks at; a team has fewer
        FEED_MESSAGES_MAX = 256,            // in the ring: some 20 s of a busy desk
        FEED_MESSAGE_BYTES_MAX = 16 * 1024, // of one message; larger ones are not published
};

_warn_unused_ struct http_feed *http_feed_new(void); // NULL: no memory
// Ends every answer; none begins any more. The server must be stopped after this, and before http_feed_free.
void http_feed_close(struct http_feed *f);
struct http_feed *http_feed_free(struct http_feed *f);
DEFINE_CLEANUP(struct http_feed, http_feed_free);

unsigned http_feed_listeners(struct http_feed *f);
// Any thread. id: grows from message to message; 0: not one to come back to. data: one line. event NULL: a sign of
// life, which the listener does not see; it finds out connections whose other end is gone.
void http_feed_publish(struct http_feed *f, int64_t id, const char *event, const char *data);
// What has ids up to this one is not in the ring, because nobody listened.
void http_feed_skip(struct http_feed *f, int64_t id);

// Answers r with all that is published from now on; with `after` > 0, from the message behind that one. With too many
// listeners: 503.
void http_reply_feed(struct http_request *r, struct http_feed *f, int64_t after);
