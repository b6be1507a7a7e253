#!/bin/sh
# Writes C that holds the given files byte for byte: embed.sh OUTPUT FILE... The name of each is its file name, `-` and `.` as `_`.
set -eu
output=$1
shift
{
        echo '#include "api/asset.h"'
        for file; do
                printf 'ASSET_EMBED("%s", "%s")\n' "$(basename "$file" | tr '.-' '__')" "$file"
        done
} >"$output"
