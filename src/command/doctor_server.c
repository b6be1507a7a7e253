// What the server needs to be started: settings, access, port, and the webhook's secret.
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "api/access.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/sandbox.h"
#include "base/string.h"
#include "command/doctor.h"
#include "command/parts.h"
#include "freshdesk/webhook_url.h"
#include "net/client.h"
#include "net/listen.h"

enum {
        SECRET_MIN = 16, // characters of a webhook secret that is hard to guess
        PROBE_TIMEOUT_MS = 2000,
        PROBE_ANSWER_MAX = 65536,
        HTTP_METHOD_NOT_ALLOWED_ = 405, // what a GET of /webhook gets
};

// A `.env` with secrets that others may read is as good as published on a shared machine.
static bool others_read_secrets(const struct settings *s) {
        struct stat st;

        if (stat(".env", &st) < 0 || (st.st_mode & (S_IRGRP | S_IROTH)) == 0)
                return false;
        for (unsigned i = 0; i < SETTING_COUNT_; i++)
                if (settings_table[i].secret && settings_source(s, (enum setting_id) i) == SETTING_FROM_FILE &&
                    settings_given(s, (enum setting_id) i))
                        return true;
        return false;
}

static void look_at_settings(struct check_context *c, struct check_finding *f) {
        unsigned counts[SETTING_FROM_COMMAND + 1] = {0};
        struct error e = ERROR_INIT;

        if (settings_load(c->invocation->n_setting_words, c->invocation->setting_words, NULL, &c->settings, &e) < 0) {
                finding_set(f, CHECK_PROBLEM, "Set it right; `firstline --help` lists the settings and their ranges.",
                            "%s", e.message);
                return;
        }
        parts_log(c->settings, LOG_ERROR, false);
        if (sandbox_become(settings_text(c->settings, SETTING_RUN_AS), &e) < 0) {
                c->settings = settings_free(c->settings);
                finding_set(f, CHECK_PROBLEM, "RUN_AS is for a program that root starts.", "%s", e.message);
                return;
        }
        for (unsigned i = 0; i < SETTING_COUNT_; i++)
                counts[settings_source(c->settings, (enum setting_id) i)]++;
        if (others_read_secrets(c->settings))
                finding_set(f, CHECK_NOTE, "chmod 600 .env", ".env has secrets, and other users may read it");
        else
                finding_set(f, CHECK_OK, NULL,
                            "%u from .env, %u from the environment, %u from the command line, %u by default",
                            counts[SETTING_FROM_FILE], counts[SETTING_FROM_ENVIRONMENT], counts[SETTING_FROM_COMMAND],
                            counts[SETTING_FROM_DEFAULT]);
}

static void look_at_access(struct check_context *c, struct check_finding *f) {
        bool token = settings_given(c->settings, SETTING_ADMIN_TOKEN);
        struct error e = ERROR_INIT;

        if (access_check(c->settings, &e) < 0)
                finding_set(f, CHECK_PROBLEM, "`firstline serve` refuses to start like this.", "%s", e.message);
        else
                finding_set(f, CHECK_OK, NULL, "HOST %s, %s", settings_text(c->settings, SETTING_HOST),
                            token ? "ADMIN_TOKEN set" : "this machine only, no ADMIN_TOKEN needed");
}

static void look_at_tls(struct check_context *c, struct check_finding *f) {
        struct tls_files t _cleanup_tls_ = {0};
        struct error e = ERROR_INIT;
        int r = access_tls(c->settings, &t, &e);
        char expires[CLOCK_ISO_SIZE];

        clock_iso(t.expires_ms, expires);
        if (r < 0)
                finding_set(f, CHECK_PROBLEM, "`firstline serve` refuses to start like this.", "%s", e.message);
        else if (r == 0)
                finding_set(f, CHECK_OK, NULL, "off: plain HTTP, for a proxy in front to encrypt");
        else if (t.key_readable)
                finding_set(f, CHECK_NOTE, "chmod 600 the file.", "others than its owner may read TLS_KEY");
        else if (t.expires_ms - clock_now_ms() < ACCESS_TLS_SOON_MS)
                finding_set(f, CHECK_NOTE, "Renew it, and send SIGHUP to the server.", "the certificate expires on %s",
                            expires);
        else
                finding_set(f, CHECK_OK, NULL, "the certificate is good until %s", expires);
}

