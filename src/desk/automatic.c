#include "desk/automatic.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/string.h"
#include "desk/automatic_table.h"

enum {
        TEXT_BYTES_MAX = 48 * 1024, // looked at; a machine has said what it is by then
        TEXT_WORDS_MAX = 3000,
        OPENING_WORDS = 60, // where an absence note says that it is one
        SUBJECT_BYTES_MAX = 1000,
        PREFIXES_MAX = 8,        // "Re: Fwd: [list] Re:" and on
        TAG_BYTES_MAX = 60,      // of "[list]" before a subject
        SHOWN_MAX = 3,           // lines named in the reason
        REPEATED_BYTES_MIN = 12, // of a subject that is the beginning of the text
        EMPTY_WORDS = 5,         // fewer are no text
};

// The sender alone, one line of the text alone, or a subject without any text; else all together.
static const double ENOUGH = 3, ENOUGH_OF_HINTS = 4;
// "Automatic reply: Your invoice": few people write so.
static const double BEFORE_COLON = 1;
// What a person answers or passes on still has the machine's subject.
static const double AGAIN_FACTOR = 0.5;

struct judgement {
        const struct automatic *a;
        bool *seen;                   // per line
        double sender, text, subject; // of the subject's lines the weightiest one counts
        double away;                  // how much of these is said by absence notes
        bool text_settles;            // a line of the text is enough by itself
        size_t text_words;
        size_t person_at, machine_at;   // words of the text; SIZE_MAX: none
        double shown_weight[SHOWN_MAX]; // in order
        const struct automatic_line *shown[SHOWN_MAX];
        const struct automatic_line *subject_line; // the weightiest of the subject
};

static void show(struct judgement *j, const struct automatic_line *line) {
        size_t at = SHOWN_MAX;

        while (at > 0 && (!j->shown[at - 1] || j->shown_weight[at - 1] < line->weight))
                at--;
        if (at == SHOWN_MAX)
                return;
        memmove(j->shown + at + 1, j->shown + at, (SHOWN_MAX - at - 1) * sizeof(*j->shown));
        memmove(j->shown_weight + at + 1, j->shown_weight + at, (SHOWN_MAX - at - 1) * sizeof(*j->shown_weight));
        j->shown[at] = line;
        j->shown_weight[at] = line->weight;
}

// Said already, in the subject.
static bool said(const struct judgement *j, const struct automatic_line *line) {
        return j->subject_line && str_eq(j->subject_line->text, line->text);
}

static void count_subject(struct judgement *j, const struct automatic_line *line, double weight) {
        if (weight > j->subject) {
                j->subject = weight;
                j->subject_line = line;
        }
}

// Absence notes are written by people, in the first person: where they stand says nothing of who speaks first.
static void count_text(struct judgement *j, const struct automatic_line *line, size_t at) {
        if (line->kind == KIND_PERSON) {
                j->person_at = MIN(j->person_at, at);
                return;
        }
        if (said(j, line))
                return;
        j->text += line->weight;
        if (line->kind == KIND_AWAY) {
                j->away += line->weight;
        } else if (line->weight >= ENOUGH) {
                j->machine_at = MIN(j->machine_at, at);
                j->text_settles = true;
        }
        show(j, line);
}

static void count(struct judgement *j, size_t i, size_t at) {
        const struct automatic_line *line = &j->a->lines[i];

        j->seen[i] = true;
        switch (line->place) {
        case PLACE_ADDRESS:
        case PLACE_NAME:
                j->sender += line->weight;
                show(j, line);
                break;
        case PLACE_OPENING:
        case PLACE_TEXT:
                count_text(j, line, at);
                break;
        default:
                count_subject(j, line, line->weight);
                break;
        }
}

// ---- the sender

// "*" stands for anything. Each byte of the text is looked at once for each "*" at most.
static bool glob(const char *pattern, const char *text) {
        const char *star = NULL, *back = NULL;

        for (; *text; text++) {
                if (*pattern == '*') {
                        star = pattern++;
                        back = text--;
                } else if (*pattern == *text) {
                        pattern++;
                } else if (star) {
                        pattern = star + 1;
                        text = back++;
                } else {
                        return false;
                }
        }
        return pattern[strspn(pattern, "*")] == '\0';
}

static int judge_address(struct judgement *j, const char *address) {
        char *whole _cleanup_free_ = automatic_address(address);
        char *local _cleanup_free_ = whole ? str_ndup(whole, strcspn(whole, "@")) : NULL;

        if (!local)
                return -ENOMEM;
        for (size_t i = 0; i < j->a->n; i++) {
                const struct automatic_line *line = &j->a->lines[i];
                if (line->place == PLACE_ADDRESS && glob(line->text, strchr(line->text, '@') ? whole : local))
                        count(j, i, 0);
        }
        return 0;
}

