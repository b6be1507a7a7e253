// The classifier as text: "firstline-classifier 4", named values, a line for each class and its numbers, three for
// each landmark, and a checksum of all that is above it.
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/string.h"
#include "triage/classifier.h"

enum {
        FORMAT = 4,
        LINE_WORD_MAX = 32, // bytes of a number
        TERM_BYTES = 5,     // four of the hash, the lowest first, and how often
        SUM_LINE_LEN = 7 + DIGEST_HEX_SIZE - 1 + 1,
};
static const char magic[] = "firstline-classifier ";
static const char sum_name[] = "sha256 ";
// Decimals that are kept: a cosine changes by less than a hundred-thousandth.
static const double SCALE = 10000;
static const double SCALE_WEIGHTS = 100000; // many of them are added up
static const double VALUE_MAX = 1000;       // a weight or constant that is larger is not one of ours

static size_t base64_length(size_t bytes) {
        return (bytes + 2) / 3 * 4;
}

static void add_numbers(struct buffer *b, const char *name, double scale, const float *v, size_t n) {
        buffer_add_str(b, name);
        for (size_t i = 0; i < n; i++)
                buffer_addf(b, " %ld", lround((double) v[i] * scale));
        buffer_add_char(b, '\n');
}

static void add_base64(struct buffer *b, const char *name, const uint8_t *bytes, size_t n, char *room) {
        digest_base64(bytes, n, room);
        buffer_addf(b, "%s %s\n", name, room);
}

// Bytes of a landmark's vector or terms.
static size_t packed_max(const struct classifier *c) {
        return MAX(c->dimensions, (size_t) TERMS_MAX * TERM_BYTES);
}

static size_t pack_vector(const int16_t *values, size_t n, uint8_t *ret) {
        for (size_t i = 0; i < n; i++)
                ret[i] = (uint8_t) values[i]; // of an int8_t
        return n;
}

static size_t pack_terms(const struct terms *t, uint8_t *ret) {
        for (size_t i = 0; i < t->n; i++) {
                for (size_t k = 0; k < sizeof(t->items[i].hash); k++)
                        ret[i * TERM_BYTES + k] = (uint8_t) (t->items[i].hash >> (8 * k));
                ret[i * TERM_BYTES + TERM_BYTES - 1] = t->items[i].times;
        }
        return t->n * TERM_BYTES;
}

static int add_landmarks(struct buffer *b, const struct classifier *c) {
        const struct landmarks *l = c->landmarks;
        uint8_t *packed _cleanup_free_ = malloc(packed_max(c));
        char *base64 _cleanup_free_ = malloc(base64_length(packed_max(c)) + 1);

        if (!packed || !base64)
                return -ENOMEM;
        for (size_t i = 0; i < l->n; i++) {
                const int16_t *values = l->values + i * c->dimensions;
                add_base64(b, "landmark", packed, pack_vector(values, c->dimensions, packed), base64);
                add_base64(b, "terms", packed, pack_terms(&l->terms[i], packed), base64);
                add_numbers(b, "weights", SCALE_WEIGHTS, c->weights + i * c->n, c->n);
        }
        return 0;
}

char *classifier_text(struct classifier *c) {
        struct buffer b _cleanup_buffer_ = BUFFER_INIT(CLASSIFIER_FILE_MAX);
        char sum[DIGEST_HEX_SIZE];

        buffer_addf(&b,
                    "%s%d\nmodel %s\ndimensions %zu\nclasses %zu\nlandmarks %zu\nterms %ld\ntemperature %ld\n"
                    "mix %ld\nmix_category %ld\nsharpness %ld\nsharpness_category %ld\nfloor %ld\n",
                    magic, FORMAT, c->model, c->dimensions, c->n, c->landmarks->n,
                    lround(c->landmarks->terms_part * SCALE), lround(c->temperature * SCALE), lround(c->mix * SCALE),
                    lround(c->mix_category * SCALE), lround(c->sharpness * SCALE),
                    lround(c->sharpness_category * SCALE), lround(c->like_floor * SCALE));
        for (size_t k = 0; k < c->n; k++) {
                const struct classifier_class *x = &c->classes[k];
                buffer_addf(&b, "class\t%s\t%s\t%s\t%zu\n", x->name, tier_name(x->tier), x->category, x->rows);
                add_numbers(&b, "constant", SCALE_WEIGHTS, &c->constants[k], 1);
                add_numbers(&b, "centre", SCALE, c->centres + k * c->dimensions, c->dimensions);
        }
        if (add_landmarks(&b, c) < 0)
                return NULL;
        if (buffer_result(&b) < 0 || digest_sha256_hex(b.data, b.len, sum) < 0)
                return NULL;
        str_copy(c->version, sizeof(c->version), sum);
        buffer_addf(&b, "%s%s\n", sum_name, sum);
        return buffer_take(&b);
}

