// The names of states and the moves that are allowed, from the tables.
#include <errno.h>

#include "base/string.h"
#include "store/answers.h"
#include "store/store.h"

static const struct {
        const char *name;
        bool final;
} job_states[JOB_STATE_COUNT_] = {
#define JOB_STATE(id, name, final, help) [JOB_##id] = {name, final},
                JOB_STATE_TABLE(JOB_STATE)
#undef JOB_STATE
};

static const bool job_moves[JOB_STATE_COUNT_][JOB_STATE_COUNT_] = {
#define JOB_MOVE(from, to, why) [JOB_##from][JOB_##to] = true,
                JOB_MOVE_TABLE(JOB_MOVE)
#undef JOB_MOVE
};

static const char *const step_states[STEP_STATE_COUNT_] = {
#define STEP_STATE(id, name, help) [STEP_##id] = name,
                STEP_STATE_TABLE(STEP_STATE)
#undef STEP_STATE
};

static const char *const fates[ANSWER_FATE_COUNT_] = {
#define ANSWER_FATE(id, name, help) [ANSWER_##id] = name,
                ANSWER_FATE_TABLE(ANSWER_FATE)
#undef ANSWER_FATE
};

const char *job_state_name(enum job_state state) {
        return job_states[state].name;
}

int job_state_parse(const char *name, enum job_state *ret) {
        for (size_t i = 0; i < JOB_STATE_COUNT_; i++)
                if (str_eq(job_states[i].name, name)) {
                        *ret = (enum job_state) i;
                        return 0;
                }
        return -EINVAL;
}

bool job_state_final(enum job_state state) {
        return job_states[state].final;
}

bool job_move_allowed(enum job_state from, enum job_state to) {
        return job_moves[from][to];
}

const char *step_state_name(enum step_state state) {
        return step_states[state];
}

const char *answer_fate_name(enum answer_fate fate) {
        return fates[fate];
}
