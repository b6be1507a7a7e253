// A model's folder: which file is which, what its configuration says, and a name for its content.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/memory.h"

struct folder {
        char *name; // the last part of its path
        char *onnx; // paths of its files
        char *tokenizer;
        int64_t bytes;       // of the ONNX file, and of the weights beside it
        size_t hidden;       // width of a token's vector, by config.json; 0: it does not say
        size_t positions;    // the most tokens the model can tell apart, by config.json; 0: it does not say
        size_t labels;       // of a classifier, by config.json; 0: it does not say
        size_t entailment;   // which of them is called so
        bool has_entailment; // one is
        bool one_type;       // there is one token type only (type_vocab_size): all are 0
        bool first_token;    // 1_Pooling/config.json: the first token's vector stands for the text, instead of the mean
};

// Finds the files and reads the configuration. setting: what names the folder, for messages. -ENOENT, -EINVAL, -EFBIG,
// -ENOTSUP, -ENOMEM: e says which file and what to do.
_warn_unused_ int folder_read(const char *path, const char *setting, struct folder *ret, struct error *e);
void folder_clear(struct folder *f);
#define _cleanup_folder_ _cleanup_(folder_clear)

enum { FOLDER_VERSION_SIZE = 17 };

// Hex SHA-256, cut to 16 characters, over the weights, the tokenizer and `recipe`: whatever else makes vectors differ.
_warn_unused_ int folder_version(const struct folder *f, const char *recipe, char ret[FOLDER_VERSION_SIZE],
                                 struct error *e);
