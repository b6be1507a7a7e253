// The JSON shape of a ticket that comes through one of our own faces.
#include <errno.h>

#include "base/json.h"
#include "base/string.h"
#include "desk/desk.h"

enum { PRIORITY_MIN = 1, PRIORITY_MAX = 4 }; // Freshdesk's: low to urgent

// The number of a ticket, as a number or as the decimal text that Freshdesk's placeholders give.
static int read_id(const json_t *o, int64_t *ret, struct error *e) {
        const json_t *v = json_object_get(o, "id");

        if (!json_is_string(v))
                return json_get_int(o, "id", 1, STORE_LOCAL_TICKET - 1, ret, e);
        if (str_to_int64(json_string_value(v), 1, STORE_LOCAL_TICKET - 1, ret) < 0)
                return error_set(e, -EINVAL, ERROR_INVALID_REQUEST, "\"id\" must be a whole number from 1 on");
        return 1;
}

static int read_priority(const json_t *o, int *ret, struct error *e) {
        static const char *const labels[] = {"low", "medium", "high", "urgent"};
        const json_t *v = json_object_get(o, "priority");
        int64_t number = 0;

        if (json_is_string(v)) {
                for (int i = 0; i < (int) ARRAY_LEN(labels); i++)
                        if (str_ieq(json_string_value(v), labels[i])) {
                                *ret = PRIORITY_MIN + i;
                                return 1;
                        }
                return error_set(e, -EINVAL, ERROR_INVALID_REQUEST,
                                 "\"priority\" must be 1 to 4, or low, medium, high or urgent");
        }
        int r = json_get_int(o, "priority", PRIORITY_MIN, PRIORITY_MAX, &number, e);
        *ret = (int) number;
        return r;
}

int ticket_input_from_json(const json_t *o, struct ticket_input *ret, struct error *e) {
        struct ticket_input in = {0};
        int r;

        if (!json_is_object(o))
                return error_set(e, -EINVAL, ERROR_INVALID_REQUEST, "the ticket must be a JSON object");
        if ((r = json_get_str(o, "subject", &in.subject, e)) < 0 ||
            (r = json_get_str(o, "description", &in.description, e)) < 0 ||
            (r = json_get_str(o, "requester", &in.requester, e)) < 0 || (r = read_id(o, &in.id, e)) < 0 ||
            (r = read_priority(o, &in.priority, e)) < 0)
                return r;
        if (str_empty(in.subject) && str_empty(in.description))
                return error_set(e, -EINVAL, ERROR_MISSING_FIELD,
                                 "\"subject\" and \"description\" are both empty; give at least one");
        *ret = in;
        return 0;
}
