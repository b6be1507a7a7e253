// A `.env` file as anybody may have left it: refused in one line that names what is wrong, or loaded with every value
// within its limits.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/settings.h"
#include "base/string.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static bool one_line(const char *s) {
        for (; *s; s++)
                if ((unsigned char) *s < 0x20 || *s == 0x7f)
                        return false;
        return true;
}

static void check(const struct settings *s) {
        for (int i = 0; i < SETTING_COUNT_; i++) {
                const struct setting_spec *spec = &settings_table[i];
                enum setting_id id = (enum setting_id) i;

                if (spec->type == SETTING_TYPE_INT &&
                    ((double) settings_int(s, id) < spec->min || (double) settings_int(s, id) > spec->max))
                        abort();
                if (spec->type == SETTING_TYPE_REAL &&
                    !(settings_real(s, id) >= spec->min && settings_real(s, id) <= spec->max))
                        abort();
                if (spec->type == SETTING_TYPE_TEXT && (double) strlen(settings_text(s, id)) > spec->max)
                        abort();
                if (spec->secret && *settings_text(s, id) && !str_eq(settings_shown(s, id), "********"))
                        abort();
        }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
        static int fd = -1;
        struct settings *s _cleanup_(settings_free_p) = NULL;
        struct error e = ERROR_INIT;
        char path[64];

        if (fd < 0)
                fd = memfd_create("env", MFD_CLOEXEC);
        if (fd < 0 || ftruncate(fd, 0) < 0 || pwrite(fd, data, n, 0) != (ssize_t) n)
                abort();
        snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);

        if (settings_load(0, NULL, path, &s, &e) == 0)
                check(s);
        else if (!*e.message || !one_line(e.message) || s)
                abort();
        return 0;
}
