#include "knowledge/knowledge.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>

#include "base/log.h"
#include "base/metrics.h"
#include "base/string.h"
#include "knowledge/index.h"
#include "knowledge/listing.h"
#include "knowledge/search.h"
#include "knowledge/watch.h"

struct knowledge {
        char *folder;
        double floor;
        struct index_parts parts;
        bool stop; // read atomically by a reload that is under way

        pthread_mutex_t reload_lock; // one reload at a time; guards listing
        struct listing listing;      // the folder as it was when last looked at

        pthread_mutex_t lock; // guards the pointer only
        struct index *index;
        struct watch *watch;
};

static struct index *current(struct knowledge *k) {
        pthread_mutex_lock(&k->lock);
        struct index *x = index_ref(k->index);
        pthread_mutex_unlock(&k->lock);
        return x;
}

static void swap(struct knowledge *k, struct index *x) {
        pthread_mutex_lock(&k->lock);
        struct index *old = k->index;
        k->index = x;
        pthread_mutex_unlock(&k->lock);
        index_unref(old);
        metric_set(METRIC_KNOWLEDGE, "documents", (double) x->n_documents);
        metric_set(METRIC_KNOWLEDGE, "passages", (double) x->n_rows);
        metric_set(METRIC_KNOWLEDGE, "problems", (double) x->problems);
}

static void report(const struct knowledge *k, const struct index *x) {
        log_info("knowledge: %zu document%s in %s, %zu passage%s, search by %s", x->n_documents,
                 str_s((int64_t) x->n_documents), k->folder, x->n_rows, str_s((int64_t) x->n_rows),
                 x->vectors ? "meaning" : "keywords");
        if (x->problems > 0)
                log_warning("knowledge: %zu problem%s, the first: %s", x->problems, str_s((int64_t) x->problems),
                            x->problem);
}

// With reload_lock held. 1, 0 or negative.
static int look(struct knowledge *k, struct error *e) {
        struct listing now _cleanup_listing_ = {0};
        struct document **documents = NULL;
        struct index *x = NULL;
        bool changed;
        size_t n = 0;

        if (listing_scan(k->folder, &now) < 0)
                return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "no memory to read %s", k->folder);
        if (k->index && now.unseen)
                return error_set(e, -EAGAIN, ERROR_FILE_INVALID, "%s", now.problem);
        if (k->index && listing_equal(&now, &k->listing))
                return 0;
        // Nobody else changes k->index while the reload lock is held, so it may be read here.
        if (index_load(&now, k->index, &documents, &n, &changed) < 0)
                return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "no memory to read %s", k->folder);
        changed |= !str_eq(now.problem, k->listing.problem);
        if (changed) {
                int r = index_build(&k->parts, documents, n, now.problem, k->index, &x, e);
                if (r < 0) {
                        index_unload(documents, n);
                        return r;
                }
                swap(k, x);
                report(k, x);
        } else {
                index_unload(documents, n);
        }
        listing_clear(&k->listing);
        k->listing = now;
        now = (struct listing){0};
        return changed;
}

int knowledge_reload(struct knowledge *k, struct error *e) {
        pthread_mutex_lock(&k->reload_lock);
        int r = look(k, e);
        pthread_mutex_unlock(&k->reload_lock);
        return r;
}

static void on_watch(void *arg) {
        struct knowledge *k = arg;
        struct error e = ERROR_INIT;

        if (knowledge_reload(k, &e) < 0 && !__atomic_load_n(&k->stop, __ATOMIC_RELAXED))
                log_warning("knowledge: the changed folder was not indexed, the old index stays: %s", e.message);
}

