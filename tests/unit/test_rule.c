#include "unit.h"

#include "base/json.h"
#include "base/string.h"
#include "freshdesk/rule.h"
#include "freshdesk/webhook.h"
#include "freshdesk/webhook_url.h"

#define URL "https://help.example/webhook"
#define ACTION(more)                                                                                                   \
        "{\"field_name\":\"trigger_webhook\",\"request_type\":\"POST\",\"url\":\"" URL "\",\"content_type\":\"JSON\"," \
        "\"content_layout\":\"2\",\"content\":{\"ticket_id\":\"{{ticket.id}}\",\"triggered_event\":"                   \
        "\"{{triggered_event}}\"}" more "}"
#define SECRET_IS(v) ",\"custom_headers\":{\"x-webhook-secret\":" v "}"

static const struct rule_wish wish = {.url = URL, .secret = "the secret"};

static json_t *parse(const char *text) {
        json_t *v = NULL;
        struct error e = ERROR_INIT;

        if (json_parse(text, strlen(text), &v, &e) < 0)
                fail_msg("%s: %s", text, e.message);
        return v;
}

static unsigned faults_of_action(const char *action) {
        char *text _cleanup_free_ = str_printf("{\"id\":1,\"actions\":[%s]}", action);
        json_t *rule _cleanup_json_ = parse(text);

        return rule_faults(AUTOMATION_CREATION, rule, &wish);
}

static void what_we_make_is_right(void **state _unused_) {
        static const enum automation_type types[] = {AUTOMATION_CREATION, AUTOMATION_UPDATE};

        for (size_t i = 0; i < ARRAY_LEN(types); i++) {
                json_t *made _cleanup_json_ = rule_make(types[i], NULL, &wish);
                assert_non_null(made);
                assert_int_equal(rule_faults(types[i], made, &wish), 0);
                assert_null(strstr(rule_name(made), "secret"));
                assert_false(rule_has_conditions(made));
                json_t *again _cleanup_json_ = rule_make(types[i], made, &wish);
                assert_true(json_equal(made, again));
        }
}

static void the_secret_may_be_shown_hidden_or_elsewhere(void **state _unused_) {
        assert_int_equal(faults_of_action(ACTION(SECRET_IS("\"the secret\""))), 0);
        assert_int_equal(faults_of_action(ACTION(SECRET_IS("\"****\""))), 0);
        assert_int_equal(faults_of_action(ACTION(SECRET_IS("null"))), 0);
        assert_int_equal(faults_of_action(ACTION(SECRET_IS("\"another\""))), 1u << RULE_FAULT_SECRET_OTHER);
        assert_int_equal(faults_of_action(ACTION("")), 1u << RULE_FAULT_SECRET_MISSING);
        assert_int_equal(faults_of_action(ACTION(",\"auth_header\":{\"username\":\"x\",\"password\":\"the secret\"}")),
                         0);
        assert_int_equal(faults_of_action(ACTION(",\"custom_headers\":[{\"name\":\"X-Webhook-Secret\",\"value\":\"the "
                                                 "secret\"}]")),
                         0);
}

static void a_second_webhook_to_us_is_taken_out(void **state _unused_) {
        json_t *old _cleanup_json_ = parse("{\"id\":1,\"name\":\"n\",\"actions\":[" ACTION(
                        "") ",{\"field_name\":"
                            "\"add_tag\",\"value\":[\"a\"]}," ACTION("") "]}");
        json_t *made _cleanup_json_ = rule_make(AUTOMATION_CREATION, old, &wish);

        assert_int_equal(json_array_size(json_object_get(made, "actions")), 2);
        assert_int_equal(rule_faults(AUTOMATION_CREATION, made, &wish), 0);
}

