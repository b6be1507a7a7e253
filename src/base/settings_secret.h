// Secrets that lie in files instead of the environment: containers mount them, systemd hands them over.
#pragma once

#include "base/error.h"

// Leaves *ret at NULL where there is no such file. value: what the environment has under the name itself, or NULL; both
// at once is -EINVAL. The caller frees with secret_free.
_warn_unused_ int secret_from_file(const char *name, const char *value, char **ret, struct error *e);
char *secret_free(char *secret); // wiped
DEFINE_CLEANUP(char, secret_free);
