#include "model/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/file.h"
#include "base/json.h"
#include "base/string.h"
#include "model/fields.h"

enum {
        CONFIG_BYTES_MAX = 1 << 20, // of config.json; real ones have 1 kB
        CHUNK = 1 << 20,            // bytes hashed at a time
        HIDDEN_MAX = 1 << 16,       // ten times the widest encoder
        POSITIONS_MAX = 1 << 20,
        TYPES_MAX = 255, // of tokens; models have 1 or 2
        PADDING_MAX = 1 << 22,
        ENTRIES_MAX = 10000, // of a folder that is searched for an ONNX file
};
#define ONNX_BYTES_MAX ((int64_t) 2 << 30) // a protobuf cannot be larger, and nor should a first-line model be

// The int8 weights first: half the time of the others for the same answers.
static const char *const onnx_places[] = {"onnx/model_quantized.onnx", "onnx/model.onnx", "model_quantized.onnx",
                                          "model.onnx"};

// Weights that did not fit stand beside the file, under one of these names.
static const char *const beside[] = {"_data", ".data"};

static void close_p(int *fd) {
        if (*fd >= 0)
                (void) close(*fd);
}

static int no_memory(struct error *e) {
        return error_set(e, -ENOMEM, ERROR_MODEL_UNAVAILABLE, "the model: not enough memory");
}

// ---- which file is which

static void closedir_p(DIR **d) {
        if (*d)
                (void) closedir(*d);
}

// The one *.onnx of a folder. -ENOENT when there is none, -EINVAL when there are several.
static int find_only(const char *path, char **ret, struct error *e) {
        DIR *d _cleanup_(closedir_p) = opendir(path);
        char *found _cleanup_free_ = NULL;
        const struct dirent *entry;

        for (int i = 0; d && i < ENTRIES_MAX && (entry = readdir(d)); i++) {
                if (!str_ends(entry->d_name, ".onnx"))
                        continue;
                if (found)
                        return error_set(e, -EINVAL, ERROR_MODEL_UNAVAILABLE,
                                         "%s: several .onnx files; name the one to use model.onnx", path);
                found = file_join(path, entry->d_name);
                if (!found)
                        return no_memory(e);
        }
        if (!found)
                return -ENOENT;
        *ret = TAKE_PTR(found);
        return 0;
}

static int find_onnx(const char *path, char **ret, struct error *e) {
        char *onnx _cleanup_free_ = file_join(path, "onnx");
        int r;

        for (size_t i = 0; i < ARRAY_LEN(onnx_places); i++) {
                char *place _cleanup_free_ = file_join(path, onnx_places[i]);

                if (!place || !onnx)
                        return no_memory(e);
                if (file_exists(place)) {
                        *ret = TAKE_PTR(place);
                        return 0;
                }
        }
        r = find_only(path, ret, e);
        if (r == -ENOENT)
                r = find_only(onnx, ret, e);
        if (r == -ENOENT)
                return error_set(e, r, ERROR_MODEL_UNAVAILABLE, "%s: no .onnx file there (looked for %s and others)",
                                 path, onnx_places[0]);
        return r;
}

static int measure(struct folder *f, struct error *e) {
        struct stat st;

        if (stat(f->onnx, &st) < 0)
                return error_set(e, -errno, ERROR_MODEL_UNAVAILABLE, "%s: %s", f->onnx, strerror(errno));
        if (!S_ISREG(st.st_mode))
                return error_set(e, -EINVAL, ERROR_MODEL_UNAVAILABLE, "%s: not a regular file", f->onnx);
        if (st.st_size == 0)
                return error_set(e, -EINVAL, ERROR_MODEL_UNAVAILABLE, "%s: empty; download the model again", f->onnx);
        f->bytes = st.st_size;
        for (size_t i = 0; i < ARRAY_LEN(beside); i++) {
                char *path _cleanup_free_ = str_printf("%s%s", f->onnx, beside[i]);

                if (!path)
                        return no_memory(e);
                if (stat(path, &st) == 0 && S_ISREG(st.st_mode))
                        f->bytes += st.st_size;
        }
        if (f->bytes > ONNX_BYTES_MAX)
                return error_set(e, -EFBIG, ERROR_MODEL_UNAVAILABLE, "%s: %lld bytes, larger than %lld", f->onnx,
                                 (long long) f->bytes, (long long) ONNX_BYTES_MAX);
        return 0;
}

