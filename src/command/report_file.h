// Where a report's page goes: a new file, or over an earlier report, and over nothing else.
#pragma once

#include <jansson.h>

#include "base/error.h"

// May a page be written there? 0 where nothing is, or a page that report_page made; else -EEXIST with e, which names
// the file and what to do. Ask before the work, so that nobody waits an hour for a refusal.
_warn_unused_ int report_file_check(const char *path, struct error *e);

// Makes the page and writes it with mode 0600, when report_file_check still says so. The errors of report_file_check
// and file_write, -ENOMEM, -EFBIG.
_warn_unused_ int report_file_write(const char *path, const char *title, const char *file, const json_t *report,
                                    struct error *e);
