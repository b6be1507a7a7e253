// The special tokens around a text, [CLS] before and [SEP] after, and around and between two. The "post_processor" of
// tokenizer.json.
#pragma once

#include <jansson.h>

#include "base/error.h"
#include "base/memory.h"
#include "model/ids.h"
#include "model/vocabulary.h"

enum { PAIR_PARTS_MAX = 32 }; // special tokens and texts of a pair; files in use have up to 6

struct pair_part {
        int text;     // 0: the first one stands here, 1: the second, -1: the special token `id`
        int64_t id;   // of the token
        int64_t type; // token_type_id
};

struct postprocessor {
        struct ids before, after; // of a single text
        struct pair_part pair[PAIR_PARTS_MAX];
        size_t pair_n, pair_specials;
};

// part may be NULL or JSON's null: nothing is added. -EINVAL (a special token that the vocabulary does not have, a text
// that is missing or there twice), -ENOTSUP, -ENOMEM.
_warn_unused_ int postprocessor_parse(const json_t *part, const struct vocabulary *v, struct postprocessor *ret,
                                      struct error *e);
void postprocessor_clear(struct postprocessor *p);
