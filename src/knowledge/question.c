#include "knowledge/question.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <utf8proc.h>

#include "base/string.h"
#include "knowledge/question_table.h"
#include "text/sentence.h"

enum {
        LABEL_MAX = 24,          // bytes: longer than any label
        NUMBER_MAX = 4,          // digits of "Q12:"
        QUESTION_LINE_MAX = 200, // bytes of a question that stands as a heading without a label
        QUESTION_SHARE = 4,      // at least one block in so many must be one before they count as headings
};

static const struct {
        const char *question, *answer;
        bool alone;
} labels[] = {
#define LABEL(question, answer, alone) {question, answer, alone},
                QUESTION_TABLE(LABEL)
#undef LABEL
};

enum { LABEL_ROWS = ARRAY_LEN(labels) };

struct marker {
        char label[LABEL_MAX + 1];
        size_t behind; // where the text behind it starts
};

static bool is_blank(char c) {
        return c == ' ' || c == '\t' || c == '\r';
}

static size_t skip(const char *s, size_t i, size_t end, const char *chars) {
        while (i < end && s[i] && strchr(chars, s[i]))
                i++;
        return i;
}

// "Q:", "Question 3:", "**Q1.**", "- Q)", "1. Frage:" at the start of a line.
static bool read_marker(const char *s, size_t start, size_t end, struct marker *ret) {
        size_t i = skip(s, start, end, " \t-*_>#"), n = 0, number = i;

        while (number < end && s[number] >= '0' && s[number] <= '9')
                number++;
        if (number > i && number < end && (s[number] == '.' || s[number] == ')'))
                i = skip(s, number + 1, end, " \t*_");
        while (i < end && n + 4 <= LABEL_MAX) { // letters
                utf8proc_int32_t c;
                utf8proc_ssize_t k =
                                utf8proc_iterate((const utf8proc_uint8_t *) s + i, (utf8proc_ssize_t) (end - i), &c);
                utf8proc_category_t category = k > 0 ? utf8proc_category(c) : UTF8PROC_CATEGORY_CN;
                if (category < UTF8PROC_CATEGORY_LU || category > UTF8PROC_CATEGORY_LO)
                        break;
                n += (size_t) utf8proc_encode_char(utf8proc_tolower(c), (utf8proc_uint8_t *) ret->label + n);
                i += (size_t) k;
        }
        ret->label[n] = '\0';
        if (n == 0)
                return false;
        bool letter = n == 1;
        size_t digits = skip(s, i, end, " #"), k = digits;
        while (k < end && k - digits < NUMBER_MAX && s[k] >= '0' && s[k] <= '9')
                k++;
        if (k > digits)
                i = k;
        i = skip(s, i, end, "*_");
        if (i >= end)
                return false;
        size_t mark = s[i] == ':' ? 1 : strncmp(s + i, "\xEF\xBC\x9A", 3) == 0 ? 3 : 0; // the wide colon
        if (mark == 0 && (letter || k > digits) && (s[i] == '.' || s[i] == ')') && i + 1 < end &&
            (is_blank(s[i + 1]) || s[i + 1] == '*'))
                mark = 1;
        if (mark == 0)
                return false;
        ret->behind = skip(s, i + mark, end, "*_");
        // "a:b" is no label, but "A:" at the end of a line is one.
        if (mark == 1 && ret->behind < end && !is_blank(s[ret->behind]) && s[ret->behind] != '\n' &&
            ret->behind == i + mark)
                return false;
        ret->behind = skip(s, ret->behind, end, " \t");
        return true;
}

bool question_labelled(const char *text, size_t start, size_t end) {
        struct marker m;

        if (!read_marker(text, start, end, &m))
                return false;
        for (size_t r = 0; r < LABEL_ROWS; r++)
                if (strcmp(labels[r].question, m.label) == 0 || strcmp(labels[r].answer, m.label) == 0)
                        return true;
        return false;
}

