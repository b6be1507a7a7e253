#include "knowledge/page.h"

#include <errno.h>
#include <string.h>

#include "base/string.h"

int page_add(struct page *p, enum block_kind kind, unsigned level, size_t start, size_t end) {
        void *array = p->blocks;

        while (start < end && ascii_space(p->text[start]))
                start++;
        while (end > start && ascii_space(p->text[end - 1]))
                end--;
        if (start == end)
                return 0;
        // The first line keeps its indentation: in code it counts.
        while (kind == BLOCK_TEXT && start > 0 && (p->text[start - 1] == ' ' || p->text[start - 1] == '\t'))
                start--;
        if (memory_grow(&array, &p->cap, p->n_blocks + 1, sizeof(*p->blocks)) < 0)
                return -ENOMEM;
        p->blocks = array;
        p->blocks[p->n_blocks++] = (struct block){kind, MIN(level, 6U), start, end};
        return 0;
}

// Takes a mark away at the ends of a line, unless nothing would be left. Of a bold "Q: ..." one half went with the
// label, so the strong marks count one by one. The new length.
static size_t strip(char *line, size_t n, const char *mark) {
        size_t k = strlen(mark), start = str_starts(line, mark) ? k : 0, end = str_ends(line, mark) ? k : 0;

        if (k == 1 && !(start && end))
                return n;
        while (start < n && ascii_space(line[start]))
                start++;
        while (end < n && ascii_space(line[n - end - 1]))
                end++;
        if (start + end >= n)
                return n;
        n -= start + end;
        memmove(line, line + start, n);
        line[n] = '\0';
        return n;
}

char *page_line(const struct page *p, size_t start, size_t end) {
        static const char *const emphasis[] = {"**", "__", "*", "_", "`"};
        char *line = malloc(end - start + 1);
        size_t n = 0;

        if (!line)
                return NULL;
        for (size_t i = start; i < end; i++) {
                if (!ascii_space(p->text[i]))
                        line[n++] = p->text[i];
                else if (n > 0 && line[n - 1] != ' ')
                        line[n++] = ' ';
        }
        while (n > 0 && line[n - 1] == ' ')
                n--;
        line[n] = '\0';
        for (size_t i = 0; i < ARRAY_LEN(emphasis); i++)
                n = strip(line, n, emphasis[i]);
        return line;
}

void page_clear(struct page *p) {
        free(p->text);
        free(p->title);
        free(p->blocks);
        *p = (struct page){0};
}