// ---- reading

struct input {
        const char *what;
        const char *at, *end; // of what is not read yet; end: where the checksum's line begins
        int line;
        struct error *e;
};

static int bad(const struct input *in, const char *why) {
        return error_set(in->e, -EINVAL, ERROR_FILE_INVALID, "%s, line %d: %s", in->what, in->line, why);
}

// The rest of the next line, when it begins with this name and `sep`; else NULL.
static const char *take_line(struct input *in, const char *name, char sep, const char **ret_end) {
        const char *line = in->at, *end = line < in->end ? memchr(line, '\n', (size_t) (in->end - line)) : NULL;
        size_t n = strlen(name);

        in->line++;
        if (!end || (size_t) (end - line) < n + 1 || memcmp(line, name, n) != 0 || line[n] != sep)
                return NULL;
        in->at = end + 1;
        *ret_end = end;
        return line + n + 1;
}

static int take_word(const char **at, const char *end, char sep, char *ret, size_t cap) {
        const char *stop = memchr(*at, sep, (size_t) (end - *at));
        size_t n = (size_t) ((stop ? stop : end) - *at);

        if (n == 0 || n >= cap)
                return -EINVAL;
        memcpy(ret, *at, n);
        ret[n] = '\0';
        *at = stop ? stop + 1 : end;
        return 0;
}

static int take_integer(struct input *in, const char *name, int64_t min, int64_t max, int64_t *ret) {
        const char *end, *at = take_line(in, name, ' ', &end);
        char word[LINE_WORD_MAX];

        if (!at || take_word(&at, end, ' ', word, sizeof(word)) < 0 || at != end ||
            str_to_int64(word, min, max, ret) < 0) {
                char why[96];
                snprintf(why, sizeof(why), "\"%s\" and a number from %lld to %lld are due", name, (long long) min,
                         (long long) max);
                return bad(in, why);
        }
        return 0;
}

static int take_numbers(struct input *in, const char *name, double scale, float *ret, size_t n) {
        const char *end, *at = take_line(in, name, ' ', &end);
        char word[LINE_WORD_MAX], why[96];
        int64_t v;

        for (size_t i = 0; at && i < n; i++) {
                if (take_word(&at, end, ' ', word, sizeof(word)) < 0 ||
                    str_to_int64(word, (int64_t) (-VALUE_MAX * scale), (int64_t) (VALUE_MAX * scale), &v) < 0)
                        at = NULL;
                else
                        ret[i] = (float) ((double) v / scale);
        }
        if (at && at == end)
                return 0;
        snprintf(why, sizeof(why), "\"%s\" and %zu numbers are due", name, n);
        return bad(in, why);
}

static int take_class(struct input *in, struct classifier *c, size_t k) {
        struct classifier_class *x = &c->classes[k];
        const char *end, *at = take_line(in, "class", '\t', &end);
        char tier[16], rows[LINE_WORD_MAX];
        int64_t n = 0;

        if (!at || take_word(&at, end, '\t', x->name, sizeof(x->name)) < 0 ||
            take_word(&at, end, '\t', tier, sizeof(tier)) < 0 ||
            take_word(&at, end, '\t', x->category, sizeof(x->category)) < 0 ||
            take_word(&at, end, '\t', rows, sizeof(rows)) < 0 || at != end || tier_parse(tier, &x->tier) < 0 ||
            str_to_int64(rows, 0, INT32_MAX, &n) < 0)
                return bad(in, "\"class\" with name, tier, category and rows is due, with a tab between them");
        if (!utf8_valid(x->name, strlen(x->name)) || !utf8_valid(x->category, strlen(x->category)))
                return bad(in, "not UTF-8");
        for (size_t i = 0; i < k; i++)
                if (strcmp(c->classes[i].name, x->name) == 0)
                        return bad(in, "this class is there already");
        x->rows = (size_t) n;
        int r = take_numbers(in, "constant", SCALE_WEIGHTS, &c->constants[k], 1);
        return r < 0 ? r : take_numbers(in, "centre", SCALE, c->centres + k * c->dimensions, c->dimensions);
}