static size_t line_end(const char *s, size_t i, size_t end) {
        const char *stop = memchr(s + i, '\n', end - i);
        return stop ? (size_t) (stop - s) : end;
}

struct labels_seen {
        bool question[LABEL_ROWS], answer[LABEL_ROWS]; // an answer only behind a question of its row
};

static void look_for_labels(const struct page *p, struct labels_seen *seen) {
        for (size_t b = 0; b < p->n_blocks; b++) {
                for (size_t i = p->blocks[b].start, stop; i < p->blocks[b].end; i = stop + 1) {
                        struct marker m;
                        stop = line_end(p->text, i, p->blocks[b].end);
                        if (!read_marker(p->text, i, stop, &m))
                                continue;
                        for (size_t r = 0; r < LABEL_ROWS; r++) {
                                seen->question[r] |= strcmp(labels[r].question, m.label) == 0;
                                seen->answer[r] |= seen->question[r] && strcmp(labels[r].answer, m.label) == 0;
                        }
                }
        }
}

static bool kind_of(const struct labels_seen *seen, const char *label, enum block_kind *ret) {
        for (size_t r = 0; r < LABEL_ROWS; r++) {
                if (!(seen->question[r] && (seen->answer[r] || labels[r].alone)))
                        continue;
                if (strcmp(labels[r].question, label) == 0) {
                        *ret = BLOCK_QUESTION;
                        return true;
                }
                if (seen->answer[r] && strcmp(labels[r].answer, label) == 0) {
                        *ret = BLOCK_ANSWER;
                        return true;
                }
        }
        return false;
}

// One text block into blocks at the lines that start with a label.
static int split_labels(struct page *out, const struct block *b, const struct labels_seen *seen) {
        enum block_kind kind = b->kind;
        size_t from = b->start;
        int r = 0;

        for (size_t i = b->start, stop; r == 0 && i < b->end; i = stop + 1) {
                struct marker m;
                enum block_kind found;
                stop = line_end(out->text, i, b->end);
                if (!read_marker(out->text, i, stop, &m) || !kind_of(seen, m.label, &found))
                        continue;
                r = page_add(out, kind, b->level, from, i);
                kind = found;
                from = m.behind;
        }
        return r < 0 ? r : page_add(out, kind, b->level, from, b->end);
}

// ---- questions without a label

static bool starts_like_a_sentence(const char *s, size_t n) {
        utf8proc_int32_t c;
        size_t i = skip(s, 0, n, "*_\"'");

        if (n == 0 || utf8proc_iterate((const utf8proc_uint8_t *) s + i, (utf8proc_ssize_t) (n - i), &c) <= 0)
                return false;
        utf8proc_category_t category = utf8proc_category(c);
        return category == UTF8PROC_CATEGORY_LU || category == UTF8PROC_CATEGORY_LT ||
               category == UTF8PROC_CATEGORY_LO || c == 0xBF; // the Spanish mark that opens a question
}

// The end of the first line when it is a question and nothing else, or 0.
static size_t question_line(const struct page *p, const struct block *b) {
        size_t end = line_end(p->text, b->start, b->end), stop = end;

        if (b->kind != BLOCK_TEXT)
                return 0;
        while (stop > b->start && (is_blank(p->text[stop - 1]) || p->text[stop - 1] == '*' || p->text[stop - 1] == '_'))
                stop--;
        size_t n = stop - b->start;
        bool asks = n > 1 &&
                    (p->text[stop - 1] == '?' || (n > 3 && memcmp(p->text + stop - 3, "\xEF\xBC\x9F", 3) == 0));
        if (!asks || n > QUESTION_LINE_MAX || !starts_like_a_sentence(p->text + b->start, n))
                return 0;
        // With its answer right below it may say more than the question: "The page stays blank. What can I do?"
        return end < b->end || sentence_next(p->text + b->start, n) == n ? end : 0;
}

