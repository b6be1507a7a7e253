// Questions and answers within text: "Q: ... A: ...", in several spellings and languages, and questions that stand as
// headings.
#pragma once

#include "knowledge/page.h"

// Splits the text blocks of a page at such marks: BLOCK_QUESTION and BLOCK_ANSWER are without their labels. 0 or
// -ENOMEM.
_warn_unused_ int question_mark(struct page *p);

// Does the line text[start..end) start with a label of a question or an answer, in any of the spellings?
bool question_labelled(const char *text, size_t start, size_t end);
