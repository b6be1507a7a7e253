// Who wrote last, and may we write now: by user id, never by `incoming`.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "desk/guard.h"

enum { CUSTOMER = 10, AGENT = 20, ME = 30, COLLEAGUE = 40, RESOLVED = 4, OPEN = 2, OUTBOUND = 10 };

static const struct guard_team team = {.status_resolved = RESOLVED, .me = ME};
static const struct guard_team other_status = {.status_resolved = 17, .me = ME};

static struct freshdesk_message said(int64_t who, const char *text) {
        return (struct freshdesk_message){.user_id = who, .text = (char *) (uintptr_t) text};
}

static struct freshdesk_message noted(int64_t who, const char *text) {
        struct freshdesk_message m = said(who, text);
        m.private_note = true;
        return m;
}

static struct freshdesk_ticket open_ticket(struct freshdesk_message *messages, size_t n) {
        return (struct freshdesk_ticket){
                        .id = 1, .requester_id = CUSTOMER, .status = OPEN, .messages = messages, .n_messages = n};
}

static void test_new_ticket_may_be_answered(void **state) {
        struct freshdesk_ticket t = open_ticket(NULL, 0);

        (void) state;
        assert_null(guard_forbids(&t, &team));
        assert_int_equal(guard_unanswered_from(&t), 0);
}

static void test_states_that_forbid(void **state) {
        struct freshdesk_ticket t = open_ticket(NULL, 0);

        (void) state;
        t.deleted = true;
        assert_non_null(strstr(guard_forbids(&t, &team), "deleted"));
        t = open_ticket(NULL, 0);
        t.spam = true;
        assert_non_null(strstr(guard_forbids(&t, &team), "spam"));
        t = open_ticket(NULL, 0);
        for (int status = 4; status <= 5; status++) {
                t.status = status;
                assert_non_null(guard_forbids(&t, &team));
        }
        t.status = 17;
        assert_null(guard_forbids(&t, &team));
        assert_non_null(guard_forbids(&t, &other_status));
}

static void test_a_persons_answer_forbids_until_the_customer_writes(void **state) {
        struct freshdesk_message talk[] = {said(CUSTOMER, "help"), said(AGENT, "done"), noted(AGENT, "hm"),
                                           said(CUSTOMER, "no"), said(CUSTOMER, "still no")};
        struct freshdesk_ticket t = open_ticket(talk, 3);

        (void) state;
        assert_non_null(guard_forbids(&t, &team));
        assert_int_equal(guard_unanswered_from(&t), 3);
        t.n_messages = 5;
        assert_null(guard_forbids(&t, &team));
        assert_int_equal(guard_unanswered_from(&t), 3);
}

static void test_incoming_is_not_believed(void **state) {
        struct freshdesk_message talk[] = {said(CUSTOMER, "help")};
        struct freshdesk_ticket t = open_ticket(talk, 1);

        (void) state;
        talk[0].incoming = false;
        assert_true(guard_by_requester(&t, &talk[0]));
        assert_null(guard_forbids(&t, &team));
        talk[0] = said(AGENT, "answered");
        talk[0].incoming = true;
        assert_false(guard_by_requester(&t, &talk[0]));
        assert_non_null(guard_forbids(&t, &team));
}

static void test_private_notes_and_empty_feedback_answer_nobody(void **state) {
        struct freshdesk_message talk[] = {noted(AGENT, "call him"), said(AGENT, ""), said(AGENT, NULL)};
        struct freshdesk_ticket t = open_ticket(talk, 3);

        (void) state;
        assert_null(guard_forbids(&t, &team));
}

static void test_unknown_requester_wrote_nothing(void **state) {
        struct freshdesk_message talk[] = {said(0, "hello")};
        struct freshdesk_ticket t = open_ticket(talk, 1);

        (void) state;
        t.requester_id = 0;
        assert_false(guard_by_requester(&t, &talk[0]));
        assert_non_null(guard_forbids(&t, &team)); // somebody wrote, and we cannot say that it was the customer
}

static void test_a_customer_waits_until_somebody_answers(void **state) {
        struct freshdesk_message talk[] = {said(CUSTOMER, "help"), noted(AGENT, "hm"), said(AGENT, "done")};
        struct freshdesk_ticket t = open_ticket(talk, 0);

        (void) state;
        assert_false(guard_customer_waits(&t));
        t.n_messages = 1;
        assert_true(guard_customer_waits(&t));
        t.n_messages = 2;
        assert_true(guard_customer_waits(&t));
        t.n_messages = 3;
        assert_false(guard_customer_waits(&t));
}

static void test_merged_tickets_are_left_alone(void **state) {
        static const struct {
                const char *note;
                bool merged;
        } rows[] = {
                        {"This ticket is closed and merged into ticket 182769", true},
                        {"This ticket is closed and Merged Into Ticket #9 by an app", true},
                        {"should this be merged into ticket something?", false},
                        {"merged into ticket", false},
                        {"", false},
        };

        (void) state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                struct freshdesk_message m[] = {said(CUSTOMER, "help"), noted(AGENT, rows[i].note),
                                                said(CUSTOMER, "still there?")};
                struct freshdesk_ticket t = open_ticket(m, 2);
                assert_int_equal(guard_merged(&t), rows[i].merged);
                if (rows[i].merged)
                        assert_non_null(strstr(guard_forbids(&t, &team), "merged"));
                t.n_messages = 3; // it is open again
                assert_false(guard_merged(&t));
        }

        // A customer who writes these words merges nothing.
        struct freshdesk_message m[] = {said(CUSTOMER, "was it merged into ticket 5?")};
        struct freshdesk_ticket t = open_ticket(m, 1);
        assert_null(guard_forbids(&t, &team));
}

