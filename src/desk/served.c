#include "desk/served.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/string.h"

static const language_set ALL = ~(language_set) 0;

int served_parse(const char *setting, language_set *ret, struct error *e) {
        static const char between[] = ", \t";
        language_set set = 0;
        enum language l = LANGUAGE_UNKNOWN;

        for (const char *p = setting + strspn(setting, between); *p; p += strspn(p, between)) {
                size_t n = strcspn(p, between);
                if (n == strlen("any") && memcmp(p, "any", n) == 0)
                        set = ALL;
                else if (language_parse(p, n, &l) == 0)
                        set |= language_bit(l);
                else
                        return error_set(e, -EINVAL, ERROR_SETTING_INVALID,
                                         "LANGUAGES: \"%.*s\" is no language that is recognised: write codes such as "
                                         "en, de, pt or zh with commas between them, or any",
                                         (int) MIN(n, (size_t) 32), p);
                p += n;
        }
        if (!set)
                return error_set(e, -EINVAL, ERROR_SETTING_INVALID,
                                 "LANGUAGES names no language: write en, or another, or any");
        *ret = set;
        return 0;
}

int served_look(struct desk *d, const char *subject, const char *text, struct spoken *ret, language_set *ret_of,
                char why[SERVED_WHY_SIZE]) {
        struct language_guess g;
        struct knowledge_languages of;
        int r = language_of(subject, text, &g);

        if (r < 0)
                return r;
        *why = '\0';
        *ret = (struct spoken){.guess = g, .served = true};
        // What cannot be told is taken for what can be read, and answered from no document that cannot.
        *ret_of = d->languages;
        if (g.language == LANGUAGE_UNKNOWN)
                return 0;
        knowledge_languages(d->knowledge, &of);
        if (!(d->languages & language_bit(g.language)))
                snprintf(why, SERVED_WHY_SIZE, "it is written in %s (%.0f %% sure), which is not one of the LANGUAGES",
                         language_name(g.language), g.confidence * 100);
        else if (of.documents > 0 && of.unknown == 0 && !(of.set & language_bit(g.language)))
                snprintf(why, SERVED_WHY_SIZE,
                         "it is written in %s (%.0f %% sure), and the knowledge base has no document in that language",
                         language_name(g.language), g.confidence * 100);
        ret->served = !*why;
        *ret_of = ret->served ? language_bit(g.language) : ALL;
        return 0;
}

json_t *spoken_json(const struct spoken *s) {
        return json_pack("{s:s?, s:o, s:b}", "code", language_code(s->guess.language), "confidence",
                         json_rounded(s->guess.confidence), "served", s->served);
}
