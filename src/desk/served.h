// In which languages can a ticket be answered? In those that the model can read (LANGUAGES) and that the knowledge base
// has documents in. A ticket in another one goes to a person; it is never answered in a language that is not its own.
#pragma once

#include "desk/parts.h"

enum { SERVED_WHY_SIZE = 160 };

// The setting LANGUAGES: codes with commas or blanks between them, or "any". -EINVAL naming what is none.
_warn_unused_ int served_parse(const char *setting, language_set *ret, struct error *e);

// Recognises the language. why: what keeps a ticket in it from being answered, for people; "" when it can be. *ret_of:
// the documents that it may be answered from, by their languages. -ENOMEM.
_warn_unused_ int served_look(struct desk *d, const char *subject, const char *text, struct spoken *ret,
                              language_set *ret_of, char why[SERVED_WHY_SIZE]);

// {"code": "de" or null, "confidence": 0.98, "served": true}. NULL: no memory.
json_t *spoken_json(const struct spoken *s);
