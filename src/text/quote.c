#include "text/quote.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/buffer.h"
#include "base/string.h"
#include "text/quote_line.h"

enum {
        QUOTE_TEXT_MAX = 1024 * 1024, // more than a mail's text ever is; a longer one is cut here
        HEADER_LINES_MAX = 12,        // From, Sent, To, Cc, Subject, with long lists of people wrapped
        HEADER_KINDS_MIN = 3,         // From, Subject and one more: a traveller's "From: ... To: ..." is none
        CLOSING_LINES_MAX = 10,       // lines of a name and address under "Best regards"
};

struct mail {
        struct quote_line *lines;
        size_t n;
        uint8_t *kept; // for each line
        size_t part;   // where the part starts that is read now: the mail, or what it passes on
        bool forwarded;
        size_t said; // lines kept since then that are not blank
};

static void mail_clear(struct mail *m) {
        free(m->lines);
        free(m->kept);
        *m = (struct mail){0};
}

static int split(struct mail *m, const char *text, size_t n) {
        size_t lines = 1;

        for (size_t i = 0; i < n; i++)
                lines += text[i] == '\n';
        m->lines = calloc(lines, sizeof(*m->lines));
        m->kept = calloc(lines, sizeof(*m->kept));
        if (!m->lines || !m->kept)
                return -1;
        for (const char *p = text, *end = text + n; m->n < lines; m->n++) {
                const char *stop = memchr(p, '\n', (size_t) (end - p));
                if (!stop)
                        stop = end;
                m->lines[m->n] = (struct quote_line){p, (size_t) (stop - p)};
                p = stop < end ? stop + 1 : end;
        }
        return 0;
}

// How many lines from i on are a header as Outlook puts above what it quotes; 0: they are none.
static size_t header_lines(const struct mail *m, size_t i, bool any) {
        unsigned kinds = 0, count = 0;
        enum quote_header before = QUOTE_HEADER_NONE;
        size_t last = 0;

        for (size_t k = i; k < m->n && k < i + HEADER_LINES_MAX; k++) {
                struct quote_folded f;
                quote_fold(&m->lines[k], &f);
                enum quote_header kind = quote_header_of(&f);
                if (k == i && (any ? kind == QUOTE_HEADER_NONE : kind != QUOTE_HEADER_FROM))
                        return 0;
                if (f.n == 0)
                        break;
                if (kind == QUOTE_HEADER_NONE && before == QUOTE_HEADER_TO)
                        continue; // a wrapped list of people
                if (kind == QUOTE_HEADER_NONE)
                        break;
                before = kind;
                count += !(kinds & kind);
                kinds |= kind;
                last = k - i + 1;
        }
        if (any)
                return last;
        return count >= HEADER_KINDS_MIN && kinds & QUOTE_HEADER_SUBJECT ? last : 0;
}

static bool next_is_quoted(const struct mail *m, size_t i) {
        while (i < m->n && quote_is_blank(&m->lines[i]))
                i++;
        return i < m->n && quote_is_quoted(&m->lines[i]);
}

// Nothing of its own was said before what is quoted: then the quoted is what is meant.
static bool said_nothing(const struct mail *m, size_t i) {
        if (m->said == 0)
                return true;
        for (size_t k = m->part; m->said == 1 && k < i; k++) {
                struct quote_folded f;
                if (!m->kept[k] || quote_is_blank(&m->lines[k]))
                        continue;
                quote_fold(&m->lines[k], &f);
                return quote_is_pointer(f.text);
        }
        return false;
}

static void start_forwarded(struct mail *m, size_t i) {
        m->forwarded = true;
        m->part = i;
        m->said = 0;
}

// Takes the dividers and blank lines above line i away again.
static void unkeep_rules(struct mail *m, size_t i) {
        while (i > m->part) {
                struct quote_folded f;
                quote_fold(&m->lines[i - 1], &f);
                if (f.n > 0 && !quote_is_rule(&f))
                        return;
                m->kept[--i] = false;
        }
}

