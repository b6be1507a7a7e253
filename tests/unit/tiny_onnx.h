// Writes ONNX files of a few hundred bytes: a table that is looked up by input_ids, and what a test wants wrong with
// it.
//
// The format is protobuf; the numbers of the fields are those of onnx.proto.
#pragma once

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/buffer.h"

enum { TINY_ROWS = 8, TINY_COLUMNS = 4, TINY_FLOAT = 1, TINY_INT64 = 7, TINY_INT32 = 6 };

struct tiny {
        float table[TINY_ROWS][TINY_COLUMNS];
        const char *input;  // NULL: input_ids
        const char *output; // NULL: last_hidden_state
        int input_type;     // 0: TINY_INT64
        bool sentence;      // the mean over the tokens is the output
        bool score;         // the square of that mean's length is: one logit, larger when the tokens are alike
        bool unused_input;  // there is also an input that nothing knows
};

static inline void tiny_varint(struct buffer *b, uint64_t v) {
        for (; v >= 0x80; v >>= 7)
                buffer_add_char(b, (char) (v | 0x80));
        buffer_add_char(b, (char) v);
}

static inline void tiny_number(struct buffer *b, unsigned field, uint64_t v) {
        tiny_varint(b, field << 3);
        tiny_varint(b, v);
}

static inline void tiny_bytes(struct buffer *b, unsigned field, const void *data, size_t n) {
        tiny_varint(b, field << 3 | 2);
        tiny_varint(b, n);
        buffer_add(b, data, n);
}

static inline void tiny_text(struct buffer *b, unsigned field, const char *s) {
        tiny_bytes(b, field, s, strlen(s));
}

static inline void tiny_part(struct buffer *b, unsigned field, struct buffer *part) {
        tiny_bytes(b, field, buffer_str(part), part->len);
        buffer_reset(part);
}

// ValueInfoProto: a name, an element type, and dimensions of which the first ones are free.
static inline void tiny_value(struct buffer *graph, unsigned field, const char *name, int type, int dimensions) {
        struct buffer one = BUFFER_INIT(64), shape = BUFFER_INIT(256), tensor = BUFFER_INIT(512),
                      value = BUFFER_INIT(1024);

        for (int i = 0; i < dimensions; i++) {
                tiny_text(&one, 2, (const char *[]){"texts", "tokens", "values"}[i]);
                tiny_part(&shape, 1, &one);
        }
        tiny_number(&tensor, 1, (uint64_t) type);
        tiny_part(&tensor, 2, &shape);
        tiny_part(&shape, 1, &tensor);
        tiny_text(&value, 1, name);
        tiny_part(&value, 2, &shape);
        tiny_part(graph, field, &value);
        buffer_free(&one);
        buffer_free(&shape);
        buffer_free(&tensor);
        buffer_free(&value);
}

static inline void tiny_nodes(struct buffer *graph, const struct tiny *t, const char *input, const char *output) {
        struct buffer node = BUFFER_INIT(1024), attribute = BUFFER_INIT(256);

        tiny_text(&node, 1, "table");
        tiny_text(&node, 1, input);
        tiny_text(&node, 2, t->sentence || t->score ? "rows" : output);
        tiny_text(&node, 4, "Gather");
        tiny_part(graph, 1, &node);
        for (int i = 0; i < (t->score ? 2 : t->sentence); i++) {
                tiny_text(&node, 1, i == 0 ? "rows" : "mean");
                tiny_text(&node, 2, i == 0 && t->score ? "mean" : output);
                tiny_text(&node, 4, i == 0 ? "ReduceMean" : "ReduceSumSquare");
                tiny_text(&attribute, 1, "axes");
                tiny_number(&attribute, 8, 1);
                tiny_number(&attribute, 20, 7); // INTS
                tiny_part(&node, 5, &attribute);
                tiny_text(&attribute, 1, "keepdims");
                tiny_number(&attribute, 3, (uint64_t) i);
                tiny_number(&attribute, 20, 2); // INT
                tiny_part(&node, 5, &attribute);
                tiny_part(graph, 1, &node);
        }
        buffer_free(&node);
        buffer_free(&attribute);
}

// The bytes of the model, in *out, which the caller frees.
static inline void tiny_onnx(const struct tiny *t, struct buffer *out) {
        struct buffer graph = BUFFER_INIT(1 << 16), part = BUFFER_INIT(1 << 14);
        const char *input = t->input ? t->input : "input_ids";
        const char *output = t->output ? t->output : "last_hidden_state";

        *out = BUFFER_INIT(1 << 17);
        tiny_nodes(&graph, t, input, output);
        tiny_text(&graph, 2, "tiny");
        tiny_number(&part, 1, TINY_ROWS);
        tiny_number(&part, 1, TINY_COLUMNS);
        tiny_number(&part, 2, TINY_FLOAT);
        tiny_text(&part, 8, "table");
        tiny_bytes(&part, 9, t->table, sizeof(t->table));
        tiny_part(&graph, 5, &part);
        tiny_value(&graph, 11, input, t->input_type ? t->input_type : TINY_INT64, 2);
        if (t->unused_input)
                tiny_value(&graph, 11, "pixel_values", TINY_INT64, 2);
        tiny_value(&graph, 12, output, TINY_FLOAT, t->sentence || t->score ? 2 : 3);

        tiny_number(out, 1, 7); // version of the format
        tiny_part(out, 7, &graph);
        tiny_text(&part, 1, "");
        tiny_number(&part, 2, 13); // version of the operators
        tiny_part(out, 8, &part);
        buffer_free(&graph);
        buffer_free(&part);
}
