// Every statement that a connection keeps prepared: X(id, sql). Values are always bound, never written into the text.
#pragma once

// clang-format off
#define STATEMENT_TABLE(X)                                                                                              \
        X(BEGIN,    "BEGIN IMMEDIATE")                                                                                  \
        X(COMMIT,   "COMMIT")                                                                                           \
        X(ROLLBACK, "ROLLBACK")                                                                                         \
                                                                                                                        \
        /* events */                                                                                                    \
        X(EVENT_BY_KEY,                                                                                                 \
          "SELECT id, ticket_id FROM event WHERE key_prefix = ?1 AND key = ?2 AND received_ms > ?3 "                    \
          "AND received_ms <= ?5 AND (?4 = 0 OR EXISTS(SELECT 1 FROM job WHERE job.id = event.id AND job.state = 'queued')) "                 \
          "ORDER BY id LIMIT 1")                                                                                        \
        X(EVENT_RECEIVED,                                                                                               \
          "SELECT received_ms FROM event WHERE id = ?1")                                                                \
        X(EVENT_NEWEST,                                                                                                 \
          "SELECT event.id, received_ms, kind, job.state FROM ticket JOIN event ON event.id = ticket.job_id "           \
          "JOIN job ON job.id = event.id WHERE ticket.id = ?1")                                                         \
        X(EVENT_INSERT,                                                                                                 \
          "INSERT INTO event(ticket_id, key_prefix, key, kind, received_ms, body, description) "                        \
          "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)")                                                                         \
        X(LOCAL_TICKET_NEXT,                                                                                            \
          "INSERT INTO meta(name, value) VALUES('local_ticket', ?1) "                                                   \
          "ON CONFLICT(name) DO UPDATE SET value = CAST(CAST(value AS INTEGER) + 1 AS TEXT) "                           \
          "RETURNING CAST(value AS INTEGER)")                                                                           \
                                                                                                                        \
        /* jobs */                                                                                                      \
        X(JOB_INSERT,                                                                                                   \
          "INSERT INTO job(id, ticket_id, state, attempts, created_ms, due_ms, owner, thread, lease_ms) "               \
          "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)")                                                                 \
        X(JOB_SETTLING,                                                                                                 \
          "SELECT created_ms FROM job JOIN event USING(id) WHERE job.id = ?1 AND state = 'queued' AND attempts = 0 "    \
          "AND owner IS NULL AND kind IN ('created', 'replied', 'updated')")                                            \
        X(JOB_JOINED, "UPDATE job SET state = ?2, due_ms = NULL, error = ?3 WHERE id = ?1")                             \
        X(JOB_LEASED,                                                                                                   \
          "SELECT 1 FROM job WHERE owner IS NOT NULL AND ticket_id = ?1 AND due_ms > ?2")                               \
        X(JOB_CLAIMABLE,                                                                                                \
          "SELECT job.id, job.ticket_id, state, attempts, created_ms, kind, body, claims, trouble_ms "                   \
          "FROM job JOIN event USING(id) "                                                                              \
          "WHERE job.id = (SELECT id FROM job WHERE due_ms <= ?1 AND ticket_id NOT IN "                                 \
          "(SELECT ticket_id FROM job WHERE owner IS NOT NULL AND due_ms > ?1) ORDER BY due_ms, id LIMIT 1)")           \
        X(JOB_CLAIM,                                                                                                    \
          "UPDATE job SET state = ?2, attempts = attempts + 1, claims = claims + 1, due_ms = ?3, owner = ?4, "            \
          "thread = ?5, lease_ms = ?6 WHERE id = ?1")                                                                                              \
        X(JOB_BY_ID,                                                                                                    \
          "SELECT ticket_id, state, owner, thread, lease_ms FROM job WHERE id = ?1")                                    \
        X(JOB_MOVE,                                                                                                     \
          "UPDATE job SET state = ?2, due_ms = ?3, error = ?4, claims = 0, trouble_ms = " JOB_TROUBLE ", "              \
          "attempts = " JOB_ATTEMPTS ", "                                                                          \
          "owner = NULL, thread = NULL, lease_ms = ?8 WHERE id = ?1")                                                                                              \
        X(JOB_KEEP,                                                                                                     \
          "UPDATE job SET state = ?2, due_ms = ?3, error = ?4, claims = 0, trouble_ms = " JOB_TROUBLE ", "              \
          "attempts = " JOB_ATTEMPTS " WHERE id = ?1")  \
        X(JOB_CALM,                                                                                                     \
          "UPDATE job SET claims = 0, trouble_ms = NULL WHERE id = ?1")                                           \
        X(JOB_NEXT_DUE,                                                                                                 \
          "SELECT due_ms FROM job WHERE due_ms IS NOT NULL AND (owner IS NOT NULL OR ticket_id NOT IN "                 \
          "(SELECT ticket_id FROM job WHERE owner IS NOT NULL AND due_ms > ?1)) ORDER BY due_ms LIMIT 1")               \
        X(JOBS,                                                                                                         \
          "SELECT " JOB_COLUMNS " " JOB_TABLES " WHERE job.id < ?1 AND (?2 IS NULL OR job.state = ?2) "                 \
          "AND (?3 = 0 OR job.state IN ('queued', 'running', 'delivering', 'failed')) "                                 \
          "AND (?4 = 0 OR job.ticket_id = ?4) ORDER BY job.id DESC LIMIT ?5")                                           \
        X(JOB_ROW, "SELECT " JOB_COLUMNS " " JOB_TABLES " WHERE job.id = ?1")                                           \
        X(JOB_COUNTS, "SELECT state, jobs FROM job_count")                                                              \
        X(JOB_COUNT_ADD,                                                                                                \
          "INSERT INTO job_count(state, jobs) VALUES(?1, ?2) "                                                          \
          "ON CONFLICT(state) DO UPDATE SET jobs = jobs + excluded.jobs")                                               \
        X(JOB_SUPERSEDE,                                                                                                \
          "UPDATE job SET state = 'dropped', due_ms = NULL, error = 'superseded by a newer decision' "                  \
          "WHERE state = 'delivering' AND owner IS NULL AND id IN "                                                     \
          "(SELECT job_id FROM step WHERE ticket_id = ?1 AND job_id <> ?2 AND state = 'withheld') AND NOT EXISTS "      \
          "(SELECT 1 FROM step WHERE job_id = job.id AND state IN ('waiting', 'sending'))")                             \
                                                                                                                        \
        /* leases */                                                                                                    \
        X(LEASE_RENEW,                                                                                                  \
          "UPDATE job SET due_ms = ?4, lease_ms = ?5 WHERE id = ?1 AND owner = ?2 AND thread = ?3")                     \
        X(LEASE_RELEASE_OWNER,                                                                                          \
          "UPDATE job SET owner = NULL, thread = NULL, lease_ms = NULL, due_ms = ?2 WHERE owner = ?1")                  \
        X(LEASE_REPAIR,                                                                                                 \
          "UPDATE job SET due_ms = ?1 WHERE owner IS NOT NULL AND due_ms > ?1 + 2 * lease_ms")                          \
        X(CLOCK_BACK,                                                                                                   \
          "UPDATE job SET due_ms = ?1 WHERE owner IS NULL AND due_ms > ?1 + ?2 AND due_ms > ?1 + ?2 + coalesce(lease_ms, 0)") \
        X(CLOCK_FORTH,                                                                                                  \
          "UPDATE job SET due_ms = ?1 + lease_ms WHERE owner IS NOT NULL AND due_ms <= ?1 AND due_ms > ?1 - ?2")        \
        X(CLOCK_PATIENCE,                                                                                               \
          "UPDATE job SET trouble_ms = min(trouble_ms + ?2, ?1) WHERE due_ms IS NOT NULL AND trouble_ms IS NOT NULL")   \
        X(LEASE_OWNERS,                                                                                                 \
          "SELECT DISTINCT job.owner, machine, pid, started FROM job JOIN process ON process.owner = job.owner "        \
          "WHERE job.owner IS NOT NULL AND job.owner <> ?1")                                                            \
        X(PROCESS_INSERT,                                                                                               \
          "INSERT OR REPLACE INTO process(owner, machine, pid, started) VALUES(?1, ?2, ?3, ?4)")                        \
        X(PROCESS_DELETE, "DELETE FROM process WHERE owner = ?1")                                                       \
                                                                                                                        \
        /* tickets */                                                                                                   \
        X(TICKET_SEQ, "SELECT seq, job_id FROM ticket WHERE id = ?1")                                                   \
        X(TICKET_INSERT,                                                                                                \
          "INSERT INTO ticket(id, job_id, state, subject, requester, hint_event, created_ms, updated_ms) "              \
          "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7)")                                                                     \
        X(TICKET_AGAIN,                                                                                                 \
          "UPDATE ticket SET job_id = ?2, state = ?3, error = NULL, erased_ms = NULL, updated_ms = ?7, "                \
          "subject = coalesce(nullif(subject, ''), ?4), requester = coalesce(nullif(requester, ''), ?5), "              \
          "hint_event = coalesce(hint_event, ?6) WHERE seq = ?1")                                                       \
        X(TICKET_STATE,                                                                                                 \
          "UPDATE ticket SET state = " TICKET_STATE_BY("?2") ", error = ?3, delivered = max(delivered, ?4), "           \
          "updated_ms = ?5 WHERE seq = ?1")                                                                             \
        X(TICKET_DELIVERED, "UPDATE ticket SET delivered = 1, updated_ms = ?2 WHERE seq = ?1")                          \
        X(TICKET_DECIDE,                                                                                                \
          "UPDATE ticket SET subject = coalesce(?2, subject), requester = coalesce(?3, requester), "                    \
          "priority = coalesce(nullif(?4, 0), priority), tier = ?5, category = ?6, method = ?7, action = ?8, "          \
          "mode = ?9, confidence = ?10, reason = ?11, delivered = ?12, duration_ms = ?13, model = ?14, "                \
          "knowledge = ?15, updated_ms = ?16, language = ?17, signals = ?18 WHERE seq = ?1")                            \
        X(TICKET_TEXT,                                                                                                  \
          "INSERT INTO ticket_text(seq, description, response, sources) VALUES(?1, ?2, ?3, ?4) "                        \
          "ON CONFLICT(seq) DO UPDATE SET description = coalesce(excluded.description, description), "                  \
          "response = excluded.response, sources = excluded.sources")                                                   \
        X(TICKET_READ,                                                                                                  \
          "SELECT " TICKET_COLUMNS ", coalesce(text.description, event.description), text.response, text.sources "      \
          "FROM ticket LEFT JOIN ticket_text AS text USING(seq) LEFT JOIN event ON event.id = ticket.hint_event "       \
          "WHERE ticket.id = ?1")                                                                                       \
                                                                                                                        \
        /* what is kept counted; added up by whoever reads, because grouping sorts tens of thousands of rows */         \
        X(TALLY_TICKET,                                                                                                 \
          "INSERT INTO tally(" TALLY_KEY ", tickets, duration_ms, confidence_millionths) "                              \
          "SELECT " TALLY_OF_TICKET ", ?2, ?2 * duration_ms, ?2 * CAST(round(confidence * 1000000) AS INTEGER) "        \
          "FROM ticket WHERE seq = ?1 " TALLY_ADD)                                                                      \
        X(TALLY_FRESH,                                                                                                  \
          "INSERT INTO tally(" TALLY_KEY ", tickets, duration_ms, confidence_millionths) "                              \
          "VALUES(?1, '', '', '', '', '', ?2, ?3, 0, 0) " TALLY_ADD)                                                    \
        X(STATS,                                                                                                        \
          "SELECT state, action, mode, tickets, duration_ms FROM tally WHERE tickets > 0")                              \
        X(ANALYTICS,                                                                                                    \
          "SELECT day, tier, category, method, action, state, tickets, duration_ms, confidence_millionths FROM tally "  \
          "WHERE day BETWEEN ?1 AND ?2 AND tickets > 0")                                                                \
                                                                                                                        \
        /* audit */                                                                                                     \
        X(AUDIT_INSERT, "INSERT INTO audit(ticket_id, job_id, at_ms, step, detail) VALUES(?1, ?2, ?3, ?4, ?5)")         \
        X(AUDIT_LAST, "SELECT coalesce(max(id), 0) FROM audit")                                                         \
        X(AUDIT_OF_TICKET,                                                                                              \
          "SELECT id, ticket_id, job_id, at_ms, step, detail FROM audit WHERE ticket_id = ?3 AND id > ?1 "              \
          "ORDER BY id LIMIT ?2")                                                                                       \
        X(AUDIT_OF_ALL,                                                                                                 \
          "SELECT id, ticket_id, job_id, at_ms, step, detail FROM audit WHERE id > ?1 ORDER BY id LIMIT ?2")            \
                                                                                                                        \
        /* the outbox */                                                                                                \
        X(STEP_INSERT,                                                                                                  \
          "INSERT INTO step(job_id, ticket_id, kind, payload, state) VALUES(?1, ?2, ?3, ?4, 'waiting')")                \
        X(STEP_WITHHOLD_TICKET,                                                                                         \
          "UPDATE step SET state = 'withheld', error = ?2 WHERE ticket_id = ?1 AND state = 'waiting'")                  \
        X(STEP_WITHHOLD_JOB,                                                                                            \
          "UPDATE step SET state = 'withheld', error = ?2 WHERE job_id = ?1 AND state = 'waiting'")                     \
        X(STEP_WITHHOLD_OWN,                                                                                            \
          "UPDATE step SET state = 'withheld', error = ?2 WHERE job_id = ?1 AND state = 'sending'")                     \
        X(STEP_OPEN, "SELECT 1 FROM step WHERE job_id = ?1 AND state IN ('waiting', 'sending') LIMIT 1")                \
        X(STEP_NEXT,                                                                                                    \
          "SELECT " STEP_COLUMNS " FROM step WHERE job_id = ?1 AND state IN ('waiting', 'sending') ORDER BY id LIMIT 1") \
        X(STEP_BY_ID,                                                                                                   \
          "SELECT step.state, step.job_id, step.ticket_id, job.state, owner, thread, step.kind FROM step "                         \
          "JOIN job ON job.id = step.job_id WHERE step.id = ?1")                                                        \
        X(STEP_BEGIN,                                                                                                   \
          "UPDATE step SET state = 'sending', attempts = attempts + 1, first_ms = coalesce(first_ms, ?2), "             \
          "last_ms = ?2 WHERE id = ?1")                                                                                              \
        X(STEP_END,                                                                                                     \
          "UPDATE step SET state = ?2, freshdesk_id = coalesce(nullif(?3, 0), freshdesk_id), error = ?4, "              \
          "done_ms = CASE ?2 WHEN 'done' THEN ?5 END, last_ms = CASE ?2 WHEN 'sending' THEN ?5 ELSE last_ms END "       \
          "WHERE id = ?1")                                                                                              \
        X(STEPS_OF_TICKET,                                                                                              \
          "SELECT " STEP_COLUMNS " FROM step WHERE ticket_id = ?1 ORDER BY id LIMIT ?2")                                \
        X(LAST_REPLY,                                                                                                   \
          "SELECT max(done_ms) FROM step WHERE ticket_id = ?1 AND kind = 'reply' AND state = 'done'")                   \
        X(REPLIES_TO,                                                                                                   \
          "SELECT count(*) FROM step JOIN ticket ON ticket.id = step.ticket_id WHERE kind = 'reply' "                   \
          "AND first_ms IS NOT NULL AND first_ms > ?2 AND step.state IN ('done', 'sending') AND step.id <> ?3 "         \
          "AND requester = ?1 COLLATE NOCASE")                                                                          \
                                                                                                                        \
        /* what was learned */                                                                                          \
        X(CLASSIFIER_PUT,                                                                                               \
          "INSERT INTO classifier(created_ms, version, model, evidence, content, seen, adopted) "                       \
          "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)")                                                                         \
        X(CLASSIFIER,                                                                                                   \
          "SELECT id, created_ms, adopted, version, model, evidence, content, seen FROM classifier WHERE id = ?1")      \
        X(CLASSIFIERS,                                                                                                  \
          "SELECT id, created_ms, adopted, version, model, evidence FROM classifier ORDER BY id DESC LIMIT ?1")         \
        X(CLASSIFIER_BEFORE,                                                                                            \
          "SELECT id FROM classifier WHERE adopted = 1 AND id < ?1 ORDER BY id DESC LIMIT 1")                           \
        X(CLASSIFIER_ADOPTED, "UPDATE classifier SET adopted = ?2 WHERE id = ?1 RETURNING id")                          \
        X(CLASSIFIER_COUNT_OTHERS, "SELECT count(*) FROM classifier WHERE id <> ?1")                                    \
        X(CLASSIFIER_FORGET_OTHERS, "DELETE FROM classifier WHERE id <> ?1")                                            \
        X(FEEDBACK_PUT,                                                                                                 \
          "INSERT INTO feedback(ticket_id, at_ms, tier, category, answer, by) VALUES(?1, ?2, ?3, ?4, ?5, ?6)")          \
        X(FEEDBACK_SAID,                                                                                                \
          "SELECT 1 FROM feedback WHERE id = (SELECT max(id) FROM feedback WHERE ticket_id = ?1 AND by IS ?5 "          \
          "AND at_ms >= ?6) AND tier IS ?2 AND category IS ?3 AND answer IS ?4")                                        \
        X(FEEDBACK_LABELS,                                                                                              \
          "SELECT ticket.id, coalesce((SELECT tier FROM feedback WHERE ticket_id = ticket.id AND tier IS NOT NULL "     \
          "ORDER BY id DESC LIMIT 1), ticket.tier), coalesce((SELECT category FROM feedback "                           \
          "WHERE ticket_id = ticket.id AND category IS NOT NULL ORDER BY id DESC LIMIT 1), ticket.category), "          \
          "ticket.subject, text.description FROM ticket JOIN ticket_text AS text USING(seq) "                           \
          "WHERE ticket.id IN (SELECT ticket_id FROM feedback WHERE tier IS NOT NULL OR category IS NOT NULL "          \
          "OR answer = 'right') ORDER BY ticket.id")                                                                    \
                                                                                                                        \
        /* automatic answers, and whether they held */                                                                  \
        X(ANSWER_PUT,                                                                                                   \
          "INSERT OR IGNORE INTO answer(id, ticket_id, at_ms, tier, category, confidence, document, title) "            \
          "SELECT ?1, ticket.id, ?3, coalesce(tier, ''), coalesce(category, ''), confidence, "                          \
          ANSWER_SOURCE("document") ", " ANSWER_SOURCE("title") " FROM ticket LEFT JOIN ticket_text USING(seq) "        \
          "WHERE ticket.id = ?2 AND mode = 'auto' AND action IN ('auto_resolve', 'answer')")                            \
        X(ANSWER_AGAIN,                                                                                                 \
          "UPDATE answer SET failed = 'answered_again', failed_ms = ?3 WHERE ticket_id = ?2 AND id <> ?1 "              \
          "AND failed IS NULL")                                                                                         \
        X(ANSWER_FAIL,                                                                                                  \
          "UPDATE answer SET failed = ?2, failed_ms = ?3 WHERE ticket_id = ?1 AND failed IS NULL AND "                  \
          "(?4 IN ('wrong', 'incomplete') OR (?5 IS NOT NULL AND tier <> ?5) OR (?6 IS NOT NULL AND category <> ?6))")  \
        X(ANSWER_LOOKED, "UPDATE answer SET looked_ms = ?2 WHERE ticket_id = ?1 AND looked_ms < ?2")                    \
        X(ANSWER_NEWEST,                                                                                                \
          "SELECT id, at_ms, tier, category, failed IS NOT NULL, looked_ms FROM answer WHERE ticket_id = ?1 "           \
          "ORDER BY id DESC LIMIT 1")                                                                                   \
        X(ANSWER_TALLY,                                                                                                 \
          "INSERT INTO answer_tally SELECT " ANSWER_TALLY_OF ", ?2 * count(*) FROM answer WHERE ticket_id = ?1 "        \
          "GROUP BY 1, 2, 3, 4 ON CONFLICT DO UPDATE SET answers = answers + excluded.answers")                         \
        X(ANSWER_COUNTS,                                                                                                \
          "SELECT at_ms / 86400000, category, count(*), " ANSWER_FAILED("reopened") ", " ANSWER_FAILED("corrected") ", "\
          ANSWER_FAILED("answered_again") ", " ANSWER_WAITS " FROM answer WHERE at_ms >= ?3 AND at_ms < ?4 "            \
          "GROUP BY 1, 2")                                                                                              \
        X(ANSWER_DAYS,                                                                                                  \
          "SELECT day, category, sum(answers), " ANSWERS_FAILED("reopened") ", " ANSWERS_FAILED("corrected") ", "       \
          ANSWERS_FAILED("answered_again") ", " ANSWERS_WAIT " FROM answer_tally "                                      \
          "WHERE day >= ?3 / 86400000 AND day < ?4 / 86400000 GROUP BY 1, 2")                                           \
        X(ANSWER_DOCUMENTS,                                                                                             \
          "SELECT document, count(*), count(failed) FROM answer WHERE at_ms >= ?1 AND document IS NOT NULL "            \
          "GROUP BY document")                                                                                          \
        X(ANSWERS_SINCE,                                                                                                \
          "SELECT category, at_ms, " ANSWER_FATE_SQL " FROM (SELECT * FROM answer WHERE at_ms >= ?3 "                   \
          "ORDER BY id DESC LIMIT ?4) ORDER BY id")                                                                     \
        X(QUESTIONS,                                                                                                    \
          "SELECT ticket.id, created_ms, ticket.subject, text.description, text.sources FROM ticket "                   \
          "JOIN ticket_text AS text USING(seq) WHERE action = 'escalate' AND tier IN ('tier_1', 'tier_2') "             \
          "AND erased_ms IS NULL ORDER BY seq DESC")                                                                    \
        X(KNOWN_DECISIONS,                                                                                              \
          "SELECT category, decided, confidence, told = decided FROM (SELECT ticket.id, category, confidence, ticket.tier AS decided, " \
          "(SELECT CASE WHEN feedback.tier IS NOT NULL THEN feedback.tier WHEN answer = 'right' THEN ticket.tier "      \
          "ELSE '' END FROM feedback WHERE ticket_id = ticket.id AND (feedback.tier IS NOT NULL OR answer IS NOT NULL) "  \
          "ORDER BY feedback.id DESC LIMIT 1) AS told FROM ticket WHERE ticket.tier IS NOT NULL AND ticket.id IN "      \
          "(SELECT ticket_id FROM feedback WHERE at_ms >= ?3)) WHERE told IS NOT NULL "                                 \
          "UNION ALL SELECT category, tier, confidence, fate = 'held' FROM (SELECT category, tier, confidence, "                  \
          ANSWER_FATE_SQL " AS fate FROM answer WHERE at_ms >= ?3 AND ticket_id NOT IN "                                \
          "(SELECT ticket_id FROM feedback WHERE at_ms >= ?3 AND (tier IS NOT NULL OR answer IS NOT NULL))) "           \
          "WHERE fate <> 'waiting' LIMIT ?4")                                                                           \
                                                                                                                        \
        /* vectors, meta */                                                                                             \
        X(VECTORS,                                                                                                      \
          "SELECT hash, floats FROM vector WHERE model = ?1 AND dimensions = ?2")                                       \
        X(VECTOR_PUT,                                                                                                   \
          "INSERT INTO vector(model, hash, dimensions, floats, used_day) VALUES(?1, ?2, ?3, ?4, ?5) "                   \
          "ON CONFLICT(model, hash) DO UPDATE SET dimensions = excluded.dimensions, floats = excluded.floats, "         \
          "used_day = excluded.used_day")                                                                               \
        X(VECTOR_USED,                                                                                                  \
          "UPDATE vector SET used_day = ?3 WHERE model = ?1 AND hash = ?2 AND used_day < ?3")                           \
        X(META_GET, "SELECT value FROM meta WHERE name = ?1")                                                           \
        X(META_PUT,                                                                                                     \
          "INSERT INTO meta(name, value) VALUES(?1, ?2) ON CONFLICT(name) DO UPDATE SET value = excluded.value")

