// GET /knowledge: the documents and how each is. POST /knowledge/reload: look at the folder now.
#include "api/routes.h"
#include "base/clock.h"

static void add_document(void *arg, const char *path, const char *title, size_t passages, const char *problem) {
        json_array_append_new(arg, json_pack("{s:s, s:s?, s:I, s:s?}", "document", path, "title", title, "passages",
                                             (json_int_t) passages, "problem", problem));
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

void api_knowledge(struct http_request *r, void *app) {
        struct knowledge *k = desk_knowledge(app);
        json_t *list = json_array(), *j = state_json(k);

        knowledge_documents(k, add_document, list);
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
