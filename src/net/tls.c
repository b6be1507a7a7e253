#include "net/tls.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/certificate.h"
#include "base/clock.h"
#include "base/file.h"

enum { TLS_FILE_MAX = 262144 }; // a certificate with a long chain has 20 kB

void tls_clear(struct tls_files *t) {
        if (t->key)
                explicit_bzero(t->key, strlen(t->key));
        free(t->key);
        free(t->certificate);
        *t = (struct tls_files){0};
}

int tls_read(const char *certificate_path, const char *key_path, struct tls_files *ret, struct error *e) {
        struct tls_files t _cleanup_tls_ = {0};
        struct stat st;
        size_t n;
        int r;

        if ((r = file_read(certificate_path, TLS_FILE_MAX, &t.certificate, &n, e)) < 0 ||
            (r = file_read(key_path, TLS_FILE_MAX, &t.key, &n, e)) < 0)
                return r;
        r = certificate_check(t.certificate, t.key, clock_now_ms(), &t.expires_ms, e);
        if (r < 0)
                return error_prefix(e, r, "%s and %s", certificate_path, key_path);
        t.key_readable = stat(key_path, &st) == 0 && (st.st_mode & (S_IRGRP | S_IROTH));
        *ret = t;
        t = (struct tls_files){0};
        return 0;
}
