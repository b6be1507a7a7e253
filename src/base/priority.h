// How soon a thread gets a processor, among the threads of this process. Wishes: where the system does not know them,
// nothing happens.
#pragma once

// The calling thread gives way to the others, but for a part of the time that keeps it from waiting without end: work
// that may wait. Once a thread.
void priority_low(void);

// The calling thread works in short turns and sleeps a lot in between: it runs soon after it is woken, not when
// another's turn is over. Takes nothing from the others' share. Linux 6.12 and later; earlier ones (up to 6.5) do so by
// themselves.
void priority_prompt(void);
