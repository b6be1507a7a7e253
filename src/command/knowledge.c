#include "knowledge/knowledge.h"

#include <errno.h>
#include <string.h>

#include "base/string.h"
#include "command/list.h"
#include "command/output.h"
#include "command/parts.h"
#include "command/show.h"

enum { SEARCH_DEFAULT = 5, SEARCH_MAX = 100, TITLE_COLUMN = 34 };

// The knowledge base alone, with as much of the rest as the task needs.
struct shelf {
        struct store *store;
        struct encoder *encoder;
        struct knowledge *knowledge;
};

static void shelf_close(struct shelf *s) {
        knowledge_free(s->knowledge);
        encoder_free(s->encoder);
        store_close(s->store);
}
#define _cleanup_shelf_ _cleanup_(shelf_close)

enum shelf_kind {
        SHELF_PLAIN,    // the documents alone
        SHELF_SEMANTIC, // with vectors, from the database where there is one
        SHELF_KEPT,     // with vectors, kept in the database
};

static int shelf_open(const struct settings *settings, enum shelf_kind kind, struct shelf *s, struct error *e) {
        char *folder _cleanup_free_ = parts_folder(settings, SETTING_KNOWLEDGE_DIR);
        static char label[] = "Indexing";
        struct knowledge_options o = {.folder = folder, .floor = settings_real(settings, SETTING_KNOWLEDGE_FLOOR)};
        int r;

        if (!folder)
                return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "not enough memory");
        if (kind != SHELF_PLAIN && (r = parts_encoder(settings, &s->encoder, e)) < 0)
                return r;
        // Looking makes no database.
        if (kind == SHELF_KEPT || (s->encoder && parts_database_exists(settings))) {
                r = store_open(settings_text(settings, SETTING_DATABASE_URL), &s->store, e);
                if (r < 0)
                        return r;
        }
        o.encoder = s->encoder;
        o.store = s->store;
        if (s->encoder) {
                o.progress = output_progress;
                o.progress_arg = label;
        }
        return knowledge_open(&o, &s->knowledge, e);
}

static json_t *state_json(const struct knowledge_state *k) {
        return json_pack("{s:I, s:I, s:I, s:b, s:s, s:s?}", "documents", (json_int_t) k->documents, "passages",
                         (json_int_t) k->passages, "problems", (json_int_t) k->problems, "semantic", k->semantic,
                         "version", k->version, "problem", *k->problem ? k->problem : NULL);
}

static void list_row(void *arg, const struct knowledge_document *doc) {
        const char *language = language_code(doc->language);
        json_t *rows = arg;

        if (rows) {
                json_array_append_new(rows, json_pack("{s:s, s:s?, s:s?, s:I, s:s?}", "document", doc->path, "title",
                                                      doc->title, "language", language, "passages",
                                                      (json_int_t) doc->passages, "problem", doc->problem));
                return;
        }
        fprintf(stdout, "%5zu  %-2s  ", doc->passages, language ? language : "-");
        output_styled(stdout, OUTPUT_BOLD, doc->path);
        fputs("  ", stdout);
        if (doc->problem)
                output_styled(stdout, OUTPUT_BAD, doc->problem);
        else
                output_styled(stdout, OUTPUT_DIM, doc->title ? doc->title : "");
        fputc('\n', stdout);
}

static int list(const struct invocation *i, struct error *e) {
        struct shelf s _cleanup_shelf_ = {0};
        struct knowledge_state state;
        json_t *rows = NULL;
        int r = shelf_open(i->settings, SHELF_PLAIN, &s, e);

        if (r < 0)
                return r;
        if (i->json && !(rows = json_array()))
                return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "not enough memory");
        knowledge_documents(s.knowledge, list_row, rows);
        if (i->json)
                return output_json(stdout, json_pack("{s:o}", "documents", rows), e);
        knowledge_state(s.knowledge, &state);
        fprintf(stdout, "%5zu  passage%s in %zu document%s", state.passages, str_s((int64_t) state.passages),
                state.documents, str_s((int64_t) state.documents));
        if (state.problems > 0)
                fprintf(stdout, ", %zu problem%s", state.problems, str_s((int64_t) state.problems));
        fputc('\n', stdout);
        if (state.documents == 0 && *state.problem)
                output_paragraphs(stdout, state.problem, 0, output_width(stdout));
        return 0;
}

// The encoder must work here: an index of keywords alone is what every start makes.
static int build_index(const struct invocation *i, struct error *e) {
        struct shelf s _cleanup_shelf_ = {0};
        struct knowledge_state state;
        int r = shelf_open(i->settings, SHELF_KEPT, &s, e);

        if (r < 0)
                return r;
        knowledge_state(s.knowledge, &state);
        if (state.passages == 0)
                return error_set(e, -ENOENT, ERROR_KNOWLEDGE_UNAVAILABLE, "%s",
                                 *state.problem ? state.problem : "the knowledge base has no passages");
        if (i->json)
                return output_json(stdout, state_json(&state), e);
        output_field(stdout, "Documents", "%zu", state.documents);
        output_field(stdout, "Passages", "%zu", state.passages);
        output_field(stdout, "Search", "%s", state.semantic ? "semantic" : "keyword");
        output_field(stdout, "Version", "%s", state.version);
        if (*state.problem)
                output_field(stdout, "Problem", "%s", state.problem);
        return 0;
}

