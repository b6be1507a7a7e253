// The special tokens around every text, [CLS] before and [SEP] after. The "post_processor" of tokenizer.json.
#pragma once

#include <jansson.h>

#include "base/error.h"
#include "base/memory.h"
#include "model/ids.h"
#include "model/vocabulary.h"

struct postprocessor {
        struct ids before, after;
};

// part may be NULL or JSON's null: nothing is added. Only what it says about a single text counts. -EINVAL (a special
// token that the vocabulary does not have), -ENOTSUP, -ENOMEM.
_warn_unused_ int postprocessor_parse(const json_t *part, const struct vocabulary *v, struct postprocessor *ret,
                                      struct error *e);
void postprocessor_clear(struct postprocessor *p);