// ---- what the configuration says

static int read_json(const char *path, json_t **ret, struct error *e) {
        char *text _cleanup_free_ = NULL;
        json_t *root _cleanup_json_ = NULL;
        size_t n;
        int r = file_read(path, CONFIG_BYTES_MAX, &text, &n, e);

        if (r == 0) {
                r = json_parse(text, n, &root, e);
                if (r == 0 && !json_is_object(root))
                        r = error_set(e, -EINVAL, ERROR_MODEL_UNAVAILABLE, "not a JSON object");
                if (r < 0)
                        (void) error_prefix(e, r, "%s", path);
        }
        if (r < 0) {
                if (e)
                        e->code = ERROR_MODEL_UNAVAILABLE;
                return r;
        }
        *ret = TAKE_PTR(root);
        return 0;
}

// {"0": "contradiction", "1": "neutral", "2": "entailment"}, or the other way round in label2id; in any order and case.
static int read_labels(const json_t *root, const char *path, struct folder *f, struct error *e) {
        static const char entailment[] = "entailment";
        const json_t *names = NULL, *ids = NULL;
        int r = field_object(root, path, "id2label", &names, e);
        const char *key;
        json_t *value;

        if (r >= 0)
                r = field_object(root, path, "label2id", &ids, e);
        if (r < 0)
                return r;
        f->labels = json_object_size(names ? names : ids);
        // jansson only hands out iterators of objects that it may change.
        json_object_foreach((json_t *) (uintptr_t) names, key, value) {
                int64_t id;

                if (!str_ieq(json_string_value(value), entailment) ||
                    str_to_int64(key, 0, (int64_t) f->labels - 1, &id) < 0)
                        continue;
                f->entailment = (size_t) id;
                f->has_entailment = true;
        }
        json_object_foreach((json_t *) (uintptr_t) ids, key, value) {
                int64_t id = json_integer_value(value);

                if (f->has_entailment || !str_ieq(key, entailment) || id < 0 || (size_t) id >= f->labels)
                        continue;
                f->entailment = (size_t) id;
                f->has_entailment = true;
        }
        return 0;
}

static int read_config(const char *folder, struct folder *f, struct error *e) {
        char *path _cleanup_free_ = file_join(folder, "config.json");
        json_t *root _cleanup_json_ = NULL;
        int64_t hidden = 0, positions = 0, types = 2, padding = 0;
        const char *type = NULL;
        int r = path ? read_json(path, &root, e) : no_memory(e);

        if (r == 0)
                r = field_int(root, path, "hidden_size", 1, HIDDEN_MAX, &hidden, e);
        if (r >= 0)
                r = field_int(root, path, "max_position_embeddings", 1, POSITIONS_MAX, &positions, e);
        if (r >= 0)
                r = field_int(root, path, "type_vocab_size", 0, TYPES_MAX, &types, e);
        if (r >= 0)
                r = field_int(root, path, "pad_token_id", 0, PADDING_MAX, &padding, e);
        if (r >= 0)
                r = field_text(root, path, "model_type", &type, e);
        if (r < 0)
                return r;
        // RoBERTa counts its positions from behind the padding's: 514 of them are 512 tokens.
        if (type && str_ends(type, "roberta") && positions > padding + 1)
                positions -= padding + 1;
        f->hidden = (size_t) hidden;
        f->positions = (size_t) positions;
        f->one_type = types < 2;
        return read_labels(root, path, f, e);
}

// How sentence-transformers says what to do with the tokens' vectors. Without the file they are averaged.
static int read_pooling(const char *folder, struct folder *f, struct error *e) {
        static const char *const refused[] = {"pooling_mode_max_tokens", "pooling_mode_mean_sqrt_len_tokens",
                                              "pooling_mode_weightedmean_tokens", "pooling_mode_lasttoken"};
        char *path _cleanup_free_ = file_join(folder, "1_Pooling/config.json");
        json_t *root _cleanup_json_ = NULL;
        bool mean = true, other = false;
        int r;

        if (!path)
                return no_memory(e);
        if (!file_exists(path))
                return 0;
        r = read_json(path, &root, e);
        if (r == 0)
                r = field_bool(root, path, "pooling_mode_cls_token", &f->first_token, e);
        mean = !f->first_token;
        if (r >= 0)
                r = field_bool(root, path, "pooling_mode_mean_tokens", &mean, e);
        for (size_t i = 0; r >= 0 && !other && i < ARRAY_LEN(refused); i++)
                r = field_bool(root, path, refused[i], &other, e);
        if (r < 0)
                return r;
        if (other || mean == f->first_token)
                return error_set(e, -ENOTSUP, ERROR_MODEL_UNAVAILABLE,
                                 "%s: only the mean or the first token is supported", path);
        return 0;
}