int knowledge_open(const struct knowledge_options *o, struct knowledge **ret, struct error *e) {
        struct knowledge *k _cleanup_(knowledge_free_p) = calloc(1, sizeof(*k));
        int r;

        if (!k || !(k->folder = str_dup(o->folder))) {
                free(k);
                k = NULL;
                return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "no memory for the knowledge base");
        }
        (void) pthread_mutex_init(&k->lock, NULL);
        (void) pthread_mutex_init(&k->reload_lock, NULL);
        k->floor = o->floor;
        k->parts = (struct index_parts){o->encoder, o->store, o->progress, o->progress_arg, &k->stop};
        r = knowledge_reload(k, e);
        if (r < 0)
                return r;
        k->parts.progress = NULL; // whoever watched the start may be gone by the next reload
        if (o->reload_s > 0 && (r = watch_start(o->reload_s, on_watch, k, &k->watch)) < 0)
                return error_set(e, r, ERROR_OUT_OF_MEMORY, "no thread to watch %s", k->folder);
        *ret = TAKE_PTR(k);
        return 0;
}

struct knowledge *knowledge_free(struct knowledge *k) {
        if (!k)
                return NULL;
        __atomic_store_n(&k->stop, true, __ATOMIC_RELAXED);
        watch_stop(k->watch);
        index_unref(k->index);
        listing_clear(&k->listing);
        pthread_mutex_destroy(&k->lock);
        pthread_mutex_destroy(&k->reload_lock);
        free(k->folder);
        free(k);
        return NULL;
}

int knowledge_search_in(struct knowledge *k, language_set languages, const char *question, const float *vector,
                        size_t max, struct findings *ret, struct error *e) {
        struct index *x _cleanup_(index_unref_p) = current(k);
        return index_search(x, languages, question, vector, k->floor, max, ret, e);
}

int knowledge_search(struct knowledge *k, const char *question, const float *vector, size_t max, struct findings *ret,
                     struct error *e) {
        return knowledge_search_in(k, ~(language_set) 0, question, vector, max, ret, e);
}

void knowledge_languages(struct knowledge *k, struct knowledge_languages *ret) {
        struct index *x _cleanup_(index_unref_p) = current(k);

        *ret = (struct knowledge_languages){0};
        for (size_t i = 0; i < x->n_documents; i++) {
                const struct document *d = x->documents[i];
                if (d->n_passages == 0)
                        continue;
                ret->documents++;
                if (d->language == LANGUAGE_UNKNOWN)
                        ret->unknown++;
                else
                        ret->set |= language_bit(d->language);
        }
}

void knowledge_state(struct knowledge *k, struct knowledge_state *ret) {
        struct index *x _cleanup_(index_unref_p) = current(k);

        *ret = (struct knowledge_state){
                        .documents = x->n_documents,
                        .passages = x->n_rows,
                        .problems = x->problems,
                        .semantic = x->vectors && x->n_rows > 0,
                        .indexed_ms = x->indexed_ms,
        };
        memcpy(ret->version, x->version, sizeof(ret->version));
        memcpy(ret->problem, x->problem, sizeof(ret->problem));
}

void knowledge_documents(struct knowledge *k, void (*fn)(void *arg, const struct knowledge_document *doc), void *arg) {
        struct index *x _cleanup_(index_unref_p) = current(k);

        for (size_t i = 0; i < x->n_documents; i++) {
                const struct document *d = x->documents[i];
                fn(arg, &(struct knowledge_document){.path = d->path,
                                                     .title = document_title(d),
                                                     .passages = d->n_passages,
                                                     .language = d->language,
                                                     .problem = d->note});
        }
}

int knowledge_passages(struct knowledge *k, const char *document, size_t skip, size_t max,
                       void (*fn)(void *arg, const char *title, const char *passage), void *arg) {
        struct index *x _cleanup_(index_unref_p) = current(k);
        size_t at = 0;

        while (at < x->n_documents && !str_eq(x->documents[at]->path, document))
                at++;
        if (at == x->n_documents)
                return -ENOENT;
        const struct document *d = x->documents[at];
        for (size_t i = skip; i < d->n_passages && i - skip < max; i++) {
                const struct passage *p = &d->passages[i];
                char *text _cleanup_free_ = str_ndup(d->page.text + p->from, p->to - p->from);
                if (!text)
                        return -ENOMEM;
                fn(arg, d->articles[p->article].title, text);
        }
        return 0;
}
