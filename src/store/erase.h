// Forgetting what people wrote: of one person, of one ticket, or of all tickets that are old enough.
//
// A ticket that is forgotten keeps its number, its state, its times and the figures of its decision (tier, category,
// method, action, confidence); its audit trail keeps every row, without the words in it, and tells that and how it was
// forgotten. What a later event or poll brings of the same ticket is new and is kept as any other.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/digest.h"
#include "base/error.h"
#include "store/store.h"

enum { ERASE_PERSON_MAX = 320 }; // bytes of an address: 64 before the @ and 255 behind it

struct erasure {
        const char *requester; // e-mail address or, where tickets had only that, name; in any case of letters. NULL: by
                               // ticket
        int64_t ticket_id;     // when requester is NULL
        const char *by;        // who asked, for the audit: "command", "api"
        bool look;             // only count
        bool again;            // done before, and written down then (store/carry.h); the log is emptied by the caller
};
struct erased {
        int64_t tickets;  // forgotten (look: found); 0: there was nothing of this person
        int64_t jobs;     // unfinished ones of these, dropped first
        int64_t mentions; // rows of other tickets in which the address stood: it is blotted out there
        int64_t open;     // rows of others that are just being delivered with the address in them: left alone
};
// -EINVAL: neither address nor ticket, or one that is too short to tell anybody by. -ENOENT: no such ticket. Returns
// after all is durable and no older copy is left in the file or in its log; -EAGAIN with ERROR_CONFLICT when another
// program keeps the log from being emptied: all is erased then but for that, and asking again empties it.
_warn_unused_ int store_erase(struct store *s, const struct erasure *what, struct erased *ret, struct error *e);

// The keyed hash by which the database knows an address or a name that it was asked to forget; in any case of letters.
_warn_unused_ int erase_hash(const char *key, const char *person, char ret[DIGEST_HEX_SIZE], struct error *e);

// Forgets tickets that came before `before_ms`, have not changed since and have no unfinished job; at most `max` (one
// short transaction), from the one after `after` on in the order of arrival. *ret_next is where to go on, 0 at the end.
_warn_unused_ int store_retain(struct store *s, int64_t before_ms, int64_t after, size_t max, size_t *ret_n,
                               int64_t *ret_next, struct error *e);

// One short transaction of what is to be done now and then: keys of emptied events that no repeat can come of any more
// are forgotten, and some of the free pages are given back to the file system. 1 when there is more to give back.
_warn_unused_ int store_tidy(struct store *s, struct error *e);
// Deletes vectors that no text has had for a month. Right after a start, when all that is in use has just been asked
// for.
_warn_unused_ int store_vectors_prune(struct store *s, struct error *e);

// When the database last heard of anything (wall clock of its newest audit row); 0: never.
_warn_unused_ int store_newest(struct store *s, int64_t *ret_ms, struct error *e);

struct store_size {
        int64_t bytes, free_bytes, log_bytes; // the file, of it free pages; and the log beside it
        int64_t disk_bytes, disk_free_bytes;  // of the file system that it is on; 0: not known
};
_warn_unused_ int store_size(struct store *s, struct store_size *ret, struct error *e);

// Empties the log into the file, so that nothing older stays in it. -EAGAIN: somebody reads or writes.
_warn_unused_ int store_empty_log(struct store *s, struct error *e);
