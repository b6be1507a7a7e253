// Plain text into blocks: paragraphs, and headings as people write them.
#pragma once

#include "knowledge/page.h"

// p->text is given; fills blocks and title. Headings: "# ...", underlined, ALL CAPS, "1. Title" between paragraphs,
// "**bold**" alone on a line. The title is the first line when it stands for itself. 0 or -ENOMEM.
_warn_unused_ int plain_read(struct page *p);

// What html_to_markdown made: only its "# " are headings. Takes the marks out of the text.
_warn_unused_ int marked_read(struct page *p);
