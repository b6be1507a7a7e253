// How each part is. Never blocks: what would have to be asked of the database was asked by the keeper.
#pragma once

#include "desk/parts.h"

void health_set_gauges(struct desk *d); // of the metrics that are states, not events
