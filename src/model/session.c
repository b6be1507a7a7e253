#include "model/session.h"

#include <errno.h>
#include <string.h>

#include "base/string.h"

enum input_kind { INPUT_IDS, INPUT_MASK, INPUT_TYPES, INPUT_KINDS_ };

static const char *const input_names[INPUT_KINDS_] = {
                [INPUT_IDS] = "input_ids", [INPUT_MASK] = "attention_mask", [INPUT_TYPES] = "token_type_ids"};

// By preference: a model that pools itself knows best how.
static const struct {
        const char *name;
        enum session_kind kind;
        enum session_output output;
        size_t dimensions;
} outputs[] = {
                {"sentence_embedding", SESSION_EMBEDDING, SESSION_SENTENCE, 2},
                {"last_hidden_state", SESSION_EMBEDDING, SESSION_TOKENS, 3},
                {"token_embeddings", SESSION_EMBEDDING, SESSION_TOKENS, 3},
                {"logits", SESSION_CLASSIFIER, SESSION_LOGITS, 2},
};

static const char *const wanted[] = {
                [SESSION_EMBEDDING] =
                                "it has none of the outputs sentence_embedding, last_hidden_state, token_embeddings",
                [SESSION_CLASSIFIER] = "it has no output logits: it is not a model that classifies texts",
};

struct session {
        const struct onnx *onnx;
        enum session_kind kind;
        OrtSession *ort;
        OrtMemoryInfo *memory;
        size_t inputs_n;
        enum input_kind inputs[INPUT_KINDS_]; // those that the model wants
        size_t output;                        // row of outputs
};

// ---- loading

// One thread per run, because a worker per processor runs its own; and no arena, which would keep each worker's peak
// for ever.
static int make_options(const struct onnx *o, OrtSessionOptions **ret, struct error *e) {
        OrtSessionOptions *options = NULL;
        int r = onnx_result(o, o->api->CreateSessionOptions(&options), e);

        if (r == 0)
                r = onnx_result(o, o->api->SetIntraOpNumThreads(options, 1), e);
        if (r == 0)
                r = onnx_result(o, o->api->SetInterOpNumThreads(options, 1), e);
        if (r == 0)
                r = onnx_result(o, o->api->SetSessionExecutionMode(options, ORT_SEQUENTIAL), e);
        if (r == 0)
                r = onnx_result(o, o->api->SetSessionGraphOptimizationLevel(options, ORT_ENABLE_ALL), e);
        if (r == 0)
                r = onnx_result(o, o->api->AddSessionConfigEntry(options, "session.intra_op.allow_spinning", "0"), e);
        if (r == 0)
                r = onnx_result(o, o->api->DisableCpuMemArena(options), e);
        if (r < 0) {
                o->api->ReleaseSessionOptions(options);
                return r;
        }
        *ret = options;
        return 0;
}

// Element type and number of dimensions of an input or output. Takes info over.
static int read_type(const struct onnx *o, OrtTypeInfo *info, ONNXTensorElementDataType *type, size_t *dimensions,
                     struct error *e) {
        const OrtTensorTypeAndShapeInfo *shape = NULL;
        int r = onnx_result(o, o->api->CastTypeInfoToTensorInfo(info, &shape), e);

        *type = ONNX_TENSOR_ELEMENT_DATA_TYPE_UNDEFINED;
        *dimensions = 0;
        if (r == 0 && shape)
                r = onnx_result(o, o->api->GetTensorElementType(shape, type), e);
        if (r == 0 && shape)
                r = onnx_result(o, o->api->GetDimensionsCount(shape, dimensions), e);
        o->api->ReleaseTypeInfo(info);
        return r;
}

static int add_input(struct session *s, const char *name, ONNXTensorElementDataType type, size_t dimensions,
                     struct error *e) {
        for (size_t kind = 0; kind < INPUT_KINDS_; kind++) {
                if (!str_eq(name, input_names[kind]))
                        continue;
                if (type != ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64 || dimensions != 2)
                        return error_set(e, -ENOTSUP, ERROR_MODEL_UNAVAILABLE,
                                         "its input \"%s\" is not int64 of two dimensions", name);
                s->inputs[s->inputs_n++] = (enum input_kind) kind;
                return 0;
        }
        return error_set(e, -ENOTSUP, ERROR_MODEL_UNAVAILABLE, "its input \"%s\" is not one of a model that reads text",
                         name);
}

