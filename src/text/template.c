#include "text/template.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/string.h"
#include "text/html.h"

enum {
        TEMPLATE_SIZE_MAX = 256 * 1024, // a reply is a page, not a book
        SECTION_DEPTH_MAX = 8,          // sections within sections
        NAME_SIZE_MAX = 64,
        RENDER_STEPS_MAX = 1000000, // lists within lists multiply; a page takes a thousand
};

enum node_kind { NODE_TEXT, NODE_VALUE, NODE_SECTION, NODE_INVERTED, NODE_END };

struct node {
        enum node_kind kind;
        size_t start, n; // NODE_TEXT: of the template
        char *name;      // of the others
        size_t end;      // sections: the index of their NODE_END
};

struct template {
        char *text;
        struct node *nodes;
        size_t n_nodes, cap;
};

struct parser {
        struct template *t;
        const char *const *names;
        const char *text;
        size_t n;
        size_t open[SECTION_DEPTH_MAX]; // indices of the sections that are open
        size_t depth;
        struct error *e;
};

struct template *template_free(struct template *t) {
        if (!t)
                return NULL;
        for (size_t i = 0; i < t->n_nodes; i++)
                free(t->nodes[i].name);
        free(t->nodes);
        free(t->text);
        free(t);
        return NULL;
}

static int line_of(const struct parser *p, size_t at) {
        int line = 1;

        for (size_t i = 0; i < at; i++)
                line += p->text[i] == '\n';
        return line;
}

static int add_node(struct template *t, struct node node) {
        void *array = t->nodes;
        int r = memory_grow(&array, &t->cap, t->n_nodes + 1, sizeof(*t->nodes));

        if (r < 0)
                return -ENOMEM;
        t->nodes = array;
        t->nodes[t->n_nodes++] = node;
        return 0;
}

static int add_text(struct parser *p, size_t start, size_t stop) {
        return stop > start ? add_node(p->t, (struct node){.kind = NODE_TEXT, .start = start, .n = stop - start}) : 0;
}

static bool known(const struct parser *p, const char *name) {
        for (const char *const *k = p->names; k && *k; k++)
                if (strcmp(*k, name) == 0)
                        return true;
        return false;
}

static int close_section(struct parser *p, size_t at, const char *name) {
        if (p->depth == 0)
                return error_set(p->e, -EINVAL, ERROR_FILE_INVALID, "line %d: {{/%s}} closes nothing", line_of(p, at),
                                 name);
        struct node *open = &p->t->nodes[p->open[--p->depth]];
        if (strcmp(open->name, name) != 0)
                return error_set(p->e, -EINVAL, ERROR_FILE_INVALID, "line %d: {{/%s}} where {{/%s}} is due",
                                 line_of(p, at), name, open->name);
        open->end = p->t->n_nodes;
        return add_node(p->t, (struct node){.kind = NODE_END});
}

// inner: what stands between the braces, without its sigil.
static int add_tag(struct parser *p, size_t at, char sigil, const char *inner, size_t n) {
        char name[NAME_SIZE_MAX];

        while (n > 0 && (inner[0] == ' ' || inner[0] == '\t'))
                inner++, n--;
        while (n > 0 && (inner[n - 1] == ' ' || inner[n - 1] == '\t'))
                n--;
        if (n == 0 || n >= sizeof(name) || memchr(inner, '\0', n))
                return error_set(p->e, -EINVAL, ERROR_FILE_INVALID, "line %d: a name is missing or too long",
                                 line_of(p, at));
        memcpy(name, inner, n);
        name[n] = '\0';
        if (!known(p, name))
                return error_set(p->e, -EINVAL, ERROR_FILE_INVALID, "line %d: there is no variable \"%s\" here",
                                 line_of(p, at), name);
        if (sigil == '/')
                return close_section(p, at, name);
        enum node_kind kind = sigil == '#' ? NODE_SECTION : sigil == '^' ? NODE_INVERTED : NODE_VALUE;
        if (kind != NODE_VALUE && p->depth == SECTION_DEPTH_MAX)
                return error_set(p->e, -EINVAL, ERROR_FILE_INVALID, "line %d: more than %d sections within each other",
                                 line_of(p, at), SECTION_DEPTH_MAX);
        char *copy _cleanup_free_ = str_dup(name);
        if (!copy)
                return -ENOMEM;
        int r = add_node(p->t, (struct node){.kind = kind, .name = copy});
        if (r < 0)
                return r;
        TAKE_PTR(copy);
        if (kind != NODE_VALUE)
                p->open[p->depth++] = p->t->n_nodes - 1;
        return 0;
}

// A section's tag or a remark that is alone on its line takes the line away with it. Widens [*start, *stop).
static void take_line(const struct parser *p, size_t from, size_t *start, size_t *stop) {
        size_t a = *start, b = *stop;

        while (a > from && (p->text[a - 1] == ' ' || p->text[a - 1] == '\t'))
                a--;
        while (b < p->n && (p->text[b] == ' ' || p->text[b] == '\t' || p->text[b] == '\r'))
                b++;
        if ((a == 0 || p->text[a - 1] == '\n') && (b == p->n || p->text[b] == '\n')) {
                *start = a;
                *stop = b < p->n ? b + 1 : b;
        }
}