static void test_a_colleague_in_copy_is_no_agent(void **state) {
        struct freshdesk_message talk[] = {said(CUSTOMER, "help"), said(COLLEAGUE, "me too")};
        struct freshdesk_ticket t = open_ticket(talk, 2);

        (void) state;
        assert_non_null(guard_forbids(&t, &team));
        talk[1].participant = true;
        assert_null(guard_forbids(&t, &team));
        assert_int_equal(guard_unanswered_from(&t), 0);
        assert_int_equal(guard_customer_messages(&t), 1);
        talk[0] = said(ME, "answered");
        assert_non_null(guard_forbids(&t, &team));
        assert_false(guard_customer_waits(&t));
}

static void test_an_assignment_alone_takes_nothing(void **state) {
        struct freshdesk_message talk[] = {said(AGENT, "hello"), said(CUSTOMER, "and now?"), noted(AGENT, "hm")};
        struct guard_team strict = {.me = ME, .assigned_is_taken = true};
        struct freshdesk_ticket t = open_ticket(talk, 0);

        (void) state;
        t.responder_id = AGENT;
        assert_null(guard_forbids(&t, &team));
        assert_non_null(strstr(guard_forbids(&t, &strict), "assigned to a person"));
        t.responder_id = ME;
        assert_null(guard_forbids(&t, &strict));
        t.n_messages = 2;
        assert_null(guard_forbids(&t, &team));
        t.responder_id = AGENT;
        assert_non_null(strstr(guard_forbids(&t, &team), "answered in it"));
        talk[0] = said(ME, "an answer");
        assert_null(guard_forbids(&t, &team));
        t.n_messages = 3;
        assert_non_null(strstr(guard_forbids(&t, &team), "at work"));
        talk[1] = noted(AGENT, "before the customer wrote");
        talk[2] = said(CUSTOMER, "and now?");
        assert_null(guard_forbids(&t, &team));
}

static void test_other_bots_and_our_own_mails_are_left_alone(void **state) {
        struct freshdesk_message talk[] = {said(CUSTOMER, "yes?")};
        struct guard_team bots = {.me = ME, .other_bot = true}, groups = {.me = ME, .other_group = true};
        struct freshdesk_ticket t = open_ticket(talk, 0);

        (void) state;
        assert_non_null(strstr(guard_forbids(&t, &bots), "another AI agent"));
        assert_non_null(strstr(guard_forbids(&t, &groups), "FRESHDESK_GROUPS"));
        t.source = OUTBOUND;
        assert_non_null(strstr(guard_forbids(&t, &team), "an agent wrote it"));
        t.n_messages = 1;
        assert_null(guard_forbids(&t, &team));
}

static void test_a_decision_stands_while_nothing_has_changed(void **state) {
        struct freshdesk_message talk[] = {said(CUSTOMER, "help"), said(CUSTOMER, ""), said(CUSTOMER, "please")};
        struct freshdesk_ticket t = open_ticket(talk, 2);
        struct guard_seen seen = {.messages = 1};

        (void) state;
        assert_int_equal(guard_changed(&t, &seen, ME), GUARD_SAME);
        t.n_messages = 3;
        assert_int_equal(guard_changed(&t, &seen, ME), GUARD_WROTE_MORE);
        t.n_messages = 1;
        t.responder_id = ME;
        assert_int_equal(guard_changed(&t, &seen, ME), GUARD_SAME);
        t.responder_id = AGENT;
        assert_int_equal(guard_changed(&t, &seen, ME), GUARD_TAKEN);
        seen.responder_id = AGENT;
        assert_int_equal(guard_changed(&t, &seen, ME), GUARD_SAME);
        t.responder_id = 0;
        assert_int_equal(guard_changed(&t, &seen, ME), GUARD_SAME);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                        cmocka_unit_test(test_merged_tickets_are_left_alone),
                        cmocka_unit_test(test_new_ticket_may_be_answered),
                        cmocka_unit_test(test_states_that_forbid),
                        cmocka_unit_test(test_a_persons_answer_forbids_until_the_customer_writes),
                        cmocka_unit_test(test_incoming_is_not_believed),
                        cmocka_unit_test(test_private_notes_and_empty_feedback_answer_nobody),
                        cmocka_unit_test(test_unknown_requester_wrote_nothing),
                        cmocka_unit_test(test_a_customer_waits_until_somebody_answers),
                        cmocka_unit_test(test_a_colleague_in_copy_is_no_agent),
                        cmocka_unit_test(test_an_assignment_alone_takes_nothing),
                        cmocka_unit_test(test_other_bots_and_our_own_mails_are_left_alone),
                        cmocka_unit_test(test_a_decision_stands_while_nothing_has_changed),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