static char *last_part(const char *path) {
        size_t end = strlen(path), start;

        while (end > 1 && path[end - 1] == '/')
                end--;
        for (start = end; start > 0 && path[start - 1] != '/'; start--)
                ;
        return str_ndup(path + start, end - start);
}

int folder_read(const char *path, const char *setting, struct folder *ret, struct error *e) {
        struct folder f _cleanup_folder_ = {0};
        int r;

        if (str_empty(path))
                return error_set(e, -EINVAL, ERROR_MODEL_UNAVAILABLE, "no model is set; set %s to its folder", setting);
        if (!file_exists(path))
                return error_set(e, -ENOENT, ERROR_MODEL_UNAVAILABLE,
                                 "%s: no such folder; set %s to the model's folder", path, setting);
        if (!file_is_dir(path))
                return error_set(e, -EINVAL, ERROR_MODEL_UNAVAILABLE,
                                 "%s: not a folder; %s names the folder, not the file", path, setting);
        f.name = last_part(path);
        f.tokenizer = file_join(path, "tokenizer.json");
        if (!f.name || !f.tokenizer)
                return no_memory(e);
        r = find_onnx(path, &f.onnx, e);
        if (r == 0)
                r = measure(&f, e);
        if (r == 0)
                r = read_config(path, &f, e);
        if (r == 0)
                r = read_pooling(path, &f, e);
        if (r < 0)
                return r;
        *ret = f;
        f = (struct folder){0};
        return 0;
}

void folder_clear(struct folder *f) {
        free(f->name);
        free(f->onnx);
        free(f->tokenizer);
        *f = (struct folder){0};
}

// ---- a name for its content

// 0 when it was read to its end, -ENOENT when it is not there.
static int digest_file(struct digest *d, const char *path, char *chunk) {
        int fd _cleanup_(close_p) = open(path, O_RDONLY | O_CLOEXEC);
        ssize_t n;

        if (fd < 0)
                return -errno;
        while ((n = read(fd, chunk, CHUNK)) != 0) {
                if (n < 0 && errno != EINTR)
                        return -errno;
                digest_update(d, chunk, n > 0 ? (size_t) n : 0);
        }
        return 0;
}

static int digest_all(struct digest *d, const struct folder *f, struct error *e) {
        char *chunk _cleanup_free_ = malloc(CHUNK);
        const char *const files[] = {f->onnx, f->tokenizer};

        if (!chunk)
                return no_memory(e);
        for (size_t i = 0; i < ARRAY_LEN(files); i++) {
                int r = digest_file(d, files[i], chunk);

                if (r < 0)
                        return error_set(e, r, ERROR_MODEL_UNAVAILABLE, "%s: %s", files[i], strerror(-r));
        }
        for (size_t i = 0; i < ARRAY_LEN(beside); i++) {
                char *path _cleanup_free_ = str_printf("%s%s", f->onnx, beside[i]);
                int r = path ? digest_file(d, path, chunk) : -ENOMEM;

                if (r < 0 && r != -ENOENT)
                        return error_set(e, r, ERROR_MODEL_UNAVAILABLE, "%s: %s", path ? path : f->onnx, strerror(-r));
        }
        return 0;
}

int folder_version(const struct folder *f, const char *recipe, char ret[FOLDER_VERSION_SIZE], struct error *e) {
        struct digest *d = digest_new();
        uint8_t bytes[DIGEST_SIZE];
        int r, ended;

        if (!d)
                return no_memory(e);
        r = digest_all(d, f, e);
        digest_update(d, recipe, strlen(recipe));
        ended = digest_end(d, bytes);
        if (r < 0)
                return r;
        if (ended < 0)
                return error_set(e, ended, ERROR_MODEL_UNAVAILABLE, "%s: no SHA-256 could be made of it", f->onnx);
        digest_hex(bytes, (FOLDER_VERSION_SIZE - 1) / 2, ret);
        return 0;
}
