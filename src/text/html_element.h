// What each HTML element means for a reader of plain text.
#pragma once

#include <stddef.h>
#include <stdint.h>

enum html_element_flags {
        HTML_BLOCK = 1 << 0,     // stands on lines of its own
        HTML_PARAGRAPH = 1 << 1, // with a blank line around it
        HTML_VOID = 1 << 2,      // has no end tag
        HTML_GONE = 1 << 3,      // nobody sees its content
        HTML_RAW = 1 << 4,       // its content is not markup, up to its end tag
        HTML_PRE = 1 << 5,       // white space counts
        HTML_LIST = 1 << 6,
        HTML_CELL = 1 << 7,
        HTML_QUOTE = 1 << 8,
};

enum html_element_id {
        HTML_OTHER, // any element without a row of its own that matters
        HTML_BR,
        HTML_DD,
        HTML_DT,
        HTML_HR,
        HTML_IMG,
        HTML_LI,
        HTML_OL,
        HTML_P,
        HTML_SUMMARY,
        HTML_TABLE,
        HTML_TD,
        HTML_TH,
        HTML_TITLE,
        HTML_TR,
        HTML_UL,
};

struct html_element {
        const char *name;
        enum html_element_id id;
        unsigned flags;
        unsigned heading; // 1 to 6, 0 for none
};

// name: lower case, NUL-terminated. Unknown elements are inline ones, as in browsers. Never NULL.
const struct html_element *html_element_find(const char *name);
