#include "model/onnx.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "base/log.h"
#include "base/string.h"

enum {
        API_OLDEST = 11,   // of ONNX Runtime 1.11: all that is called here is older
        MESSAGES_MAX = 50, // of the library, in our log, per process: it may repeat one for each run
        TRIED_MAX = 2048,  // bytes of the list of places in an error
};

// ---- the library

// It never frees a name that it makes with its environment: 14 bytes, once.
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define LEAKS_ARE_SOUGHT
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define LEAKS_ARE_SOUGHT
#endif
#ifdef LEAKS_ARE_SOUGHT
const char *__lsan_default_suppressions(void); // both are called by LeakSanitizer
const char *__lsan_default_options(void);
const char *__lsan_default_suppressions(void) {
        return "leak:libonnxruntime\n";
}
const char *__lsan_default_options(void) {
        return "print_suppressions=0";
}
#endif

// Nothing of ours goes to anybody: from 1.30 on the builds for Linux report to their maker how they are used, unless
// this variable is there when they are opened. It is set before main, because no thread may read variables meanwhile.
__attribute__((constructor)) static void forbid_reports(void) {
        (void) setenv("ORT_DISABLE_TELEMETRY", "1", 1);
}

typedef const OrtApiBase *api_base_fn(void);

static void *try_place(const char *place, struct buffer *tried) {
        void *library = dlopen(place, RTLD_NOW | RTLD_LOCAL);

        if (!library) {
                const char *why = dlerror();

                log_debug("ONNX Runtime: %s", why ? why : place);
                buffer_addf(tried, "%s%s", tried->len > 0 ? ", " : "", place);
        }
        return library;
}

static int open_library(const char *path, void **ret, struct error *e) {
        struct buffer tried _cleanup_buffer_ = BUFFER_INIT(TRIED_MAX);
        char *places _cleanup_free_ = str_dup(FIRSTLINE_ONNXRUNTIME);
        char *rest = places, *place;
        void *library = NULL;

        if (!str_empty(path)) {
                library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
                if (!library)
                        return error_set(e, -ELIBACC, ERROR_MODEL_UNAVAILABLE, "ONNX Runtime cannot be opened: %s",
                                         dlerror());
        } else if (!places) {
                return error_set(e, -ENOMEM, ERROR_MODEL_UNAVAILABLE, "ONNX Runtime: not enough memory");
        }
        while (!library && (place = strsep(&rest, ":")))
                library = *place ? try_place(place, &tried) : NULL;
        if (!library)
                return error_set(e, -ELIBACC, ERROR_MODEL_UNAVAILABLE,
                                 "ONNX Runtime was not found; install it or set ONNX_RUNTIME to its library (looked "
                                 "for %s)",
                                 buffer_str(&tried));
        *ret = library;
        return 0;
}

// A library that is asked for an interface newer than its own complains on stderr, so its version is read first.
static int open_api(void *library, const OrtApi **ret, struct error *e) {
        api_base_fn *get_base;
        const OrtApiBase *base;
        unsigned major = 0, minor = 0;
        const char *version;

        *(void **) &get_base = dlsym(library, "OrtGetApiBase");
        base = get_base ? get_base() : NULL;
        version = base ? base->GetVersionString() : NULL;
        if (!version || sscanf(version, "%u.%u", &major, &minor) != 2)
                return error_set(e, -ELIBACC, ERROR_MODEL_UNAVAILABLE,
                                 "the library set by ONNX_RUNTIME is not ONNX Runtime");
        for (unsigned v = MIN(minor, (unsigned) ORT_API_VERSION); major == 1 && v >= API_OLDEST; v--) {
                const OrtApi *api = base->GetApi(v);

                if (api) {
                        log_debug("ONNX Runtime %s, interface %u", version, v);
                        *ret = api;
                        return 0;
                }
        }
        return error_set(e, -ELIBACC, ERROR_MODEL_UNAVAILABLE, "ONNX Runtime %s is too old, 1.%d or later is needed",
                         version, API_OLDEST);
}

static void ORT_API_CALL log_message(void *arg _unused_, OrtLoggingLevel severity, const char *category _unused_,
                                     const char *id _unused_, const char *place _unused_, const char *message) {
        static atomic_uint messages;
        unsigned n = atomic_load(&messages) > MESSAGES_MAX ? MESSAGES_MAX + 1 : atomic_fetch_add(&messages, 1);

        if (n > MESSAGES_MAX)
                return;
        if (n == MESSAGES_MAX)
                log_warning("ONNX Runtime: further messages are not logged");
        else if (severity >= ORT_LOGGING_LEVEL_ERROR)
                log_warning("ONNX Runtime: %s", message);
        else
                log_debug("ONNX Runtime: %s", message);
}

int onnx_open(const char *path, struct onnx *ret, struct error *e) {
        struct onnx o = {0};
        void *library = NULL;
        int r = open_library(path, &library, e);

        if (r == 0)
                r = open_api(library, &o.api, e);
        if (r == 0)
                r = onnx_result(&o,
                                o.api->CreateEnvWithCustomLogger(log_message, NULL, ORT_LOGGING_LEVEL_WARNING,
                                                                 "firstline", &o.env),
                                e);
        if (r < 0)
                return r;
        // Once more, by the interface: a later version may have another variable.
        (void) onnx_result(&o, o.api->DisableTelemetryEvents(o.env), NULL);
        *ret = o;
        return 0;
}

void onnx_close(struct onnx *o) {
        if (o->env)
                o->api->ReleaseEnv(o->env);
        *o = (struct onnx){0};
}

// ---- errors

static int status_errno(OrtErrorCode code, const char *message) {
        // A failed allocation has no code of its own.
        if (strstr(message, "bad_alloc") || strstr(message, "allocate memory") || strstr(message, "Cannot allocate"))
                return -ENOMEM;
        switch (code) {
        case ORT_NO_SUCHFILE:
                return -ENOENT;
        case ORT_NOT_IMPLEMENTED:
                return -ENOTSUP;
        case ORT_INVALID_ARGUMENT:
        case ORT_NO_MODEL:
        case ORT_INVALID_PROTOBUF:
        case ORT_INVALID_GRAPH:
                return -EINVAL;
        default:
                return -EIO;
        }
}

int onnx_result(const struct onnx *o, OrtStatus *status, struct error *e) {
        const char *message;
        int r;

        if (!status)
                return 0;
        message = o->api->GetErrorMessage(status);
        r = status_errno(o->api->GetErrorCode(status), message ? message : "");
        (void) error_set(e, r, ERROR_MODEL_UNAVAILABLE, "%s%s", r == -ENOMEM ? "not enough memory: " : "",
                         message ? message : "no reason given");
        o->api->ReleaseStatus(status);
        return r;
}
