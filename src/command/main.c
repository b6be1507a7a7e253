// Firstline, the program: the list of its commands.
#include "base/memory.h"
#include "command/list.h"

int main(int argc, char **argv) {
        static const struct command *const commands[] = {
                        &command_serve,     &command_process,  &command_classify, &command_ask,    &command_knowledge,
                        &command_freshdesk, &command_settings, &command_doctor,   &command_audit,  &command_jobs,
                        &command_evaluate,  &command_rehearse, &command_replay,   &command_backup, &command_restore,
                        &command_erase,     &command_feedback, &command_train,    &command_model,  &command_risk,
                        &command_version,   &command_help,
        };

        return command_main(commands, ARRAY_LEN(commands), argc, argv);
}
