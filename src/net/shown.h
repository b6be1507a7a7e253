// The certificate that the server shows to who connects over TLS, with its key. Another one can take its place while
// the server runs: connections keep the one that they began with. Any thread.
#pragma once

#include <gnutls/abstract.h>
#include <gnutls/gnutls.h>

#include "base/error.h"

struct shown; // immutable, counted

// From PEM, the chain with it. -EINVAL: GnuTLS cannot use them.
_warn_unused_ int shown_new(const char *certificate, const char *key, struct shown **ret, struct error *e);
struct shown *shown_ref(struct shown *s); // may be NULL
struct shown *shown_unref(struct shown *s);
DEFINE_CLEANUP(struct shown, shown_unref);

// Shows s in this session, which must not outlive it; NULL: the handshake fails. Before its handshake.
void shown_in(struct shown *s, gnutls_session_t session);
// What GnuTLS asks in each handshake: gnutls_certificate_retrieve_function3.
int shown_retrieve(gnutls_session_t session, const struct gnutls_cert_retr_st *info, gnutls_pcert_st **certs,
                   unsigned *certs_length, gnutls_ocsp_data_st **ocsp, unsigned *ocsp_length, gnutls_privkey_t *key,
                   unsigned *flags);
