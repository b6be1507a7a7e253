#include "api/asset.h"

#include "base/string.h"

const struct asset *asset_find(const char *path) {
        for (size_t i = 0; i < n_assets; i++)
                if (str_eq(assets[i].path, path))
                        return &assets[i];
        return NULL;
}
