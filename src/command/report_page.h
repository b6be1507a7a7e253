// A report (desk/report.h) as one HTML file that needs nothing else: no script, no address, plots as SVG.
#pragma once

#include <jansson.h>

#include "base/buffer.h"

// Every page begins so: by it a page is known that may be written over.
#define REPORT_PAGE_START                                                                                              \
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"generator\" "                   \
        "content=\"Firstline report\">"

enum { REPORT_PAGE_MAX = 4 * 1024 * 1024 };

// Whatever the report says is escaped. Failure shows in buffer_result.
void report_page(struct buffer *out, const char *title, const char *file, const json_t *report);
