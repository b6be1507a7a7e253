// A tokenizer.json and a text, with a NUL byte between them; where the first is refused, the text meets a small sound
// one.
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "model/tokenizer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static const char sound[] =
                "{\"normalizer\":{\"type\":\"BertNormalizer\",\"clean_text\":true,\"handle_chinese_chars\":true,"
                "\"lowercase\":true},"
                "\"pre_tokenizer\":{\"type\":\"BertPreTokenizer\"},"
                "\"added_tokens\":[{\"id\":1,\"content\":\"[CLS]\"},{\"id\":2,\"content\":\"[SEP]\",\"lstrip\":true,"
                "\"rstrip\":true}],"
                "\"post_processor\":{\"type\":\"BertProcessing\",\"cls\":[\"[CLS]\",1],\"sep\":[\"[SEP]\",2]},"
                "\"model\":{\"type\":\"WordPiece\",\"unk_token\":\"[UNK]\",\"max_input_chars_per_word\":20,"
                "\"vocab\":{\"[UNK]\":0,\"a\":3,\"##a\":4,\"ab\":5,\"##b\":6,\".\":7,\"i\":8,\"##\\u0307\":9,"
                "\"\\u03c2\":10,\"##\\u03c2\":11}}}";

// Every id is one of the vocabulary; a limit gives the same ids, fewer of them.
static void check(const struct tokenizer *t, const char *text, size_t n, size_t max) {
        int64_t *all = NULL, *some = NULL;
        size_t all_n = 0, some_n = 0, same = 0;

        if (tokenizer_encode(t, text, n, SIZE_MAX, &all, &all_n) == 0 &&
            tokenizer_encode(t, text, n, max, &some, &some_n) == 0) {
                for (size_t i = 0; i < all_n; i++)
                        if (all[i] < 0 || (size_t) all[i] >= tokenizer_vocabulary(t))
                                abort();
                if (some_n != (all_n < max ? all_n : max))
                        abort();
                while (same < some_n && some[same] == all[same])
                        same++;
                for (size_t k = some_n; k > same; k--) // the rest is the end of the whole
                        if (some[k - 1] != all[all_n - (some_n - k) - 1])
                                abort();
        }
        free(all);
        free(some);
}

// The text against itself: no more than the limit, a type for each id, and only_first leaves the second whole.
static void check_pair(const struct tokenizer *t, const char *text, size_t n, size_t max) {
        for (enum tokenizer_cut cut = TOKENIZER_CUT_FIRST; cut <= TOKENIZER_CUT_LONGEST; cut++) {
                struct tokenizer_pair p _cleanup_(tokenizer_pair_clear) = {0};

                if (tokenizer_encode_pair(t, text, n, text, n / 2, max, cut, &p) < 0)
                        continue;
                if (p.n > max || p.first > p.n)
                        abort();
                for (size_t i = 0; i < p.n; i++)
                        if (p.ids[i] < 0 || (size_t) p.ids[i] >= tokenizer_vocabulary(t) || p.types[i] < 0)
                                abort();
        }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
        static struct tokenizer *fixed;
        struct tokenizer *t _cleanup_(tokenizer_free_p) = NULL;
        const uint8_t *end = n > 0 ? memchr(data, '\0', n) : NULL;
        struct error e = ERROR_INIT;
        size_t json = end ? (size_t) (end - data) : 0;

        if (!fixed && tokenizer_parse(sound, sizeof(sound) - 1, &fixed, &e) < 0)
                abort();
        if (end && tokenizer_parse((const char *) data, json, &t, &e) < 0 && (e.code != ERROR_MODEL_UNAVAILABLE || t))
                abort();
        check(t ? t : fixed, (const char *) data + json, n - json, n % 7);
        check_pair(t ? t : fixed, (const char *) data + json, n - json, n % 23);
        return 0;
}