static int read_inputs(struct session *s, OrtAllocator *allocator, struct error *e) {
        const struct onnx *o = s->onnx;
        size_t n = 0;
        int r = onnx_result(o, o->api->SessionGetInputCount(s->ort, &n), e);

        if (r == 0 && (n == 0 || n > INPUT_KINDS_))
                return error_set(e, -ENOTSUP, ERROR_MODEL_UNAVAILABLE,
                                 "it has %zu inputs, a model that reads text has 1 to %d", n, INPUT_KINDS_);
        for (size_t i = 0; r == 0 && i < n; i++) {
                ONNXTensorElementDataType type;
                OrtTypeInfo *info = NULL;
                size_t dimensions;
                char *name = NULL;

                r = onnx_result(o, o->api->SessionGetInputTypeInfo(s->ort, i, &info), e);
                if (r == 0)
                        r = read_type(o, info, &type, &dimensions, e);
                if (r == 0)
                        r = onnx_result(o, o->api->SessionGetInputName(s->ort, i, allocator, &name), e);
                if (r < 0)
                        break;
                r = add_input(s, name, type, dimensions, e);
                (void) onnx_result(o, o->api->AllocatorFree(allocator, name), NULL);
        }
        return r;
}

// The row of `outputs` that output i of the model is; ARRAY_LEN(outputs) when it is none.
static int read_output(struct session *s, OrtAllocator *allocator, size_t i, size_t *ret, struct error *e) {
        const struct onnx *o = s->onnx;
        ONNXTensorElementDataType type;
        OrtTypeInfo *info = NULL;
        size_t dimensions, row;
        char *name = NULL;
        int r;

        r = onnx_result(o, o->api->SessionGetOutputName(s->ort, i, allocator, &name), e);
        if (r < 0)
                return r;
        for (row = 0; row < ARRAY_LEN(outputs) && (outputs[row].kind != s->kind || !str_eq(name, outputs[row].name));
             row++)
                ;
        (void) onnx_result(o, o->api->AllocatorFree(allocator, name), NULL);
        *ret = row;
        if (row == ARRAY_LEN(outputs))
                return 0;
        r = onnx_result(o, o->api->SessionGetOutputTypeInfo(s->ort, i, &info), e);
        if (r == 0)
                r = read_type(o, info, &type, &dimensions, e);
        if (r == 0 && (type != ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT || dimensions != outputs[row].dimensions))
                return error_set(e, -ENOTSUP, ERROR_MODEL_UNAVAILABLE,
                                 "its output \"%s\" is not float of %zu dimensions", outputs[row].name,
                                 outputs[row].dimensions);
        return r;
}

static int read_outputs(struct session *s, OrtAllocator *allocator, struct error *e) {
        size_t n = 0;
        int r = onnx_result(s->onnx, s->onnx->api->SessionGetOutputCount(s->ort, &n), e);

        s->output = ARRAY_LEN(outputs);
        for (size_t i = 0; r == 0 && i < n; i++) {
                size_t row = ARRAY_LEN(outputs);

                r = read_output(s, allocator, i, &row, e);
                s->output = MIN(s->output, row);
        }
        if (r == 0 && s->output == ARRAY_LEN(outputs))
                return error_set(e, -ENOTSUP, ERROR_MODEL_UNAVAILABLE, "%s", wanted[s->kind]);
        return r;
}

int session_open(const struct onnx *o, const char *path, enum session_kind kind, struct session **ret,
                 struct error *e) {
        struct session *s _cleanup_(session_free_p) = calloc(1, sizeof(*s));
        OrtSessionOptions *options = NULL;
        OrtAllocator *allocator = NULL;
        int r;

        if (!s)
                return error_set(e, -ENOMEM, ERROR_MODEL_UNAVAILABLE, "not enough memory");
        s->onnx = o;
        s->kind = kind;
        r = make_options(o, &options, e);
        if (r < 0)
                return r;
        r = onnx_result(o, o->api->CreateSession(o->env, path, options, &s->ort), e);
        o->api->ReleaseSessionOptions(options);
        if (r == 0)
                r = onnx_result(o, o->api->CreateCpuMemoryInfo(OrtDeviceAllocator, OrtMemTypeDefault, &s->memory), e);
        if (r == 0)
                r = onnx_result(o, o->api->GetAllocatorWithDefaultOptions(&allocator), e);
        if (r == 0)
                r = read_inputs(s, allocator, e);
        if (r == 0)
                r = read_outputs(s, allocator, e);
        if (r < 0)
                return r == -EIO ? -EINVAL : r; // while loading, whatever is wrong is wrong with the file
        *ret = TAKE_PTR(s);
        return 0;
}