// ---- words

struct place {
        struct judgement *j;
        enum automatic_place place;
        size_t at;    // the word looked at
        size_t whole; // of a line that must be the whole: how many words
        double bonus;
};

static void take(void *arg, size_t i, const struct phrase *phrase) {
        const struct place *p = arg;

        (void) phrase;
        if (p->j->a->lines[i].place == p->place && !p->j->seen[i])
                count(p->j, i, p->at);
}

static void look_up(struct judgement *j, const struct words *w, size_t at, enum automatic_place place) {
        struct place p = {.j = j, .place = place, .at = at};

        phrases_at(&j->a->phrases, w, at, take, &p);
}

static int judge_words(struct judgement *j, const char *text, enum automatic_place place) {
        struct words w _cleanup_words_ = {0};
        int r = words_add(&w, text);

        for (size_t i = 0; r == 0 && i < w.n; i++)
                look_up(j, &w, i, place);
        return r;
}

static void take_whole(void *arg, size_t i, const struct phrase *phrase) {
        const struct place *p = arg;
        const struct automatic_line *line = &p->j->a->lines[i];

        if (line->place == p->place && phrase->n == p->whole)
                count_subject(p->j, line, line->weight + p->bonus);
}

// Lines that are the whole of this piece of the subject.
static int judge_whole(struct judgement *j, const char *text, size_t n, enum automatic_place place, double bonus) {
        struct words w _cleanup_words_ = {0};
        char *piece _cleanup_free_ = str_ndup(text, n);
        int r = piece ? words_add(&w, piece) : -ENOMEM;

        if (r < 0)
                return r;
        // Without the empty one at the end.
        struct place p = {.j = j, .place = place, .whole = w.n - 1, .bonus = bonus};
        phrases_at(&j->a->phrases, &w, 0, take_whole, &p);
        return 0;
}

// ---- the subject

static bool starts_with_any(const char *s, const char *const *list, size_t n, size_t *ret) {
        for (size_t i = 0; i < n; i++)
                if (strncasecmp(s, list[i], strlen(list[i])) == 0) {
                        *ret = strlen(list[i]);
                        return true;
                }
        return false;
}

// Past "Re:", "AW:", "[list]" and their like. *again: an answer or a forwarded mail.
static const char *without_prefixes(const char *s, bool *again) {
        static const char *const prefixes[] = {"re:",   "re :",   "fw:",   "fwd:",  "aw:",    "wg:",    "tr:",
                                               "rv:",   "sv:",    "vs:",   "vb:",   "antw:",  "res:",   "enc:",
                                               "odp:",  "pd:",    "ynt:",  "vá:",   "rif:",   "i:",     "回复:",
                                               "答复:", "转发:",  "回覆:", "轉寄:", "转发：", "回复：", "答复：",
                                               "отв:",  "ответ:", "πρ:"};

        for (int i = 0; i < PREFIXES_MAX; i++) {
                size_t n;
                s += strspn(s, " \t*");
                if (starts_with_any(s, prefixes, ARRAY_LEN(prefixes), &n)) {
                        *again = true;
                        s += n;
                } else if (*s == '[' && (n = strcspn(s, "]")) < TAG_BYTES_MAX && s[n]) {
                        const char *after = s + n + 1;
                        if (str_empty(after))
                                return s;
                        s = after;
                } else {
                        return s;
                }
        }
        return s;
}

// A customer's form takes the beginning of the text for the subject: it says nothing of its own.
static bool repeats(const char *subject, const char *text) {
        size_t n = strlen(subject);

        return n >= REPEATED_BYTES_MIN && text && strncasecmp(subject, text + strspn(text, " \t\r\n"), n) == 0;
}

// Where the subject may end for a machine, which puts the subject that it answers behind its own.
static int judge_subject(struct judgement *j, const char *subject, const char *text) {
        static const char *const ends[] = {":", "：", "(", "（", "[", "【", " - ", " – ", " — "};
        enum { COLONS = 2 }; // of the ends
        char *copy _cleanup_free_ = str_ndup(subject, utf8_floor(subject, strlen(subject), SUBJECT_BYTES_MAX));
        bool again = false;

        if (!copy)
                return -ENOMEM;
        const char *s = without_prefixes(copy, &again);
        if (repeats(s, text))
                return 0;
        int r = judge_whole(j, s, strlen(s), PLACE_SUBJECT, 0);
        for (size_t i = 0; r == 0 && i < ARRAY_LEN(ends); i++) {
                const char *end = strstr(s, ends[i]);
                size_t n = end ? (size_t) (end - s) : 0;
                if (n)
                        r = judge_whole(j, s, n, PLACE_SUBJECT, i < COLONS ? BEFORE_COLON : 0);
                if (n && r == 0 && i < COLONS)
                        r = judge_whole(j, s, n, PLACE_HEADING, BEFORE_COLON);
        }
        if (r == 0)
                r = judge_words(j, s, PLACE_IN_SUBJECT);
        if (again)
                j->subject *= AGAIN_FACTOR;
        if (j->subject_line)
                show(j, j->subject_line);
        if (j->subject_line && j->subject_line->kind == KIND_AWAY)
                j->away += j->subject;
        return r;
}

