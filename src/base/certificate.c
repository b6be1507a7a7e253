#include "base/certificate.h"

#include <errno.h>
#include <limits.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"

enum { MS_PER_S = 1000 };

static void bio_free_p(BIO **b) {
        BIO_free(*b);
}
static void x509_free_p(X509 **x) {
        X509_free(*x);
}
static void key_free_p(EVP_PKEY **k) {
        EVP_PKEY_free(*k);
}

static BIO *reader(const char *text) {
        size_t n = strlen(text);

        return n <= INT_MAX ? BIO_new_mem_buf(text, (int) n) : NULL;
}

// Nobody is there to be asked for one; without this the library would ask on the terminal.
static int no_password(char *to, int size, int writing, void *arg) {
        (void) to, (void) size, (void) writing, (void) arg;
        return -1;
}

static int moment_ms(const ASN1_TIME *t, int64_t *ret) {
        ASN1_TIME *epoch = ASN1_TIME_set(NULL, 0);
        int days, seconds, ok = epoch && t && ASN1_TIME_diff(&days, &seconds, epoch, t);

        ASN1_TIME_free(epoch);
        if (!ok)
                return -EINVAL;
        *ret = ((int64_t) days * 24 * 60 * 60 + seconds) * MS_PER_S;
        return 0;
}

static int check_dates(const X509 *x, int64_t now_ms, int64_t *ret, struct error *e) {
        int64_t from_ms, to_ms;
        char iso[CLOCK_ISO_SIZE];

        if (moment_ms(X509_get0_notBefore(x), &from_ms) < 0 || moment_ms(X509_get0_notAfter(x), &to_ms) < 0)
                return error_set(e, -EINVAL, ERROR_FILE_INVALID, "the certificate's dates cannot be read");
        if (now_ms < from_ms || now_ms > to_ms) {
                clock_iso(now_ms < from_ms ? from_ms : to_ms, iso);
                return error_set(e, -EINVAL, ERROR_FILE_INVALID,
                                 now_ms < from_ms ? "the certificate is not valid before %s"
                                                  : "the certificate has expired on %s",
                                 iso);
        }
        *ret = to_ms;
        return 0;
}

int certificate_check(const char *certificate, const char *key, int64_t now_ms, int64_t *ret_expires_ms,
                      struct error *e) {
        BIO *certificate_bio _cleanup_(bio_free_p) = reader(certificate), *key_bio _cleanup_(bio_free_p) = reader(key);
        X509 *x _cleanup_(x509_free_p) = NULL;
        EVP_PKEY *k _cleanup_(key_free_p) = NULL;
        int r = 0;

        if (!certificate_bio || !key_bio)
                return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "not enough memory for the certificate");
        x = PEM_read_bio_X509(certificate_bio, NULL, no_password, NULL);
        k = PEM_read_bio_PrivateKey(key_bio, NULL, no_password, NULL);
        if (!x)
                r = error_set(e, -EINVAL, ERROR_FILE_INVALID, "the certificate is not one in PEM (BEGIN CERTIFICATE)");
        else if (!k)
                r = error_set(e, -EINVAL, ERROR_FILE_INVALID,
                              "the key is not one in PEM (BEGIN PRIVATE KEY), or has a password");
        else if (X509_check_private_key(x, k) != 1)
                r = error_set(e, -EINVAL, ERROR_FILE_INVALID, "the key is not the certificate's");
        ERR_clear_error(); // this thread's, of which nobody else should read
        return r < 0 ? r : check_dates(x, now_ms, ret_expires_ms, e);
}