static void hostile_rules_are_only_not_ours(void **state _unused_) {
        static const char *const texts[] = {"{}", "{\"actions\":7}", "{\"actions\":[null,1,\"x\",{}]}",
                                            "{\"actions\":[{\"field_name\":\"trigger_webhook\",\"url\":null}]}",
                                            "{\"name\":[],\"performer\":\"x\",\"events\":{},\"actions\":[]}"};

        for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
                json_t *rule _cleanup_json_ = parse(texts[i]);
                json_t *rules _cleanup_json_ = json_pack("[O]", rule);
                assert_null(rule_ours(AUTOMATION_UPDATE, rules, &wish));
                assert_null(rule_danger(AUTOMATION_UPDATE, rule, &wish));
                assert_true(rule_faults(AUTOMATION_UPDATE, rule, &wish) != 0);
        }
}

// What the rule's body becomes in Freshdesk's hands, for each event it can be sent for.
static void our_webhook_takes_the_body(void **state _unused_) {
        static const struct {
                const char *event;
                enum webhook_kind kind;
        } events[] = {{"{ticket_action:created}", WEBHOOK_CREATED},
                      {"{reply_sent:sent}", WEBHOOK_REPLIED},
                      {"{reply_sent}", WEBHOOK_REPLIED},
                      {"{note_type:public}", WEBHOOK_REPLIED},
                      {"", WEBHOOK_CREATED}};

        for (size_t i = 0; i < ARRAY_LEN(events); i++) {
                char *text _cleanup_free_ =
                                str_printf("{\"ticket_id\":\"12\",\"triggered_event\":\"%s\"}", events[i].event);
                json_t *body _cleanup_json_ = parse(text);
                struct webhook_event ev = {0};
                assert_int_equal(webhook_parse(body, &ev, NULL), 0);
                assert_false(ev.ignored);
                assert_int_equal(ev.ticket_id, 12);
                assert_int_equal(ev.kind, events[i].kind);
        }
}

static void an_address_must_be_one_that_freshdesk_can_post_to(void **state _unused_) {
        static const char *const good[] = {URL, "HTTPS://help.example:8443/webhook",
                                           "https://help.example/firstline/webhook", "https://192.0.2.7/webhook",
                                           "https://[2001:db8::7]:443/webhook"};
        static const char *const bad[] = {"",
                                          "help.example/webhook",
                                          "http://help.example/webhook",
                                          "https:///webhook",
                                          "https://localhost/webhook",
                                          "https://LOCALHOST:8080/webhook",
                                          "https://server/webhook",
                                          "https://server"
                                          ".local/webhook",
                                          "https://server"
                                          ".internal/webhook",
                                          "https://127.0.0.1/webhook",
                                          "https://10.0.0.1/webhook",
                                          "https://172.31.255.255/webhook",
                                          "https://192.168.0.1:1/webhook",
                                          "https://169.254.169.254/webhook",
                                          "https://100.64.0.1/webhook",
                                          "https://[::1]/webhook",
                                          "https://[fe80::1]/webhook",
                                          "https://[fd00::1]/webhook",
                                          "https://[::ffff:10.0.0.1]/webhook",
                                          "https://[::1/webhook",
                                          "https://user:password@help.example/webhook",
                                          "https://help.example/webhook?key=1",
                                          "https://help.example/webhook/",
                                          "https://help.example/",
                                          "https://help.example",
                                          "https://help.example/web hook/webhook",
                                          "https://help.example/\"/webhook"};

        for (size_t i = 0; i < ARRAY_LEN(good); i++)
                if (webhook_url_problem(good[i]))
                        fail_msg("%s: %s", good[i], webhook_url_problem(good[i]));
        for (size_t i = 0; i < ARRAY_LEN(bad); i++)
                if (!webhook_url_problem(bad[i]))
                        fail_msg("%s is taken", bad[i]);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                        cmocka_unit_test(what_we_make_is_right),
                        cmocka_unit_test(the_secret_may_be_shown_hidden_or_elsewhere),
                        cmocka_unit_test(a_second_webhook_to_us_is_taken_out),
                        cmocka_unit_test(hostile_rules_are_only_not_ours),
                        cmocka_unit_test(our_webhook_takes_the_body),
                        cmocka_unit_test(an_address_must_be_one_that_freshdesk_can_post_to),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
