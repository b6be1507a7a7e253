#include "desk/rehearsal_state.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "base/log.h"
#include "base/string.h"

#define HEADER "firstline rehearsal 1 "

struct rehearsal_state {
        pthread_mutex_t lock;
        FILE *file;
        char *path;
        bool failed;
};

// One line. What is not as it was written (cut off by a crash, edited) counts as not done.
static void take_line(struct rehearsal *r, const char *text, size_t n) {
        json_t *o _cleanup_json_ = NULL;
        struct error e = ERROR_INIT;

        if (json_parse(text, n, &o, &e) < 0 || !json_is_object(o))
                return;
        int64_t i = json_int_or(o, "i", -1), tier = json_int_or(o, "tier", -1), action = json_int_or(o, "action", -1),
                method = json_int_or(o, "method", -1), category = json_int_or(o, "category", -1);
        if (i < 0 || (size_t) i >= r->past->n || r->items[i].done || tier < 0 || tier >= TIER_COUNT_ || action < 0 ||
            action > ACTION_ESCALATE || method < 0 || method > TRIAGE_NONE || category < 0 || category > CATEGORIES_MAX)
                return;
        struct rehearsed x = {.done = true,
                              .failed = json_bool_or(o, "failed", false),
                              .tier = (enum tier) tier,
                              .category = (size_t) category,
                              .confidence = json_number_value(json_object_get(o, "confidence")),
                              .category_confidence = json_number_value(json_object_get(o, "category_confidence")),
                              .method = (enum triage_method) method,
                              .action = (enum action) action,
                              .draft = json_bool_or(o, "draft", false),
                              .found = json_bool_or(o, "found", false),
                              .score = json_number_value(json_object_get(o, "score")),
                              .answered_elsewhere = json_bool_or(o, "elsewhere", false),
                              .answer_known = json_bool_or(o, "known", false)};
        x.document = str_dup(json_str_or_null(o, "document"));
        x.title = str_dup(json_str_or_null(o, "title"));
        r->items[i] = x;
        r->resumed++;
}

static bool ours(const struct rehearsal *r, const char *text) {
        size_t n = strlen(HEADER), k = strlen(r->identity);

        return strncmp(text, HEADER, n) == 0 && strncmp(text + n, r->identity, k) == 0 && text[n + k] == '\n';
}

// Not another file that happens to be called so. One that was cut off within its first line is nobody's loss.
static bool may_replace(const char *path) {
        char *text _cleanup_free_ = NULL;
        size_t n = 0;

        if (!file_exists(path))
                return true;
        return file_read(path, PAST_FILE_MAX, &text, &n, NULL) == 0 &&
               strncmp(text, HEADER, MIN(n, strlen(HEADER))) == 0;
}

// The length of what can be gone on with; 0: nothing.
static size_t take_known(struct rehearsal *r, const char *path) {
        char *text _cleanup_free_ = NULL;
        struct error e = ERROR_INIT;
        size_t n = 0, whole = 0;

        if (file_read(path, PAST_FILE_MAX, &text, &n, &e) < 0 || !ours(r, text))
                return 0;
        for (char *line = text, *end; (end = strchr(line, '\n')); line = end + 1) {
                if (line > text)
                        take_line(r, line, (size_t) (end - line));
                whole = (size_t) (end - text) + 1;
        }
        return whole;
}

int rehearsal_state_open(const char *path, struct rehearsal *r, struct rehearsal_state **ret, struct error *e) {
        if (!may_replace(path))
                return error_set(e, -EEXIST, ERROR_FILE_INVALID,
                                 "%s is there already and is no state of a rehearsal: take it away, or give --html "
                                 "another name",
                                 path);
        size_t known = take_known(r, path);
        struct rehearsal_state *s = calloc(1, sizeof(*s));

        if (!s || !(s->path = str_dup(path))) {
                free(s);
                return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "not enough memory for %s", path);
        }
        s->file = fopen(path, known ? "re+" : "we");
        if (!s->file ||
            (known && (ftruncate(fileno(s->file), (off_t) known) < 0 || fseek(s->file, (long) known, SEEK_SET) < 0))) {
                int r2 = -errno;
                if (s->file)
                        fclose(s->file);
                free(s->path);
                free(s);
                return error_set(e, r2, ERROR_FILE_INVALID, "%s: %s", path, strerror(-r2));
        }
        (void) pthread_mutex_init(&s->lock, NULL);
        if (!known)
                fprintf(s->file, HEADER "%s\n", r->identity);
        *ret = s;
        return 0;
}

void rehearsal_state_add(struct rehearsal_state *s, size_t i, const struct rehearsed *x) {
        json_t *o _cleanup_json_ =
                        json_pack("{s:I, s:b, s:i, s:I, s:f, s:f, s:i, s:i, s:b, s:b, s:f, s:s?, s:s?, s:b, s:b}", "i",
                                  (json_int_t) i, "failed", x->failed, "tier", (int) x->tier, "category",
                                  (json_int_t) x->category, "confidence", x->confidence, "category_confidence",
                                  x->category_confidence, "method", (int) x->method, "action", (int) x->action, "draft",
                                  x->draft, "found", x->found, "score", x->score, "document", x->document, "title",
                                  x->title, "elsewhere", x->answered_elsewhere, "known", x->answer_known);
        char *text _cleanup_free_ = o ? json_text_as(o, JSON_COMPACT) : NULL; // all digits: what is read is what was

        pthread_mutex_lock(&s->lock);
        if (text && !s->failed && (fprintf(s->file, "%s\n", text) < 0 || fflush(s->file) != 0)) {
                s->failed = true;
                log_warning("%s: %s; a run that is stopped now begins anew", s->path, strerror(errno));
        }
        pthread_mutex_unlock(&s->lock);
}

void rehearsal_state_close(struct rehearsal_state *s) {
        if (!s)
                return;
        fclose(s->file);
        (void) pthread_mutex_destroy(&s->lock);
        free(s->path);
        free(s);
}