// ?5: 0 it is over, 1 there is some since ?6 at the latest, 2 as it was.
#define JOB_TROUBLE "CASE ?5 WHEN 0 THEN NULL WHEN 1 THEN coalesce(trouble_ms, ?6) ELSE trouble_ms END"
// One that failed begins anew; a claim that tried nothing does not count.
#define JOB_ATTEMPTS "CASE state WHEN 'failed' THEN 0 ELSE max(attempts - ?7, 0) END"
// Of the passage that an answer quotes first.
#define ANSWER_SOURCE(key) "CASE WHEN json_valid(sources) THEN json_extract(sources, '$[0]." key "') END"
// ?1: now, ?2: the milliseconds that an answer is watched.
#define ANSWER_FATE_SQL                                                                                                 \
        "CASE WHEN failed IS NOT NULL AND failed_ms <= at_ms + ?2 THEN failed "                                         \
        "WHEN at_ms + ?2 <= ?1 THEN 'held' ELSE 'waiting' END"
// The same, counted.
#define ANSWER_FAILED(fate) "sum(failed = '" fate "' AND failed_ms <= at_ms + ?2)"
#define ANSWER_WAITS "sum(at_ms + ?2 > ?1 AND coalesce(failed_ms > at_ms + ?2, 1))"
// The same of whole days, on which all answers are still watched or none is.
#define ANSWERS_FAILED(fate) "sum(answers * (failed = '" fate "' AND hours <= ?2 / 3600000))"
#define ANSWERS_WAIT "sum(answers * (day * 86400000 + ?2 > ?1 AND (failed = '' OR hours > ?2 / 3600000)))"
#define ANSWER_TALLY_KEY "day, category, failed, hours"
// A part of an hour counts as one: it is over the hours of a watch exactly when the time is.
#define ANSWER_TALLY_OF                                                                                                 \
        "at_ms / 86400000, category, coalesce(failed, ''), "                                                            \
        "CASE WHEN failed_ms > at_ms THEN (failed_ms - at_ms + 3599999) / 3600000 ELSE 0 END"