static int parse(struct parser *p) {
        size_t at = 0;

        while (at < p->n) {
                const char *open = memmem(p->text + at, p->n - at, "{{", 2);
                size_t start = open ? (size_t) (open - p->text) : p->n, stop = start;
                if (!open)
                        return add_text(p, at, p->n);
                const char *close = memmem(open + 2, p->n - start - 2, "}}", 2);
                if (!close)
                        return error_set(p->e, -EINVAL, ERROR_FILE_INVALID, "line %d: {{ without }}",
                                         line_of(p, start));
                stop = (size_t) (close - p->text) + 2;
                size_t inner = start + 2, inner_n = stop - 2 - inner;
                char sigil = inner_n > 0 ? p->text[inner] : '\0';
                bool section = sigil != '\0' && strchr("#^/", sigil), remark = sigil == '!';
                size_t line_start = start, line_stop = stop;
                if (section || remark)
                        take_line(p, at, &line_start, &line_stop);
                int r = add_text(p, at, line_start);
                if (r == 0 && !remark)
                        r = add_tag(p, start, section ? sigil : '\0', p->text + inner + section, inner_n - section);
                if (r < 0)
                        return r;
                at = line_stop;
        }
        return 0;
}

int template_parse(const char *text, size_t n, const char *const *names, struct template **ret, struct error *e) {
        struct template *t _cleanup_(template_free_p) = calloc(1, sizeof(*t));

        if (n > TEMPLATE_SIZE_MAX)
                return error_set(e, -EINVAL, ERROR_FILE_INVALID, "a template has at most %d bytes", TEMPLATE_SIZE_MAX);
        if (!utf8_valid(text, n))
                return error_set(e, -EINVAL, ERROR_FILE_INVALID, "the template is not UTF-8");
        if (!t || !(t->text = str_ndup(text, n)))
                return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "no memory for a template");
        struct parser p = {.t = t, .names = names, .text = text, .n = n, .e = e};
        int r = parse(&p);
        if (r == -ENOMEM)
                return error_set(e, r, ERROR_OUT_OF_MEMORY, "no memory for a template");
        if (r < 0)
                return r;
        if (p.depth > 0)
                return error_set(e, -EINVAL, ERROR_FILE_INVALID, "line %d: {{#%s}} is never closed", line_of(&p, n),
                                 t->nodes[p.open[p.depth - 1]].name);
        *ret = TAKE_PTR(t);
        return 0;
}

int template_load(const char *path, const char *const *names, struct template **ret, struct error *e) {
        char *text _cleanup_free_ = NULL;
        size_t n;
        int r = file_read(path, TEMPLATE_SIZE_MAX, &text, &n, e);

        if (r < 0)
                return r;
        r = template_parse(text, n, names, ret, e);
        return r < 0 ? error_prefix(e, r, "%s", path) : 0;
}

// ---- rendering

struct scope {                   // a section that is being shown
        const json_t *values;    // where names are looked up first
        const json_t *list;      // its items; NULL: shown once
        size_t item, first, end; // indices: of the item, of the first node inside, of the NODE_END
};

struct view {
        const struct template *t;
        struct scope scopes[SECTION_DEPTH_MAX + 1];
        size_t depth;
        struct buffer out;
};

static const json_t *look_up(const struct view *v, const char *name) {
        for (size_t i = v->depth + 1; i > 0; i--) {
                const json_t *value = json_object_get(v->scopes[i - 1].values, name);
                if (value)
                        return value;
        }
        return NULL;
}

static bool shows(const json_t *value) {
        if (json_is_array(value))
                return json_array_size(value) > 0;
        return json_is_string(value) && json_string_length(value) > 0;
}

static void add_value(struct view *v, const json_t *value) {
        const char *text = json_string_value(value);

        while (text && *text) {
                size_t n = strcspn(text, "\n");
                html_escape(&v->out, text, n);
                if (text[n] == '\n')
                        buffer_add_str(&v->out, "<br>\n");
                text += n + (text[n] == '\n');
        }
}

// Enters a section, or goes behind it. The index of the next node.
static size_t enter(struct view *v, size_t i, const struct node *node) {
        const json_t *value = look_up(v, node->name);

        if (shows(value) != (node->kind == NODE_SECTION))
                return node->end + 1;
        const json_t *list = node->kind == NODE_SECTION && json_is_array(value) ? value : NULL;
        v->scopes[++v->depth] = (struct scope){
                        .values = list ? json_array_get(list, 0) : NULL,
                        .list = list,
                        .first = i + 1,
                        .end = node->end,
        };
        return i + 1;
}

static size_t next_item(struct view *v) {
        struct scope *s = &v->scopes[v->depth];

        if (s->list && ++s->item < json_array_size(s->list)) {
                s->values = json_array_get(s->list, s->item);
                return s->first;
        }
        v->depth--;
        return s->end + 1;
}

int template_render(const struct template *t, const json_t *values, size_t max, char **ret) {
        struct view v = {.t = t, .out = BUFFER_INIT(max)};
        size_t i = 0, steps = 0;

        v.scopes[0].values = values;
        while (i < t->n_nodes && !v.out.failed && steps++ < RENDER_STEPS_MAX) {
                const struct node *node = &t->nodes[i];
                if (node->kind == NODE_END) {
                        i = next_item(&v);
                } else if (node->kind == NODE_SECTION || node->kind == NODE_INVERTED) {
                        i = enter(&v, i, node);
                } else {
                        if (node->kind == NODE_TEXT)
                                buffer_add(&v.out, t->text + node->start, node->n);
                        else
                                add_value(&v, look_up(&v, node->name));
                        i++;
                }
        }
        int r = i < t->n_nodes && !v.out.failed ? -EMSGSIZE : buffer_result(&v.out);
        char *text = r == 0 ? buffer_take(&v.out) : NULL;
        buffer_free(&v.out);
        if (!text)
                return r < 0 ? r : -ENOMEM;
        *ret = text;
        return 0;
}