// A name and address under "Best regards," at the end of the part goes, with the closing itself.
static void drop_closing(struct mail *m, size_t end) {
        size_t cut = end, seen = 0;

        for (size_t i = end; i > m->part && seen < CLOSING_LINES_MAX; i--) {
                struct quote_folded f;
                if (!m->kept[i - 1] || quote_is_blank(&m->lines[i - 1]))
                        continue;
                seen++;
                quote_fold(&m->lines[i - 1], &f);
                if (quote_is_closing(&m->lines[i - 1], &f))
                        cut = i - 1;
                else if (!quote_is_name_like(&f))
                        break;
        }
        bool left = false;
        for (size_t i = m->part; i < cut && !left; i++)
                left = m->kept[i] && !quote_is_blank(&m->lines[i]);
        for (size_t i = cut; left && i < end; i++)
                m->kept[i] = false;
}

enum step { STEP_ON, STEP_END };

// Line *i starts something quoted that is `lines` long as a header: the end, unless nothing else was said.
static enum step at_quoted(struct mail *m, size_t *i, size_t lines) {
        if (m->forwarded || !said_nothing(m, *i))
                return STEP_END;
        drop_closing(m, *i);
        *i += lines;
        start_forwarded(m, *i);
        return STEP_ON;
}

static enum step at_forward(struct mail *m, size_t *i) {
        if (m->forwarded)
                return STEP_END;
        drop_closing(m, *i);
        (*i)++;
        while (*i < m->n && quote_is_blank(&m->lines[*i]))
                (*i)++;
        *i += header_lines(m, *i, true);
        start_forwarded(m, *i);
        return STEP_ON;
}

// Reads one line (or the few that belong together) and moves *i behind it.
static enum step read_line(struct mail *m, size_t *i, bool *dropping) {
        const struct quote_line *line = &m->lines[*i];
        struct quote_folded f;
        size_t lines;

        quote_fold(line, &f);
        if (f.n == 0 || quote_is_quoted(line)) {
                m->kept[(*i)++] = f.n == 0 && !*dropping;
                return STEP_ON;
        }
        if (quote_is_forward(&f)) {
                *dropping = false;
                return at_forward(m, i);
        }
        if (quote_is_original(&f)) {
                size_t next = *i + 1;
                while (next < m->n && quote_is_blank(&m->lines[next]))
                        next++;
                return at_quoted(m, i, next - *i + header_lines(m, next, true));
        }
        if ((lines = header_lines(m, *i, false)) > 0) {
                unkeep_rules(m, *i);
                return at_quoted(m, i, lines);
        }
        if ((lines = quote_attribution(line, m->n - *i)) > 0) {
                if (!next_is_quoted(m, *i + lines))
                        return at_quoted(m, i, lines);
                *i += lines; // the quoted lines go by their ">", and what stands between or under them is new
                return STEP_ON;
        }
        if (quote_is_delimiter(&f) && m->said > 0)
                return STEP_END;
        if (m->said > 0 && (quote_is_signature(&f) || quote_is_footer(&f)))
                *dropping = true;
        m->kept[*i] = !*dropping && !quote_is_device(&f) && !quote_is_delimiter(&f);
        m->said += m->kept[*i];
        (*i)++;
        return STEP_ON;
}

static char *join(const struct mail *m) {
        struct buffer out _cleanup_buffer_ = BUFFER_INIT(QUOTE_TEXT_MAX + 1);
        bool blank = false;

        for (size_t i = 0; i < m->n; i++) {
                const struct quote_line *line = &m->lines[i];
                size_t n = line->n;
                while (n > 0 && strchr(" \t\r", line->text[n - 1]))
                        n--;
                if (!m->kept[i] || n == 0) {
                        blank = true;
                        continue;
                }
                if (out.len > 0)
                        buffer_add(&out, "\n\n", blank ? 2 : 1);
                buffer_add(&out, line->text, n);
                blank = false;
        }
        return buffer_take(&out);
}

char *quote_cut(const char *text) {
        struct mail m _cleanup_(mail_clear) = {0};
        size_t n = utf8_floor(text, strlen(text), QUOTE_TEXT_MAX), i = 0;
        bool dropping = false;

        if (split(&m, text, n) < 0)
                return NULL;
        while (i < m.n && read_line(&m, &i, &dropping) == STEP_ON)
                ;
        drop_closing(&m, i);

        char *cut = join(&m);
        if (cut && cut[0])
                return cut;
        free(cut);
        char *whole = str_ndup(text, n);
        if (whole) { // str_trim may return a later byte, which cannot be freed
                char *trimmed = str_trim(whole);
                memmove(whole, trimmed, strlen(trimmed) + 1);
        }
        return whole;
}