// ---- the text

// The end of the first question; 0: none. One in an address of the web asks nothing.
static size_t first_question(const char *s) {
        static const char *const marks[] = {"？", "؟"};
        size_t found = 0;

        for (const char *p = strchr(s, '?'); p && !found; p = strchr(p + 1, '?'))
                if (p > s && (p[1] == '\0' || strchr(" \t\r\n\"')!?<", p[1])) && p[-1] != '=')
                        found = (size_t) (p + 1 - s);
        for (size_t i = 0; i < ARRAY_LEN(marks); i++) {
                const char *p = strstr(s, marks[i]);
                size_t end = p ? (size_t) (p - s) + strlen(marks[i]) : 0;
                if (end && (!found || end < found))
                        found = end;
        }
        return found;
}

static int judge_text(struct judgement *j, const char *text) {
        struct words w _cleanup_words_ = {0};
        char *copy _cleanup_free_ = str_ndup(text, utf8_floor(text, strlen(text), TEXT_BYTES_MAX));
        size_t question = copy ? first_question(copy) : 0;
        int r = copy ? 0 : -ENOMEM;

        if (r == 0 && question) {
                char kept = copy[question];
                copy[question] = '\0';
                r = words_add(&w, copy);
                copy[question] = kept;
                j->person_at = w.n;
        }
        if (r == 0)
                r = words_add(&w, copy + question);
        j->text_words = w.n;
        for (size_t i = 0; r == 0 && i < MIN(w.n, (size_t) TEXT_WORDS_MAX); i++) {
                look_up(j, &w, i, PLACE_TEXT);
                if (i < OPENING_WORDS)
                        look_up(j, &w, i, PLACE_OPENING);
        }
        return r;
}

// ---- the verdict

static enum automatic_verdict verdict_of(const struct judgement *j, bool after_answer) {
        double total = j->sender + j->subject + j->text;
        bool person = j->person_at != SIZE_MAX && j->person_at <= j->machine_at;

        if (j->sender >= ENOUGH)
                return AUTOMATIC_YES;
        if (person)
                return total - j->away >= ENOUGH_OF_HINTS ? AUTOMATIC_DOUBTFUL : AUTOMATIC_NO;
        // What comes back to an answer of ours within minutes is a machine's more often than not.
        if (total >= (after_answer ? ENOUGH : ENOUGH_OF_HINTS) || j->text_settles)
                return AUTOMATIC_YES;
        return j->subject >= ENOUGH && j->text_words < EMPTY_WORDS ? AUTOMATIC_YES : AUTOMATIC_NO;
}

static void explain(const struct judgement *j, char why[AUTOMATIC_WHY_SIZE]) {
        size_t len = 0;

        for (size_t i = 0; i < SHOWN_MAX && j->shown[i]; i++) {
                char part[AUTOMATIC_WHY_SIZE];
                const struct automatic_line *line = j->shown[i];
                int n = i == 0 ? snprintf(part, sizeof(part), "%s: \"%s\"", automatic_kind_words(line->kind),
                                          line->text)
                               : snprintf(part, sizeof(part), ", \"%s\"", line->text);
                if (n < 0 || len + (size_t) n >= AUTOMATIC_WHY_SIZE)
                        return;
                str_copy(why + len, AUTOMATIC_WHY_SIZE - len, part);
                len += (size_t) n;
        }
}

int automatic_judge(const struct automatic *a, const struct automatic_mail *m, enum automatic_verdict *ret,
                    char why[AUTOMATIC_WHY_SIZE]) {
        bool *seen _cleanup_free_ = calloc(a->n + 1, sizeof(*seen));
        struct judgement j = {.a = a, .seen = seen, .person_at = SIZE_MAX, .machine_at = SIZE_MAX};
        int r = seen ? 0 : -ENOMEM;

        if (r == 0 && m->address)
                r = judge_address(&j, m->address);
        if (r == 0 && m->name)
                r = judge_words(&j, m->name, PLACE_NAME);
        if (r == 0 && m->subject)
                r = judge_subject(&j, m->subject, m->text);
        if (r == 0 && m->text)
                r = judge_text(&j, m->text);
        if (r < 0)
                return r;
        why[0] = '\0';
        *ret = verdict_of(&j, m->after_answer);
        if (*ret != AUTOMATIC_NO)
                explain(&j, why);
        return 0;
}