struct session *session_free(struct session *s) {
        if (!s)
                return NULL;
        if (s->memory)
                s->onnx->api->ReleaseMemoryInfo(s->memory);
        if (s->ort)
                s->onnx->api->ReleaseSession(s->ort);
        free(s);
        return NULL;
}

enum session_output session_output(const struct session *s) {
        return outputs[s->output].output;
}

// ---- running

// Hands the output to fn when it has the shape that n tokens should give.
static int use_output(const struct session *s, OrtValue *value, size_t n,
                      int (*fn)(void *arg, const float *values, size_t rows, size_t columns), void *arg,
                      struct error *e) {
        const struct onnx *o = s->onnx;
        OrtTensorTypeAndShapeInfo *shape = NULL;
        size_t dimensions = 0, rows = session_output(s) == SESSION_TOKENS ? n : 1;
        int64_t size[3] = {0};
        void *data = NULL;
        int r = onnx_result(o, o->api->GetTensorTypeAndShape(value, &shape), e);

        if (r == 0)
                r = onnx_result(o, o->api->GetDimensionsCount(shape, &dimensions), e);
        if (r == 0 && dimensions == outputs[s->output].dimensions)
                r = onnx_result(o, o->api->GetDimensions(shape, size, dimensions), e);
        if (shape)
                o->api->ReleaseTensorTypeAndShapeInfo(shape);
        if (r == 0)
                r = onnx_result(o, o->api->GetTensorMutableData(value, &data), e);
        if (r < 0)
                return r;
        // The last dimension is the width; those before it must be one text and, where they are told apart, its tokens.
        if (dimensions != outputs[s->output].dimensions || size[0] != 1 ||
            (dimensions == 3 && (uint64_t) size[1] != n) || size[dimensions - 1] <= 0)
                return error_set(e, -EIO, ERROR_MODEL_UNAVAILABLE, "its output \"%s\" has an unexpected shape",
                                 outputs[s->output].name);
        return fn(arg, data, rows, (size_t) size[dimensions - 1]);
}

int session_run(const struct session *s, const int64_t *ids, const int64_t *types, size_t n,
                int (*fn)(void *arg, const float *values, size_t rows, size_t columns), void *arg, struct error *e) {
        const struct onnx *o = s->onnx;
        int64_t *numbers[INPUT_KINDS_] = {0}, *all _cleanup_free_ = malloc(INPUT_KINDS_ * n * sizeof(*all));
        const int64_t shape[] = {1, (int64_t) n};
        const char *names[INPUT_KINDS_];
        OrtValue *inputs[INPUT_KINDS_] = {0}, *output = NULL;
        int r = all ? 0 : error_set(e, -ENOMEM, ERROR_MODEL_UNAVAILABLE, "not enough memory");

        for (size_t kind = 0; r == 0 && kind < INPUT_KINDS_; kind++) {
                numbers[kind] = all + kind * n;
                // One input without padding: all of it is wanted.
                for (size_t i = 0; i < n; i++)
                        numbers[kind][i] = kind == INPUT_IDS ? ids[i] : kind == INPUT_MASK ? 1 : types ? types[i] : 0;
        }
        for (size_t i = 0; r == 0 && i < s->inputs_n; i++) {
                names[i] = input_names[s->inputs[i]];
                r = onnx_result(o,
                                o->api->CreateTensorWithDataAsOrtValue(s->memory, numbers[s->inputs[i]],
                                                                       n * sizeof(int64_t), shape, ARRAY_LEN(shape),
                                                                       ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64, &inputs[i]),
                                e);
        }
        if (r == 0)
                r = onnx_result(o,
                                o->api->Run(s->ort, NULL, names, (const OrtValue *const *) inputs, s->inputs_n,
                                            (const char *const[]){outputs[s->output].name}, 1, &output),
                                e);
        if (r == 0)
                r = use_output(s, output, n, fn, arg, e);
        for (size_t i = 0; i < s->inputs_n; i++)
                if (inputs[i])
                        o->api->ReleaseValue(inputs[i]);
        if (output)
                o->api->ReleaseValue(output);
        return r;
}
