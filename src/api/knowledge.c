// GET /knowledge: the documents and how each is, and has done. GET /knowledge/passages: what one says, as it is
// searched. POST /knowledge/reload: look at the folder now.
#include <errno.h>
#include <stdio.h>

#include "api/routes.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/string.h"
#include "store/answers.h"

enum {
        ANSWERS_DAYS = 90,  // of answers that are counted
        PASSAGES_MAX = 100, // of one answer
};
#define DAY_MS 86400000LL

static void add_document(void *arg, const struct knowledge_document *doc) {
        json_array_append_new(arg, json_pack("{s:s, s:s?, s:s?, s:I, s:s?, s:n, s:n}", "document", doc->path, "title",
                                             doc->title, "language", language_code(doc->language), "passages",
                                             (json_int_t) doc->passages, "problem", doc->problem, "answers", "failed"));
}

static json_t *state_json(struct knowledge *k) {
        struct knowledge_state state;
        char at[CLOCK_ISO_SIZE];

        knowledge_state(k, &state);
        clock_iso(state.indexed_ms, at);
        return json_pack("{s:I, s:I, s:I, s:s, s:s, s:s}", "documents", (json_int_t) state.documents, "passages",
                         (json_int_t) state.passages, "problems", (json_int_t) state.problems, "method",
                         state.semantic   ? "semantic"
                         : state.passages ? "keyword"
                                          : "none",
                         "version", state.version, "indexed_at", at);
}

static void add_answers(void *arg, const char *document, int64_t answers, int64_t failed) {
        json_object_set_new(arg, document,
                            json_pack("[I, I]", (json_int_t) answers, (json_int_t) failed)); // by name, for the list
}

// What the documents carried. A database that is away takes nothing else from the answer.
static void count_answers(struct desk *d, json_t *list) {
        struct store *s = desk_store(d);
        json_t *counts _cleanup_json_ = json_object(), *item;
        size_t i;

        if (!s || !counts ||
            store_answer_documents(s, clock_now_ms() - ANSWERS_DAYS * DAY_MS, add_answers, counts, NULL) < 0)
                return;
        json_array_foreach(list, i, item) {
                const json_t *pair = json_object_get(counts, json_str_or_null(item, "document"));
                json_object_set_new(item, "answers", json_integer(json_integer_value(json_array_get(pair, 0))));
                json_object_set_new(item, "failed", json_integer(json_integer_value(json_array_get(pair, 1))));
        }
}

void api_knowledge(struct http_request *r, void *app) {
        struct knowledge *k = desk_knowledge(app);
        json_t *list = json_array(), *j = state_json(k);

        knowledge_documents(k, add_document, list);
        count_answers(app, list);
        json_object_set_new(j, "items", list);
        http_reply_json(r, 200, j);
}

void api_knowledge_reload(struct http_request *r, void *app) {
        struct knowledge *k = desk_knowledge(app);
        struct error e = ERROR_INIT;
        int changed = knowledge_reload(k, &e);

        if (changed < 0) {
                http_reply_error(r, &e);
                return;
        }
        json_t *j = state_json(k);
        json_object_set_new(j, "changed", json_boolean(changed));
        http_reply_json(r, 200, j);
}

static void add_passage(void *arg, const char *title, const char *passage) {
        json_array_append_new(arg, json_pack("{s:s?, s:s}", "title", title, "passage", passage));
}

void api_knowledge_passages(struct http_request *r, void *app) {
        const char *document = http_query(r, "document"), *cursor = http_query(r, "cursor");
        json_t *list _cleanup_json_ = json_array();
        struct error e = ERROR_INIT;
        char next[24] = "";
        int64_t skip = 0;

        int k = 0;
        if (str_empty(document))
                k = error_set(&e, -EINVAL, ERROR_MISSING_FIELD, "\"document\" is missing; GET /knowledge lists them");
        else if (cursor && str_to_int64(cursor, 1, INT64_MAX, &skip) < 0)
                k = error_set(&e, -EINVAL, ERROR_INVALID_REQUEST,
                              "\"cursor\" must be the \"next\" of the answer before");
        else if ((k = knowledge_passages(desk_knowledge(app), document, (size_t) skip, PASSAGES_MAX, add_passage,
                                         list)) == -ENOENT)
                error_set(&e, k, ERROR_NOT_FOUND, "there is no such document");
        else if (k < 0)
                error_set(&e, k, ERROR_OUT_OF_MEMORY, "not enough memory for the passages");
        if (k < 0) {
                http_reply_error(r, &e);
                return;
        }
        if (json_array_size(list) == PASSAGES_MAX)
                snprintf(next, sizeof(next), "%lld", (long long) skip + PASSAGES_MAX);
        http_reply_json(r, 200,
                        json_pack("{s:s, s:O, s:s?}", "document", document, "passages", list, "next",
                                  *next ? next : NULL));
}
