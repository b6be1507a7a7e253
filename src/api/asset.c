#include "api/asset.h"

#include "base/memory.h"
#include "base/string.h"

#define ASSET_DECLARE(name, path, type)                                                                                \
        extern const unsigned char asset_##name[] __attribute__((visibility("hidden")));                               \
        extern const unsigned char asset_##name##_end[] __attribute__((visibility("hidden")));
ASSET_TABLE(ASSET_DECLARE)

static const struct asset assets[] = {
#define ASSET_ENTRY(name, path, type) {path, type, asset_##name, asset_##name##_end},
                ASSET_TABLE(ASSET_ENTRY)
#undef ASSET_ENTRY
};

const struct asset *asset_find(const char *path) {
        for (size_t i = 0; i < ARRAY_LEN(assets); i++)
                if (str_eq(assets[i].path, path))
                        return &assets[i];
        return NULL;
}
