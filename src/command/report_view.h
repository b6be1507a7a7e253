// A report (desk/report.h) as tables on a terminal.
#pragma once

#include <jansson.h>
#include <stdio.h>

void report_view(FILE *f, const json_t *report);
