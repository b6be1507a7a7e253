// The groups of agents whose tickets are Firstline's: FRESHDESK_GROUPS. Asked of every ticket, by whatever way it came,
// because the poll knows nothing of what a team's automation rule lets through.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

// 0, or -EINVAL: the list is not ids with commas between them.
_warn_unused_ int groups_check(const char *list, struct error *e);
// Is this group one of them? An empty list has all; 0 stands for no group.
bool groups_have(const char *list, int64_t group_id);
