// Files that are part of the program: pages, styles, scripts, the description of the API. What is listed in the table
// is embedded by the build (embed.sh) and can be asked for.
#pragma once

#include <stddef.h>

// X(name, where it is served, type)
// clang-format off
#define ASSET_TABLE(X)                                                                        \
        X(start_html,           "/",                            "text/html; charset=utf-8")       \
        X(docs_html,            "/docs",                        "text/html; charset=utf-8")       \
        X(openapi_json,         "/openapi.json",                "application/json")               \
        X(favicon_svg,          "/assets/favicon.svg",          "image/svg+xml")                  \
        X(start_css,            "/assets/start.css",            "text/css; charset=utf-8")        \
        X(start_js,             "/assets/start.js",             "text/javascript; charset=utf-8") \
        X(docs_css,             "/assets/docs.css",             "text/css; charset=utf-8")        \
        X(docs_js,              "/assets/docs.js",              "text/javascript; charset=utf-8") \
        X(swagger_ui_css,       "/assets/swagger-ui.css",       "text/css; charset=utf-8")        \
        X(swagger_ui_bundle_js, "/assets/swagger-ui-bundle.js", "text/javascript; charset=utf-8")
// clang-format on

struct asset {
        const char *path, *type;
        const unsigned char *data, *end;
};

const struct asset *asset_find(const char *path); // NULL: none there

// The assembler takes files in as they are; a C array of the largest would take the compiler longer than everything
// else.
#ifdef __APPLE__
#define ASSET_SECTION ".const_data"
#define ASSET_SYMBOL(name) "_asset_" name
#define ASSET_HIDDEN ".private_extern "
#else
#define ASSET_SECTION ".section .rodata"
#define ASSET_SYMBOL(name) "asset_" name
#define ASSET_HIDDEN ".hidden "
#endif
#define ASSET_LABEL(symbol) ".globl " symbol "\n" ASSET_HIDDEN symbol "\n" symbol ":\n"
#define ASSET_EMBED(name, file)                                                                                        \
        __asm__(ASSET_SECTION "\n.balign 16\n" ASSET_LABEL(ASSET_SYMBOL(name)) ".incbin \"" file "\"\n" ASSET_LABEL(   \
                        ASSET_SYMBOL(name) "_end") ".byte 0\n.text\n");
