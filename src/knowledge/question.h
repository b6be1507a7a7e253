// Questions and answers within text: "Q: ... A: ...", in several spellings and languages, and questions that stand as
// headings.
#pragma once

#include "knowledge/page.h"

// Splits the text blocks of a page at such marks: BLOCK_QUESTION and BLOCK_ANSWER are without their labels. 0 or
// -ENOMEM.
_warn_unused_ int question_mark(struct page *p);
