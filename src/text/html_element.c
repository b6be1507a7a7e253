#include "text/html_element.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

// Sorted by name for bsearch(). In Markdown the question of a folded answer (summary) and a term (dt) are headings of
// the lowest level.
static const struct html_element elements[] = {
                {"address", HTML_OTHER, HTML_BLOCK, 0},
                {"area", HTML_OTHER, HTML_VOID, 0},
                {"article", HTML_OTHER, HTML_BLOCK, 0},
                {"aside", HTML_OTHER, HTML_BLOCK, 0},
                {"audio", HTML_OTHER, HTML_GONE, 0},
                {"base", HTML_OTHER, HTML_VOID, 0},
                {"blockquote", HTML_OTHER, HTML_BLOCK | HTML_PARAGRAPH | HTML_QUOTE, 0},
                {"body", HTML_OTHER, HTML_BLOCK, 0},
                {"br", HTML_BR, HTML_VOID, 0},
                {"canvas", HTML_OTHER, HTML_GONE, 0},
                {"caption", HTML_OTHER, HTML_BLOCK, 0},
                {"center", HTML_OTHER, HTML_BLOCK, 0},
                {"col", HTML_OTHER, HTML_VOID, 0},
                {"dd", HTML_DD, HTML_BLOCK, 0},
                {"details", HTML_OTHER, HTML_BLOCK, 0},
                {"div", HTML_OTHER, HTML_BLOCK, 0},
                {"dl", HTML_OTHER, HTML_BLOCK | HTML_PARAGRAPH, 0},
                {"dt", HTML_DT, HTML_BLOCK, 6},
                {"embed", HTML_OTHER, HTML_VOID, 0},
                {"fieldset", HTML_OTHER, HTML_BLOCK, 0},
                {"figcaption", HTML_OTHER, HTML_BLOCK, 0},
                {"figure", HTML_OTHER, HTML_BLOCK, 0},
                {"footer", HTML_OTHER, HTML_BLOCK, 0},
                {"form", HTML_OTHER, HTML_BLOCK, 0},
                {"frame", HTML_OTHER, HTML_VOID, 0},
                {"h1", HTML_OTHER, HTML_BLOCK | HTML_PARAGRAPH, 1},
                {"h2", HTML_OTHER, HTML_BLOCK | HTML_PARAGRAPH, 2},
                {"h3", HTML_OTHER, HTML_BLOCK | HTML_PARAGRAPH, 3},
                {"h4", HTML_OTHER, HTML_BLOCK | HTML_PARAGRAPH, 4},
                {"h5", HTML_OTHER, HTML_BLOCK | HTML_PARAGRAPH, 5},
                {"h6", HTML_OTHER, HTML_BLOCK | HTML_PARAGRAPH, 6},
                {"header", HTML_OTHER, HTML_BLOCK, 0},
                {"hr", HTML_HR, HTML_BLOCK | HTML_PARAGRAPH | HTML_VOID, 0},
                {"iframe", HTML_OTHER, HTML_GONE | HTML_RAW, 0},
                {"img", HTML_IMG, HTML_VOID, 0},
                {"input", HTML_OTHER, HTML_VOID, 0},
                {"legend", HTML_OTHER, HTML_BLOCK, 0},
                {"li", HTML_LI, HTML_BLOCK, 0},
                {"link", HTML_OTHER, HTML_VOID, 0},
                {"main", HTML_OTHER, HTML_BLOCK, 0},
                {"meta", HTML_OTHER, HTML_VOID, 0},
                {"nav", HTML_OTHER, HTML_BLOCK, 0},
                {"noembed", HTML_OTHER, HTML_GONE | HTML_RAW, 0},
                {"noframes", HTML_OTHER, HTML_GONE | HTML_RAW, 0},
                {"noscript", HTML_OTHER, HTML_GONE, 0},
                {"object", HTML_OTHER, HTML_GONE, 0},
                {"ol", HTML_OL, HTML_BLOCK | HTML_PARAGRAPH | HTML_LIST, 0},
                {"option", HTML_OTHER, HTML_BLOCK, 0},
                {"p", HTML_P, HTML_BLOCK | HTML_PARAGRAPH, 0},
                {"param", HTML_OTHER, HTML_VOID, 0},
                {"pre", HTML_OTHER, HTML_BLOCK | HTML_PARAGRAPH | HTML_PRE, 0},
                {"script", HTML_OTHER, HTML_GONE | HTML_RAW, 0},
                {"section", HTML_OTHER, HTML_BLOCK, 0},
                {"source", HTML_OTHER, HTML_VOID, 0},
                {"style", HTML_OTHER, HTML_GONE | HTML_RAW, 0},
                {"summary", HTML_SUMMARY, HTML_BLOCK, 6},
                {"svg", HTML_OTHER, HTML_GONE, 0},
                {"table", HTML_TABLE, HTML_BLOCK | HTML_PARAGRAPH, 0},
                {"td", HTML_TD, HTML_CELL, 0},
                {"template", HTML_OTHER, HTML_GONE, 0},
                {"textarea", HTML_OTHER, HTML_BLOCK | HTML_RAW | HTML_PRE, 0},
                {"th", HTML_TH, HTML_CELL, 0},
                {"title", HTML_TITLE, HTML_RAW, 0},
                {"tr", HTML_TR, HTML_BLOCK, 0},
                {"track", HTML_OTHER, HTML_VOID, 0},
                {"ul", HTML_UL, HTML_BLOCK | HTML_PARAGRAPH | HTML_LIST, 0},
                {"video", HTML_OTHER, HTML_GONE, 0},
                {"wbr", HTML_OTHER, HTML_VOID, 0},
};

static const struct html_element unknown = {"", HTML_OTHER, 0, 0};

static int compare_name(const void *key, const void *row) {
        return strcmp(key, ((const struct html_element *) row)->name);
}

const struct html_element *html_element_find(const char *name) {
        const struct html_element *e = bsearch(name, elements, ARRAY_LEN(elements), sizeof(elements[0]), compare_name);
        return e ? e : &unknown;
}
