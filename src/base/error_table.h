// Every error code: its name in the API, the HTTP status it goes out with, and what it means.
#pragma once

// clang-format off
#define ERROR_TABLE(X)                                                                                                    \
        X(NONE,                   "none",                   200, "no error")                                              \
        X(INVALID_JSON,           "invalid_json",           400, "the body is not one well-formed JSON document")         \
        X(INVALID_REQUEST,        "invalid_request",        400, "a field or parameter has the wrong type or value")      \
        X(MISSING_FIELD,          "missing_field",          400, "a field that is needed is not there")                   \
        X(UNAUTHORIZED,           "unauthorized",           401, "no proof of who is asking, or a wrong one")             \
        X(FORBIDDEN,              "forbidden",              403, "known, but not allowed")                                \
        X(NOT_FOUND,              "not_found",              404, "no such path, ticket or document")                      \
        X(METHOD_NOT_ALLOWED,     "method_not_allowed",     405, "the path exists, but not with this method; see Allow")  \
        X(TIMEOUT,                "timeout",                408, "it took longer than its limit")                         \
        X(CONFLICT,               "conflict",               409, "the state does not allow it")                           \
        X(TOO_LARGE,              "too_large",              413, "larger than its limit")                                 \
        X(UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", 415, "the body must be application/json")                     \
        X(HEADERS_TOO_LARGE,      "headers_too_large",      431, "too many headers, or too long ones")                    \
        X(RATE_LIMITED,           "rate_limited",           429, "too many requests; try again after Retry-After")        \
        X(INTERNAL,               "internal",               500, "a fault of ours; the log line has the request's id")    \
        X(OUT_OF_MEMORY,          "out_of_memory",          503, "not enough memory for this now")                        \
        X(OVERLOADED,             "overloaded",             503, "a queue is full; try again after Retry-After")          \
        X(STORAGE_UNAVAILABLE,    "storage_unavailable",    503, "the database cannot be written or read now")            \
        X(MODEL_UNAVAILABLE,      "model_unavailable",      503, "the embedding model is missing, broken or too large")   \
        X(KNOWLEDGE_UNAVAILABLE,  "knowledge_unavailable",  503, "the knowledge base is missing, empty or unreadable")    \
        X(FRESHDESK_UNAVAILABLE,  "freshdesk_unavailable",  502, "Freshdesk cannot be reached or answers with an error")  \
        X(FRESHDESK_REFUSED,      "freshdesk_refused",      502, "Freshdesk refused the request")                         \
        X(SETTING_INVALID,        "setting_invalid",        500, "a setting is unknown or malformed")                     \
        X(FILE_INVALID,           "file_invalid",           500, "a file is missing, unreadable, too large or malformed") \
        X(USAGE,                  "usage",                  400, "the command line is wrong; see --help")
// clang-format on
