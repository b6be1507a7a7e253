// A model from a folder, loaded: its files read, its tokenizer, and the session that runs it. What an encoder and a
// cross-encoder are made of; they differ in what they make of the output.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/memory.h"
#include "model/folder.h"
#include "model/onnx.h"
#include "model/session.h"
#include "model/tokenizer.h"

struct loaded_kind {
        const char *setting; // what names the folder, for messages
        enum session_kind session;
        bool pairs;          // its input is two texts, told apart by token types
        size_t tokens_max;   // of its input; the files may allow fewer
        const char *refused; // what is wrong with an output that is refused with -EIO
};

struct loaded {
        const struct loaded_kind *kind;
        struct folder folder;
        struct tokenizer *tokenizer;
        size_t tokens_max; // longer texts are to be cut here
        struct onnx onnx;
        struct session *session;
        unsigned parallel_max;
        char version[FOLDER_VERSION_SIZE];
};

// The steps of opening, in this order, m zeroed before the first; loaded_clear is due after any of them, whatever it
// returned. Errors name the file and say what to do, with ERROR_MODEL_UNAVAILABLE.
//
// Reads the folder: which file is which, its tokenizer, how many tokens there may be. kind must outlive m. The errors
// of folder_read and tokenizer_open.
_warn_unused_ int loaded_read(struct loaded *m, const struct loaded_kind *kind, const char *folder, struct error *e);
// Starts a session, where there is memory for it. runtime: path of the ONNX Runtime library; NULL or "": the default
// places. parallel_max: runs at a time, with those of all other models; 0: one per processor. -ELIBACC (no runtime),
// and the errors of headroom_check and session_open.
_warn_unused_ int loaded_start(struct loaded *m, const char *runtime, unsigned parallel_max, struct error *e);
// Runs it at its full length and with the largest token id, so that the first ticket is not the one to find out that
// the model has fewer positions or fewer embeddings than its files say. fn as for loaded_run; what it refuses is
// -EINVAL.
_warn_unused_ int loaded_try(const struct loaded *m,
                             int (*fn)(void *arg, const float *values, size_t rows, size_t columns), void *arg,
                             struct error *e);
// Fills version: names weights and tokenizer by content, and `recipe`, what else makes the results differ.
_warn_unused_ int loaded_identify(struct loaded *m, const char *recipe, struct error *e);
void loaded_clear(struct loaded *m);

// Waits for its turn, runs the model on n ids and calls fn with its output, as session_run does. types: NULL: all 0.
// Any thread. -EIO when the runtime or fn refuses, -ENOMEM.
_warn_unused_ int loaded_run(const struct loaded *m, const int64_t *ids, const int64_t *types, size_t n,
                             int (*fn)(void *arg, const float *values, size_t rows, size_t columns), void *arg,
                             struct error *e);

// How many bytes of a text are read: of a very long one its beginning, cut between two characters.
size_t loaded_text_len(const char *text);
