// Every command, each from the file of its name.
#pragma once

#include "command/command.h"

extern const struct command command_serve;
extern const struct command command_process;
extern const struct command command_classify;
extern const struct command command_ask;
extern const struct command command_knowledge;
extern const struct command command_freshdesk;
extern const struct command command_settings;
extern const struct command command_doctor;
extern const struct command command_audit;
extern const struct command command_jobs;
extern const struct command command_evaluate;
extern const struct command command_rehearse;
extern const struct command command_replay;
extern const struct command command_backup;
extern const struct command command_restore;
extern const struct command command_erase;
extern const struct command command_feedback;
extern const struct command command_train;
extern const struct command command_model;
extern const struct command command_risk;
extern const struct command command_version;
extern const struct command command_help;
