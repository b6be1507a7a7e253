#include "desk/identity.h"

#include <stdio.h>
#include <string.h>

#include "base/digest.h"
#include "base/file.h"
#include "base/string.h"

enum { RULES_FILE_MAX = 4 * 1024 * 1024 };

static void add_file(struct digest *digest, const char *folder, const char *name) {
        char *path _cleanup_free_ = folder ? file_join(folder, name) : NULL;
        char *text _cleanup_free_ = NULL;
        struct error e = ERROR_INIT;
        size_t n = 0;

        // A file that cannot be read is as one that is not there.
        digest_update(digest, name, strlen(name) + 1);
        if (path && file_read(path, RULES_FILE_MAX, &text, &n, &e) == 0)
                digest_update(digest, text, n);
}

void identity_of_rules(const struct desk *d, char ret[IDENTITY_SIZE]) {
        static const char *const names[] = {"categories.tsv", "examples.tsv",   "keywords.tsv",
                                            "intents.tsv",    "hypotheses.tsv", "signals.tsv"};
        static const enum setting_id thresholds[] = {SETTING_MIN_CONFIDENCE, SETTING_KNOWLEDGE_FLOOR,
                                                     SETTING_LANGUAGES};
        const char *given = settings_text(d->settings, SETTING_CONFIG_DIR);
        char *folder _cleanup_free_ = file_find_data(given);
        struct digest *digest = digest_new();
        uint8_t bytes[DIGEST_SIZE] = {0};
        char starter[TRIAGE_VERSION_SIZE] = "", model[TRIAGE_VERSION_SIZE] = "";

        if (digest) {
                for (size_t i = 0; i < ARRAY_LEN(names); i++)
                        add_file(digest, folder ? folder : given, names[i]);
                triage_learned(d->triage, TRIAGE_ZERO_SHOT, starter);
                digest_update(digest, starter, sizeof(starter));
                triage_learned(d->triage, TRIAGE_ZERO_SHOT_MODEL, model);
                digest_update(digest, model, strlen(model));
                for (size_t i = 0; i < ARRAY_LEN(thresholds); i++) {
                        const char *value = settings_shown(d->settings, thresholds[i]);
                        digest_update(digest, value, strlen(value) + 1);
                }
                (void) digest_end(digest, bytes);
        }
        digest_hex(bytes, IDENTITY_SIZE / 2, ret);
}

void identity_of_text(const char *subject, const char *body, char ret[IDENTITY_SIZE]) {
        struct digest *digest = digest_new();
        uint8_t bytes[DIGEST_SIZE] = {0};

        if (digest) {
                digest_update(digest, subject, strlen(subject) + 1);
                digest_update(digest, body, strlen(body) + 1);
                (void) digest_end(digest, bytes);
        }
        digest_hex(bytes, IDENTITY_SIZE / 2, ret);
}