static json_t *found_json(const struct findings *f) {
        json_t *rows = json_array();

        for (size_t k = 0; rows && k < f->n; k++)
                json_array_append_new(rows, json_pack("{s:s, s:s, s:s, s:f, s:b}", "document", f->items[k].document,
                                                      "title", f->items[k].title, "passage", f->items[k].passage,
                                                      "score", f->items[k].score, "above", f->items[k].above));
        return json_pack("{s:b, s:s, s:f, s:s, s:o}", "found", f->found, "method", retrieval_method_name(f->method),
                         "floor", f->floor, "version", f->version, "findings", rows);
}

static int embed_question(struct encoder *m, const char *question, float **ret, struct error *e) {
        float *v _cleanup_free_ = NULL;
        int r;

        if (!m)
                return 0;
        v = calloc(encoder_dimensions(m), sizeof(*v));
        if (!v)
                return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "not enough memory");
        r = encoder_embed(m, question, v, e);
        if (r == 0)
                *ret = TAKE_PTR(v);
        return r;
}

static int search(const struct invocation *i, struct error *e) {
        struct findings found _cleanup_findings_ = {0};
        struct shelf s _cleanup_shelf_ = {0};
        const char *question = i->operands[1], *max_text = invocation_value(i, "--max");
        float *vector _cleanup_free_ = NULL;
        int64_t max = SEARCH_DEFAULT;
        struct error why = ERROR_INIT;
        int r;

        if (!question || str_empty(question) || !utf8_valid(question, strlen(question)))
                return error_set(e, -EINVAL, ERROR_USAGE, "usage: firstline knowledge search QUESTION");
        if (max_text && str_to_int64(max_text, 1, SEARCH_MAX, &max) < 0)
                return error_set(e, -EINVAL, ERROR_USAGE, "--max must be a whole number from 1 to %d", SEARCH_MAX);
        r = shelf_open(i->settings, SHELF_SEMANTIC, &s, &why);
        if (r < 0 && s.encoder)
                return error_set(e, r, why.code, "%s", why.message);
        if (r < 0) {
                // Without the model the search goes by keywords, as the server's does.
                fprintf(stderr, "firstline: searching by keywords: %s\n", why.message);
                shelf_close(&s);
                s = (struct shelf){0};
                r = shelf_open(i->settings, SHELF_PLAIN, &s, e);
        }
        if (r < 0 || (r = embed_question(s.encoder, question, &vector, e)) < 0 ||
            (r = knowledge_search(s.knowledge, question, vector, (size_t) max, &found, e)) < 0)
                return r;
        if (i->json)
                return output_json(stdout, found_json(&found), e);
        if (!found.found)
                fprintf(stdout, "Nothing reaches the floor of %.2f.%s", found.floor,
                        found.n > 0 ? " The nearest:\n\n" : "\n");
        show_findings(stdout, &found, true);
        return 0;
}

static const struct {
        const char *name;
        int (*run)(const struct invocation *i, struct error *e);
        unsigned operands_max;
} tasks[] = {
                {"list", list, 1},
                {"index", build_index, 1},
                {"search", search, 2},
};

static int run(const struct invocation *i, struct error *e) {
        for (size_t k = 0; k < ARRAY_LEN(tasks); k++)
                if (str_eq(i->operands[0], tasks[k].name)) {
                        if (i->n_operands > tasks[k].operands_max)
                                return error_set(e, -EINVAL, ERROR_USAGE,
                                                 "%s is one word too many; put a question in quotes",
                                                 i->operands[tasks[k].operands_max]);
                        return tasks[k].run(i, e);
                }
        return error_set(e, -EINVAL, ERROR_USAGE, "%s is not list, index or search", i->operands[0]);
}

static const struct command_option options[] = {
                {.name = "--max", .value = "NUMBER", .help = "findings of a search; 5 if not given"},
                {.name = NULL},
};

const struct command command_knowledge = {
                .name = "knowledge",
                .summary = "list, index or search the knowledge base",
                .operands = "list|index|search [QUESTION]",
                .about = "list: the documents of KNOWLEDGE_DIR, how many passages each has, and what is wrong with "
                         "it.\n"
                         "index: computes the vectors of all passages now and keeps them in the database, so that the "
                         "server starts at once.\n"
                         "search: the passages nearest to QUESTION with their scores, those under the floor as well.",
                .options = options,
                .operands_min = 1,
                .operands_max = 2,
                .run = run,
};
