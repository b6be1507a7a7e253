// A whole and sound model folder around a tiny ONNX file: a tokenizer of a few words and a config.json. What a test
// wants broken it writes over.
#pragma once

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "model/encoder.h"
#include "scratch.h"
#include "tiny_onnx.h"
#include "unit.h"

struct tiny_model {
        const struct tiny *onnx;
        const char *vocabulary; // members of a JSON object, "\"u\":0,...", of which u is the unknown word
        unsigned truncation;    // tokens; 0: the tokenizer does not say
        const char *config;     // NULL: {}
};

// Writes tokenizer.json: words between blanks are tokens.
static inline void tiny_tokenizer(const char *folder, const char *vocabulary, unsigned truncation) {
        char *limit = truncation ? str_printf("\"truncation\":{\"max_length\":%u},", truncation) : str_dup("");
        char *json = str_printf("{\"pre_tokenizer\":{\"type\":\"WhitespaceSplit\"},%s\"model\":{\"type\":\"WordPiece\","
                                "\"unk_token\":\"u\",\"vocab\":{%s}}}",
                                limit ? limit : "", vocabulary);

        assert_non_null(limit);
        assert_non_null(json);
        scratch_put(folder, "tokenizer.json", json);
        free(limit);
        free(json);
}

// The folder's path, for scratch_free.
static inline char *tiny_model(const struct tiny_model *m) {
        char *folder = scratch_new();
        struct buffer onnx;

        tiny_onnx(m->onnx, &onnx);
        free(scratch_write(folder, "model.onnx", onnx.data, onnx.len));
        buffer_free(&onnx);
        tiny_tokenizer(folder, m->vocabulary, m->truncation);
        scratch_put(folder, "config.json", m->config ? m->config : "{}");
        return folder;
}

// Is ONNX Runtime there? Asked once and in a child, so that this process stays without the library.
static inline bool tiny_runtime_is_there(void) {
        static const struct tiny plain = {.table = {{1}}};
        static int answer = -1;
        int status = -1;

        if (answer >= 0)
                return answer;
        char *folder = tiny_model(&(struct tiny_model){.onnx = &plain, .vocabulary = "\"u\":0"});
        pid_t child = fork();
        if (child == 0) {
                struct encoder *m = NULL;

                _exit(encoder_open(&(struct encoder_options){.folder = folder}, &m, NULL) != -ELIBACC);
        }
        answer = waitpid(child, &status, 0) == child && status != 0;
        scratch_free(folder);
        return answer;
}

// Skips the test, saying why, where ONNX Runtime is not there. To be called before anything is allocated: skipping
// jumps.
static inline void tiny_need(bool runtime_is_there) {
        if (runtime_is_there)
                return;
        print_message("skipped: ONNX Runtime is not there\n");
        skip();
}
