#include "triage/own.h"

#include <string.h>

#include "base/log.h"
#include "triage/classifier.h"

int own_follow(struct triage *t, struct store *s, int64_t *in_use, struct error *e) {
        struct classifier_row row _cleanup_classifier_row_ = {0};
        struct classifier *c = NULL;
        struct error why = ERROR_INIT;
        int64_t id = 0;
        int r = store_classifier_in_use(s, &id, e);

        if (r < 0 || id == *in_use)
                return r;
        if (id != 0 && (r = store_classifier(s, id, &row, e)) < 0)
                return r;
        *in_use = id;
        bool usable = r == 0 || classifier_parse("the classifier", row.content, strlen(row.content), &c, &why) == 0;
        if (!usable || triage_adopt(t, c, &why) < 0) {
                log_warning("going on without what was learned: %s", why.message);
                return triage_adopt(t, NULL, e);
        }
        if (id != 0)
                log_info("classifier %lld (%.8s) is in use", (long long) id, row.version);
        else
                log_info("no classifier of this desk is in use");
        return 0;
}
