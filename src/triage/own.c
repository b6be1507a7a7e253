#include "triage/own.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/string.h"
#include "triage/classifier.h"

static int take_up(struct triage *t, const struct classifier_row *row, struct error *e) {
        struct classifier *c = NULL;
        int r = classifier_parse("the classifier", row->content, strlen(row->content), &c, e);

        return r < 0 ? r : triage_adopt(t, c, e);
}

int own_use(struct triage *t, struct store *s, int64_t id, struct error *e) {
        struct classifier_row row _cleanup_classifier_row_ = {0};
        int r = store_classifier(s, id, &row, e);

        if (r > 0)
                r = take_up(t, &row, e);
        return r < 0 ? r : store_classifier_use(s, id, e);
}

int own_follow(struct triage *t, struct store *s, int64_t *in_use, struct error *e) {
        struct classifier_row row _cleanup_classifier_row_ = {0};
        struct error why = ERROR_INIT;
        int64_t id = 0;
        int r = store_classifier_in_use(s, &id, e);

        if (r < 0 || id == *in_use)
                return r;
        if (id != 0 && (r = store_classifier(s, id, &row, e)) < 0)
                return r;
        *in_use = id;
        if ((r > 0 ? take_up(t, &row, &why) : triage_adopt(t, NULL, &why)) < 0) {
                log_warning("going on without what was learned: %s", why.message);
                return triage_adopt(t, NULL, e);
        }
        if (r > 0)
                log_info("classifier %lld (%.8s) is in use", (long long) id, row.version);
        else
                log_info("no classifier of this desk is in use");
        return 0;
}

// ---- what it was learned from

void own_lessons_clear(struct own_lessons *l) {
        free(l->text);
        free((void *) l->keys);
        *l = (struct own_lessons){0};
}

static int compare(const void *a, const void *b) {
        return strcmp(*(const char *const *) a, *(const char *const *) b);
}

int own_lessons_of(const char *seen, struct own_lessons *ret) {
        struct own_lessons l _cleanup_own_lessons_ = {.text = str_dup(seen ? seen : "")};
        size_t lines = 0, n;

        for (const char *p = l.text; p && *p; p++)
                lines += *p == '\n';
        l.keys = calloc(lines + 1, sizeof(*l.keys));
        if (!l.text || !l.keys)
                return -ENOMEM;
        for (char *p = l.text; *p; p += n) {
                n = strcspn(p, "\n");
                l.keys[l.n++] = p;
                if (p[n])
                        p[n++] = '\0';
        }
        if (l.n > 1)
                qsort((void *) l.keys, l.n, sizeof(*l.keys), compare);
        *ret = l;
        l = (struct own_lessons){0};
        return 0;
}

int own_lessons_in_use(struct store *s, struct own_lessons *ret, struct error *e) {
        struct classifier_row row _cleanup_classifier_row_ = {0};
        int64_t id = 0;
        int r = store_classifier_in_use(s, &id, e);

        if (r == 0 && id != 0)
                r = store_classifier(s, id, &row, e);
        if (r < 0)
                return r;
        r = own_lessons_of(row.seen, ret);
        return r < 0 ? error_set(e, r, ERROR_OUT_OF_MEMORY, "not enough memory for what was learned from") : 0;
}

bool own_lessons_have(const struct own_lessons *l, const char *key) {
        return l->n > 0 && bsearch(&key, (const void *) l->keys, l->n, sizeof(*l->keys), compare) != NULL;
}
