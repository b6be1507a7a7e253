#include "base/settings_secret.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/string.h"

enum { SECRET_FILE_MAX = 4096 }; // the longest secret has 512 bytes; what is much larger is another file

char *secret_free(char *secret) {
        if (secret)
                explicit_bzero(secret, strlen(secret));
        free(secret);
        return NULL;
}

static int read_secret(const char *path, char **ret, struct error *e) {
        size_t n;
        int r = file_read(path, SECRET_FILE_MAX, ret, &n, e);

        if (r < 0)
                return r;
        if (strlen(*ret) != n) {
                explicit_bzero(*ret, n);
                free(TAKE_PTR(*ret));
                return error_set(e, -EINVAL, ERROR_FILE_INVALID, "%s: has a NUL in it", path);
        }
        // The line break that every editor puts at the end is not meant.
        while (n > 0 && ((*ret)[n - 1] == '\n' || (*ret)[n - 1] == '\r'))
                (*ret)[--n] = '\0';
        return 0;
}

int secret_from_file(const char *name, const char *value, char **ret, struct error *e) {
        char *variable _cleanup_free_ = str_printf("%s_FILE", name);
        const char *path = variable ? getenv(variable) : NULL, *folder = getenv("CREDENTIALS_DIRECTORY");
        char *credential _cleanup_free_ = NULL;

        if (!variable)
                return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "not enough memory for the settings");
        if (path && *path) {
                if (value && *value)
                        return error_set(e, -EINVAL, ERROR_SETTING_INVALID, "%s and %s are both set; one must go", name,
                                         variable);
                return read_secret(path, ret, e);
        }
        if (!folder || !*folder || (value && *value))
                return 0;
        credential = file_join(folder, name);
        if (!credential)
                return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "not enough memory for the settings");
        return file_exists(credential) ? read_secret(credential, ret, e) : 0;
}