// Ascending, each once, as terms_of() makes them.
static int unpack_terms(const uint8_t *bytes, size_t n, struct terms *ret) {
        struct terms t _cleanup_terms_ = {.items = calloc(MAX(n, (size_t) 1), sizeof(*t.items))};

        if (!t.items)
                return -ENOMEM;
        for (; t.n < n; t.n++) {
                struct term *x = &t.items[t.n];
                for (size_t k = 0; k < sizeof(x->hash); k++)
                        x->hash |= (uint32_t) bytes[t.n * TERM_BYTES + k] << (8 * k);
                x->times = bytes[t.n * TERM_BYTES + TERM_BYTES - 1];
                if (x->times == 0 || (t.n > 0 && x->hash <= t.items[t.n - 1].hash))
                        return -EINVAL;
        }
        *ret = t;
        t = (struct terms){0};
        return 0;
}

static int take_terms(struct input *in, struct terms *ret, uint8_t *room) {
        const char *end, *at = take_line(in, "terms", ' ', &end);
        int n = at ? digest_from_base64(at, (size_t) (end - at), room, (size_t) TERMS_MAX * TERM_BYTES) : -EINVAL;
        int r = n < 0 || n % TERM_BYTES != 0 ? -EINVAL : unpack_terms(room, (size_t) n / TERM_BYTES, ret);

        return r == -EINVAL ? bad(in, "\"terms\" and those of the landmark, ascending, in base64 are due") : r;
}

// room: for one landmark's bytes, used again for each.
static int take_landmark(struct input *in, struct classifier *c, size_t i, uint8_t *room) {
        const char *end, *at = take_line(in, "landmark", ' ', &end);

        if (!at || (size_t) (end - at) != base64_length(c->dimensions) ||
            digest_from_base64(at, (size_t) (end - at), room, c->dimensions) != (int) c->dimensions)
                return bad(in, "\"landmark\" and its values, a byte each, in base64 are due");
        landmarks_set(c->landmarks, i, (const int8_t *) room);
        int r = take_terms(in, &c->landmarks->terms[i], room);
        return r < 0 ? r : take_numbers(in, "weights", SCALE_WEIGHTS, c->weights + i * c->n, c->n);
}

static int take_landmarks(struct input *in, struct classifier *c) {
        uint8_t *room _cleanup_free_ = malloc(packed_max(c));
        int r = room ? 0 : -ENOMEM;

        for (size_t i = 0; r == 0 && i < c->landmarks->n; i++)
                r = take_landmark(in, c, i, room);
        if (r == 0)
                r = landmarks_ready(c->landmarks);
        return r == -ENOMEM ? error_set(in->e, r, ERROR_OUT_OF_MEMORY, "not enough memory for %s", in->what) : r;
}

// Is it whole and as it was written? Then in->end is where the checksum's line begins.
static int check_sum(struct input *in, const char *text, size_t n, char sum[DIGEST_HEX_SIZE]) {
        if (n < sizeof(magic) || memcmp(text, magic, sizeof(magic) - 1) != 0)
                return error_set(in->e, -EINVAL, ERROR_FILE_INVALID, "%s is no classifier of Firstline", in->what);
        if (n > CLASSIFIER_FILE_MAX || n < SUM_LINE_LEN || text[n - 1] != '\n' ||
            memcmp(text + n - SUM_LINE_LEN, sum_name, sizeof(sum_name) - 1) != 0)
                return error_set(in->e, -EINVAL, ERROR_FILE_INVALID, "%s is cut off: its checksum is missing",
                                 in->what);
        in->end = text + n - SUM_LINE_LEN;
        if (digest_sha256_hex(text, n - SUM_LINE_LEN, sum) < 0)
                return error_set(in->e, -EIO, ERROR_INTERNAL, "%s: no checksum could be computed", in->what);
        if (memcmp(in->end + sizeof(sum_name) - 1, sum, DIGEST_HEX_SIZE - 1) != 0)
                return error_set(in->e, -EINVAL, ERROR_FILE_INVALID, "%s was altered: its checksum does not fit",
                                 in->what);
        return 0;
}

