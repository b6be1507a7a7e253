#include "desk/groups.h"

#include <errno.h>
#include <string.h>

#include "base/string.h"

enum { GROUP_SIZE = 24 }; // of an id as text, with blanks around it

// The next id of the list; false: it is none, or there is no more.
static bool next(const char **list, int64_t *ret) {
        size_t n = strcspn(*list, ",");
        char entry[GROUP_SIZE];
        const char *from = *list;

        *list += n + (from[n] == ',');
        if (n >= sizeof(entry))
                return false;
        memcpy(entry, from, n);
        entry[n] = '\0';
        return str_to_int64(str_trim(entry), 0, INT64_MAX, ret) == 0;
}

int groups_check(const char *list, struct error *e) {
        int64_t id;

        for (const char *p = list; *p;)
                if (!next(&p, &id))
                        return error_set(e, -EINVAL, ERROR_SETTING_INVALID,
                                         "FRESHDESK_GROUPS must be ids of groups with commas between them, as 12,34; 0 "
                                         "is "
                                         "no group");
        return 0;
}

bool groups_have(const char *list, int64_t group_id) {
        int64_t id;

        for (const char *p = list; *p;)
                if (next(&p, &id) && id == group_id)
                        return true;
        return !*list;
}
