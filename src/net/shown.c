#include "net/shown.h"

#include <errno.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { SHOWN_CHAIN_MAX = 16 }; // certificates; a chain has three or four

struct shown {
        atomic_uint owners;
        gnutls_pcert_st chain[SHOWN_CHAIN_MAX];
        unsigned n;
        gnutls_privkey_t key;
};

static int refuse(int r, const char *what, struct error *e) {
        if (r == GNUTLS_E_MEMORY_ERROR)
                return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "not enough memory for the certificate");
        return error_set(e, -EINVAL, ERROR_FILE_INVALID, "%s cannot be used: %s", what, gnutls_strerror(r));
}

static gnutls_datum_t datum(const char *text) {
        // The library only reads it; its parameter is not const.
        return (gnutls_datum_t){.data = (unsigned char *) (uintptr_t) text, .size = (unsigned) strlen(text)};
}

int shown_new(const char *certificate, const char *key, struct shown **ret, struct error *e) {
        struct shown *s _cleanup_(shown_unref_p) = calloc(1, sizeof(*s));
        gnutls_datum_t certificate_pem, key_pem;
        unsigned n = SHOWN_CHAIN_MAX;
        int r;

        if (!s)
                return refuse(GNUTLS_E_MEMORY_ERROR, NULL, e);
        atomic_init(&s->owners, 1);
        if (strlen(certificate) > INT_MAX || strlen(key) > INT_MAX)
                return error_set(e, -EINVAL, ERROR_FILE_INVALID, "the certificate or its key is too long");
        certificate_pem = datum(certificate);
        key_pem = datum(key);
        r = gnutls_pcert_list_import_x509_raw(s->chain, &n, &certificate_pem, GNUTLS_X509_FMT_PEM, 0);
        if (r < 0)
                return refuse(r, "the certificate", e);
        s->n = n;
        if ((r = gnutls_privkey_init(&s->key)) < 0 ||
            (r = gnutls_privkey_import_x509_raw(s->key, &key_pem, GNUTLS_X509_FMT_PEM, NULL, 0)) < 0)
                return refuse(r, "the key", e);
        *ret = TAKE_PTR(s);
        return 0;
}

struct shown *shown_ref(struct shown *s) {
        if (s)
                atomic_fetch_add(&s->owners, 1);
        return s;
}

struct shown *shown_unref(struct shown *s) {
        if (!s || atomic_fetch_sub(&s->owners, 1) > 1)
                return NULL;
        for (unsigned i = 0; i < s->n; i++)
                gnutls_pcert_deinit(&s->chain[i]);
        if (s->key)
                gnutls_privkey_deinit(s->key);
        free(s);
        return NULL;
}

void shown_in(struct shown *s, gnutls_session_t session) {
        gnutls_session_set_ptr(session, s); // libmicrohttpd uses it for pre-shared keys only, which we have not
}

int shown_retrieve(gnutls_session_t session, const struct gnutls_cert_retr_st *info, gnutls_pcert_st **certs,
                   unsigned *certs_length, gnutls_ocsp_data_st **ocsp, unsigned *ocsp_length, gnutls_privkey_t *key,
                   unsigned *flags) {
        struct shown *s = gnutls_session_get_ptr(session);

        (void) info;
        if (!s)
                return -1;
        *certs = s->chain;
        *certs_length = s->n;
        *ocsp = NULL;
        *ocsp_length = 0;
        *key = s->key;
        *flags = 0; // they stay ours
        return 0;
}