// Does a Firstline answer there?
static bool firstline_runs(const char *url) {
        struct http_client *client _cleanup_(http_client_free_p) = NULL;
        struct http_answer a _cleanup_answer_ = {0};
        char *live _cleanup_free_ = str_printf("%s/health/live", url);
        json_t *body _cleanup_json_ = NULL;
        struct http_call call = {
                        .method = "GET", .url = live, .timeout_ms = PROBE_TIMEOUT_MS, .answer_max = PROBE_ANSWER_MAX};

        return live && http_client_new(1, &client, NULL) == 0 && http_client_call(client, &call, &a, NULL) == 0 &&
               a.status == 200 && json_parse(buffer_str(&a.body), a.body.len, &body, NULL) == 0 &&
               json_str_or_null(body, "status");
}

static void look_at_port(struct check_context *c, struct check_finding *f) {
        const char *host = settings_text(c->settings, SETTING_HOST);
        uint16_t port = (uint16_t) settings_int(c->settings, SETTING_PORT);
        char *url _cleanup_free_ = access_url(c->settings, port);
        struct error e = ERROR_INIT;
        int fd = -1, r;

        r = listen_open(host, port, 1, &fd, &port, &e);
        if (r == 0) {
                (void) close(fd);
                finding_set(f, CHECK_OK, NULL, "%s is free", url ? url : "the port");
        } else if (r == -EADDRINUSE && url && firstline_runs(url)) {
                finding_set(f, CHECK_OK, NULL, "Firstline runs on %s", url);
        } else {
                finding_set(f, CHECK_PROBLEM, "Set HOST and PORT to an address of this machine and a free port.", "%s",
                            e.message);
        }
}

// Does the address lead here from where we are? A certificate that we do not trust, Freshdesk will not trust either.
static void look_at_address(const char *url, struct check_finding *f) {
        struct http_client *client _cleanup_(http_client_free_p) = NULL;
        struct http_answer a _cleanup_answer_ = {0};
        struct http_call call = {
                        .method = "GET", .url = url, .timeout_ms = PROBE_TIMEOUT_MS, .answer_max = PROBE_ANSWER_MAX};
        const char *problem = webhook_url_problem(url);
        struct error e = ERROR_INIT;
        int r;

        if (problem) {
                finding_set(f, CHECK_PROBLEM, "Freshdesk posts to WEBHOOK_URL, from outside.", "WEBHOOK_URL %s",
                            problem);
                return;
        }
        r = http_client_new(1, &client, &e);
        if (r == 0)
                r = http_client_call(client, &call, &a, &e);
        if (r == -EACCES)
                finding_set(f, CHECK_PROBLEM,
                            "Freshdesk posts nothing there: renew the certificate, and serve the whole chain.",
                            "WEBHOOK_URL: %s", e.message);
        else if (r < 0)
                finding_set(f, CHECK_NOTE,
                            "It may be reached from outside all the same; try it with `curl -i` from another network.",
                            "secret set; WEBHOOK_URL is not reached from here: %s", e.message);
        else if (a.status != HTTP_METHOD_NOT_ALLOWED_)
                finding_set(f, CHECK_NOTE, "Is Firstline running, and does the proxy pass /webhook on to it?",
                            "secret set; WEBHOOK_URL answers %d, as Firstline would not", a.status);
        else
                finding_set(f, CHECK_OK, NULL, "secret set, Freshdesk posts to %s", url);
}

static void look_at_webhook(struct check_context *c, struct check_finding *f) {
        size_t n = strlen(settings_text(c->settings, SETTING_WEBHOOK_SECRET));
        const char *url = settings_text(c->settings, SETTING_WEBHOOK_URL);

        if (n == 0)
                finding_set(f, CHECK_NOTE,
                            "Set WEBHOOK_SECRET to a long random text (`openssl rand -hex 32`), and send the same in "
                            "the header X-Webhook-Secret of the Freshdesk rule.",
                            "no WEBHOOK_SECRET: only this machine may post to /webhook");
        else if (n < SECRET_MIN)
                finding_set(f, CHECK_NOTE, "`openssl rand -hex 32` makes a good one.",
                            "WEBHOOK_SECRET has only %zu character%s and could be guessed", n, str_s((int64_t) n));
        else if (!*url)
                finding_set(f, CHECK_OK, "Set WEBHOOK_URL to the public address of /webhook to see it explained at /.",
                            "secret set");
        else
                look_at_address(url, f);
}

const struct check check_settings = {"settings", look_at_settings};
const struct check check_access = {"access", look_at_access};
const struct check check_tls = {"tls", look_at_tls};
const struct check check_port = {"port", look_at_port};
const struct check check_webhook = {"webhook", look_at_webhook};