// Columns that several statements read in this order.
#define JOB_COLUMNS                                                                                                     \
        "job.id, job.ticket_id, job.state, attempts, job.created_ms, due_ms, job.owner IS NOT NULL, trouble_ms, "       \
        "job.error, event.kind, ticket.subject"
#define JOB_TABLES "FROM job LEFT JOIN event ON event.id = job.id LEFT JOIN ticket ON ticket.id = job.ticket_id"
#define TICKET_COLUMNS                                                                                                  \
        "ticket.seq, ticket.id, ticket.subject, requester, priority, state, tier, category, method, action, mode, "     \
        "confidence, reason, delivered, duration_ms, created_ms, updated_ms, model, knowledge, error, erased_ms, "              \
        "language, signals"
// A ticket's state by that of its newest job. One that found nothing to answer takes nothing back: what the customer was
// told with the decision that stands in the ticket stays told.
#define TICKET_STATE_BY(state)                                                                                          \
        "CASE WHEN " state " = 'dropped' AND delivered AND mode IN ('auto', 'approved') THEN 'delivered' ELSE " state " END"
#define STEP_COLUMNS "id, job_id, ticket_id, kind, payload, state, attempts, first_ms, freshdesk_id, error, last_ms"
#define TALLY_KEY "day, tier, category, method, action, mode, state"
#define TALLY_OF_TICKET                                                                                                 \
        "created_ms / 86400000, coalesce(tier, ''), coalesce(category, ''), coalesce(method, ''), "                     \
        "coalesce(action, ''), coalesce(mode, ''), state"
#define TALLY_ADD                                                                                                       \
        "ON CONFLICT(" TALLY_KEY ") DO UPDATE SET tickets = tickets + excluded.tickets, "                               \
        "duration_ms = duration_ms + excluded.duration_ms, "                                                            \
        "confidence_millionths = confidence_millionths + excluded.confidence_millionths"
// clang-format on
