// Files that are part of the program: the console, the frame of the API's documentation, the description of the API.
// The table is written by the build (web/build.js), each file as it is and compressed.
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct asset {
        const char *path, *type;
        const char *tag, *gzip_tag; // ETags: they name the bytes
        bool forever;               // its name has a hash of its content: it never changes
        const unsigned char *data, *end;
        const unsigned char *gzip, *gzip_end;
};

extern const struct asset assets[];
extern const size_t n_assets;

const struct asset *asset_find(const char *path); // NULL: none there

// The assembler takes files in as they are; a C array of the largest would take the compiler longer than everything
// else.
#ifdef __APPLE__
#define ASSET_SECTION ".const_data"
#define ASSET_SYMBOL(name) "_asset_" #name
#define ASSET_HIDDEN ".private_extern "
#else
#define ASSET_SECTION ".section .rodata"
#define ASSET_SYMBOL(name) "asset_" #name
#define ASSET_HIDDEN ".hidden "
#endif
#define ASSET_LABEL(symbol) ".globl " symbol "\n" ASSET_HIDDEN symbol "\n" symbol ":\n"
#define ASSET_EMBED(name, file)                                                                                        \
        extern const unsigned char asset_##name[] __attribute__((visibility("hidden")));                               \
        extern const unsigned char asset_##name##_end[] __attribute__((visibility("hidden")));                         \
        __asm__(ASSET_SECTION "\n.balign 16\n" ASSET_LABEL(ASSET_SYMBOL(name)) ".incbin \"" file "\"\n" ASSET_LABEL(   \
                        ASSET_SYMBOL(name##_end)) ".byte 0\n.text\n");