// Questions within an answer are not headings: they count only where they are regular, each with text under it.
static bool questions_are_headings(const struct page *p) {
        size_t texts = 0, questions = 0, bare = 0;

        for (size_t i = 0; i < p->n_blocks; i++) {
                const struct block *b = &p->blocks[i];
                bool first_line = b->kind == BLOCK_QUESTION && b->level > 0;
                if (b->kind != BLOCK_TEXT && !first_line)
                        continue; // a heading, or labelled
                texts++;
                size_t end = first_line ? b->end : question_line(p, b);
                if (end == 0)
                        continue;
                questions++;
                bool text_under = end < b->end || (i + 1 < p->n_blocks && p->blocks[i + 1].kind == BLOCK_TEXT &&
                                                   question_line(p, &p->blocks[i + 1]) == 0);
                bare += !text_under;
        }
        return questions >= 2 && questions * QUESTION_SHARE >= texts && bare * QUESTION_SHARE <= questions;
}

static int split_questions(struct page *out, const struct block *b) {
        size_t end = question_line(out, b);

        if (end == 0)
                return page_add(out, b->kind, b->level, b->start, b->end);
        int r = page_add(out, BLOCK_QUESTION, 0, b->start, end);
        return r < 0 ? r : page_add(out, BLOCK_TEXT, 0, end, b->end);
}

// "## Q: How?": the label goes. A bold line is no heading over others, so with a label it is a question like those
// without emphasis.
static int rewrite_heading(struct page *out, const struct block *b, const struct labels_seen *seen) {
        struct marker m;
        enum block_kind kind;

        if (!seen || !read_marker(out->text, b->start, b->end, &m) || !kind_of(seen, m.label, &kind) ||
            m.behind >= b->end)
                return page_add(out, BLOCK_HEADING, b->level, b->start, b->end);
        if (kind == BLOCK_QUESTION && b->level != PAGE_LEVEL_BOLD)
                return page_add(out, BLOCK_HEADING, b->level, m.behind, b->end);
        return page_add(out, kind, 0, m.behind, b->end);
}

static int rewrite(struct page *p, const struct labels_seen *seen) {
        struct block *old _cleanup_free_ = TAKE_PTR(p->blocks);
        size_t n = p->n_blocks;
        int r = 0;

        p->n_blocks = p->cap = 0;
        for (size_t i = 0; i < n && r == 0; i++) {
                if (old[i].kind == BLOCK_HEADING)
                        r = rewrite_heading(p, &old[i], seen);
                else if (seen)
                        r = split_labels(p, &old[i], seen);
                else
                        r = split_questions(p, &old[i]);
        }
        return r;
}

// "Q: How?" and the answer without a label on the next line: where nothing else follows the question, its first line is
// the question.
static int split_unanswered(struct page *p) {
        struct block *old _cleanup_free_ = TAKE_PTR(p->blocks);
        size_t n = p->n_blocks;
        int r = 0;

        p->n_blocks = p->cap = 0;
        for (size_t i = 0; i < n && r == 0; i++) {
                bool answered = i + 1 < n && (old[i + 1].kind == BLOCK_ANSWER || old[i + 1].kind == BLOCK_TEXT);
                size_t end = old[i].end;
                if (old[i].kind == BLOCK_QUESTION && !answered)
                        end = line_end(p->text, old[i].start, old[i].end);
                r = page_add(p, old[i].kind, old[i].level, old[i].start, end);
                if (r == 0 && end < old[i].end)
                        r = page_add(p, BLOCK_TEXT, 0, end, old[i].end);
        }
        return r;
}

int question_mark(struct page *p) {
        struct labels_seen seen = {0};
        int r;

        look_for_labels(p, &seen);
        r = rewrite(p, &seen);
        if (r == 0)
                r = split_unanswered(p);
        if (r == 0 && questions_are_headings(p))
                r = rewrite(p, NULL);
        return r;
}
