#include "text/language_index.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "base/hash.h"
#include "base/string.h"
#include "text/words.h"

enum { SLOTS = 8192 }; // about 3,500 words and letters: never half full

_Static_assert(LANGUAGE_COUNT_ <= 64, "a language has a bit of a language_set");

static const struct {
        const char *code, *name;
        enum script script;
        const char *words;
} languages[LANGUAGE_COUNT_] = {
#define LANGUAGE(id, code, name, script, words) {code, name, SCRIPT_##script, words},
                LANGUAGE_TABLE(LANGUAGE)
#undef LANGUAGE
};

static const struct {
        const char *letters, *codes;
} letters[] = {
#define LETTERS(letters, codes) {letters, codes},
                LANGUAGE_LETTERS_TABLE(LETTERS)
#undef LETTERS
};

static const struct {
        enum script script;
        int32_t first, last;
} scripts[] = {
#define RANGE(script, first, last) {SCRIPT_##script, first, last},
                LANGUAGE_SCRIPT_TABLE(RANGE)
#undef RANGE
};

// By 64-bit hashes: of a few thousand words no two have the same.
static struct slot {
        uint64_t hash; // 0: free
        language_set set;
} slots[SLOTS];
static atomic_bool ready;
static pthread_mutex_t making = PTHREAD_MUTEX_INITIALIZER;

// kind: words and letters do not meet.
static uint64_t hash_of(char kind, const char *s, size_t n) {
        uint64_t h = hash_add(hash_byte(HASH_START, (uint8_t) kind), s, n);

        return h ? h : 1;
}

static struct slot *find(uint64_t hash) {
        size_t i = hash % SLOTS;

        while (slots[i].hash && slots[i].hash != hash)
                i = (i + 1) % SLOTS;
        return &slots[i];
}

static void add(uint64_t hash, language_set set) {
        struct slot *s = find(hash);

        s->hash = hash;
        s->set |= set;
}

static int add_words(enum language l) {
        struct words w _cleanup_words_ = {0};
        int r = words_add(&w, languages[l].words);

        for (size_t i = 0; r == 0 && i < w.n; i++) {
                const char *word = words_get(&w, i);
                if (*word)
                        add(hash_of('w', word, strlen(word)), language_bit(l));
        }
        return r;
}

static language_set set_of_codes(const char *codes) {
        language_set set = 0;
        enum language l = LANGUAGE_UNKNOWN;

        for (const char *p = codes; *p; p += strspn(p, " ")) {
                size_t n = strcspn(p, " ");
                if (language_parse(p, n, &l) == 0)
                        set |= language_bit(l);
                p += n;
        }
        return set;
}

static void add_letters(const char *list, language_set set) {
        for (size_t left = strlen(list), n; left > 0; list += n, left -= n) {
                n = utf8_char_len(list, left);
                if (n == 0)
                        return;
                add(hash_of('l', list, n), set);
        }
}

int language_index_open(void) {
        int r = 0;

        if (atomic_load_explicit(&ready, memory_order_acquire))
                return 0;
        pthread_mutex_lock(&making);
        if (!atomic_load_explicit(&ready, memory_order_relaxed)) {
                for (enum language l = 0; r == 0 && l < LANGUAGE_COUNT_; l++)
                        r = add_words(l);
                for (size_t i = 0; r == 0 && i < ARRAY_LEN(letters); i++)
                        add_letters(letters[i].letters, set_of_codes(letters[i].codes));
                if (r == 0)
                        atomic_store_explicit(&ready, true, memory_order_release);
        }
        pthread_mutex_unlock(&making);
        return r;
}

language_set language_of_word(const char *word) {
        return find(hash_of('w', word, strlen(word)))->set;
}

language_set language_of_letter(const char *letter, size_t n) {
        return find(hash_of('l', letter, n))->set;
}

enum script script_of(int32_t code_point) {
        for (size_t i = 0; i < ARRAY_LEN(scripts); i++)
                if (code_point >= scripts[i].first && code_point <= scripts[i].last)
                        return scripts[i].script;
        return SCRIPT_NONE;
}

language_set languages_of_script(enum script s) {
        language_set set = 0;

        for (enum language l = 0; l < LANGUAGE_COUNT_; l++)
                if (languages[l].script == s)
                        set |= language_bit(l);
        return set;
}

const char *language_code(enum language l) {
        return l < LANGUAGE_COUNT_ ? languages[l].code : NULL;
}

const char *language_name(enum language l) {
        return l < LANGUAGE_COUNT_ ? languages[l].name : "an unknown language";
}

int language_parse(const char *code, size_t n, enum language *ret) {
        for (enum language l = 0; l < LANGUAGE_COUNT_; l++)
                if (strlen(languages[l].code) == n && memcmp(languages[l].code, code, n) == 0) {
                        *ret = l;
                        return 0;
                }
        return -EINVAL;
}