int classifier_parse(const char *what, const char *text, size_t n, struct classifier **ret, struct error *e) {
        struct input in = {.what = what, .at = text, .e = e};
        struct classifier *c _cleanup_(classifier_free_p) = NULL;
        char sum[DIGEST_HEX_SIZE], model[CLASSIFIER_MODEL_SIZE];
        int64_t format, dimensions, classes, landmarks, terms, temperature, mix, mix_category, sharp, sharp_category,
                        floor;
        int r = check_sum(&in, text, n, sum);

        if (r < 0)
                return r;
        if ((r = take_integer(&in, "firstline-classifier", 1, INT32_MAX, &format)) < 0)
                return r;
        if (format != FORMAT)
                return error_set(e, -EINVAL, ERROR_FILE_INVALID, "%s was written by another version (format %lld)",
                                 what, (long long) format);
        const char *end, *at = take_line(&in, "model", ' ', &end);
        if (!at || take_word(&at, end, ' ', model, sizeof(model)) < 0 || at != end)
                return bad(&in, "\"model\" and its version are due");
        if ((r = take_integer(&in, "dimensions", 1, CLASSIFIER_DIMENSIONS_MAX, &dimensions)) < 0 ||
            (r = take_integer(&in, "classes", 1, CLASSIFIER_CLASSES_MAX, &classes)) < 0 ||
            (r = take_integer(&in, "landmarks", 1, CLASSIFIER_LANDMARKS_MAX, &landmarks)) < 0 ||
            (r = take_integer(&in, "terms", 0, (int64_t) SCALE - 1, &terms)) < 0 ||
            (r = take_integer(&in, "temperature", 1, (int64_t) (VALUE_MAX * SCALE), &temperature)) < 0 ||
            (r = take_integer(&in, "mix", 0, (int64_t) SCALE - 1, &mix)) < 0 ||
            (r = take_integer(&in, "mix_category", 0, (int64_t) SCALE - 1, &mix_category)) < 0 ||
            (r = take_integer(&in, "sharpness", 1, (int64_t) (VALUE_MAX * SCALE), &sharp)) < 0 ||
            (r = take_integer(&in, "sharpness_category", 1, (int64_t) (VALUE_MAX * SCALE), &sharp_category)) < 0 ||
            (r = take_integer(&in, "floor", (int64_t) -SCALE, (int64_t) SCALE, &floor)) < 0)
                return r;
        // Each number takes a byte at least: what the header promises must fit into the file.
        if ((size_t) classes * (size_t) dimensions > n || (size_t) landmarks * (size_t) dimensions > n ||
            (size_t) landmarks * (size_t) classes > n)
                return bad(&in, "the file is too small for so many classes, landmarks and dimensions");
        if (!(c = classifier_new((size_t) classes, (size_t) dimensions, (size_t) landmarks)))
                return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "not enough memory for %s", what);
        str_copy(c->model, sizeof(c->model), model);
        str_copy(c->version, sizeof(c->version), sum);
        c->landmarks->terms_part = (double) terms / SCALE;
        c->temperature = (double) temperature / SCALE;
        c->mix = (double) mix / SCALE;
        c->mix_category = (double) mix_category / SCALE;
        c->sharpness = (double) sharp / SCALE;
        c->sharpness_category = (double) sharp_category / SCALE;
        c->like_floor = (double) floor / SCALE;
        for (size_t k = 0; r == 0 && k < c->n; k++)
                r = take_class(&in, c, k);
        if (r == 0)
                r = take_landmarks(&in, c);
        if (r == 0 && in.at != in.end)
                r = bad(&in, "there is more than the classes and landmarks that were announced");
        if (r == 0)
                *ret = TAKE_PTR(c);
        return r;
}

int classifier_read(const char *path, struct classifier **ret, struct error *e) {
        char *text _cleanup_free_ = NULL;
        size_t n;
        int r = file_read(path, CLASSIFIER_FILE_MAX, &text, &n, e);

        return r < 0 ? r : classifier_parse(path, text, n, ret, e);
}
