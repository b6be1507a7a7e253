// Has the share of wrong answers passed its limit? Asked after every answer, for as long as a desk runs, and honest all
// the same. Pure mathematics: no state, no allocation, any thread. In words: doc/risk.md.
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum {
        RUNNING_ANSWERS_MAX = 10000, // that are looked at; more is older than any desk's evidence
        RUNNING_START_EVERY = 25,    // answers between the starts of two bets
        RUNNING_STARTS_MAX = 200,
};

// wrong[n], oldest first; an answer of which nothing is known yet counts as right. max_wrong in (0, 1). True when the
// answers show that more than max_wrong are wrong. Of a desk whose answers are wrong with a chance of at most max_wrong
// each, whatever the earlier ones were, at most 1 - certainty ever see it, however often they look and however many
// answers there are.
//
// A test by betting (Ville, 1939; Waudby-Smith and Ramdas, "Estimating means of bounded random variables by betting",
// J. R. Statist. Soc. B 86, 2024): a bettor against "at most max_wrong" whose money is multiplied by q / max_wrong for
// a wrong answer and by (1 - q) / (1 - max_wrong) for a right one gains nothing by it on average, for any q above the
// limit, so that he is ever 1 / (1 - certainty) times as rich only with the probability 1 - certainty. He divides his
// money among five q, and among starts every RUNNING_START_EVERY answers, the i-th with the part 1 / (i (i + 1)), so
// that a thousand good answers do not hide bad ones that follow (Shin, Ramdas, Rinaldo, "E-detectors", 2023).
//
// His money is never less when more answers are wrong: so what is not known yet may count as right, and can only make
// the alarm later.
bool running_breaks(const bool *wrong, size_t n, double max_wrong, double certainty);
