// Whose turn it is to run a model: at most one inference runs per processor, of all models of this process together,
// because runs that share one only slow each other down.
#pragma once

unsigned turns_default(void); // one per processor
// Waits until fewer than `max` run. Any thread; each turns_begin needs its turns_end.
void turns_begin(unsigned max);
void turns_end(void);
