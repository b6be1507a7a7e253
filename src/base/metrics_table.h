// Every metric: X(id, kind, name, label, values, help). Names follow the Prometheus conventions.
#pragma once

// clang-format off
#define METRICS_TABLE(X)                                                                                                                    \
        X(EVENTS,          COUNTER,   "firstline_webhook_events_total", "result", "accepted|duplicate|ignored|refused|invalid|failed", "webhook posts by what became of them") \
        X(HTTP_REQUESTS,   COUNTER,   "firstline_http_requests_total", "status", "2xx|3xx|4xx|5xx", "HTTP answers by class of status")       \
        X(HTTP_TURNED_AWAY, COUNTER, "firstline_http_connections_refused_total", NULL, NULL, "connections closed unread because their address had too many") \
        X(LISTENERS,       GAUGE,     "firstline_event_streams", NULL, NULL, "open answers of GET /events")                                 \
        X(TICKETS,         COUNTER,   "firstline_tickets_total", "action", "auto_resolve|answer|escalate", "decisions by action")          \
        X(TIERS,           COUNTER,   "firstline_tickets_tier_total", "tier", "tier_1|tier_2|complex", "decisions by tier")                 \
        X(TRIAGE_RUNG,     COUNTER,   "firstline_triage_total", "method", "classifier|zero_shot_model|zero_shot|keyword|none", "classifications by the rung that gave them") \
        X(SIGNALS,         COUNTER,   "firstline_signals_total", "signal", "urgency|anger|security|legal", "signals seen in tickets, as CONFIG_DIR/signals.tsv has them") \
        X(NOT_SERVED,      COUNTER,   "firstline_tickets_not_served_total", NULL, NULL, "tickets in a language that model or knowledge base do not know") \
        X(RETRIEVAL_RUNG,  COUNTER,   "firstline_retrieval_total", "method", "semantic|keyword|none", "searches by the rung that answered") \
        X(FOUND,           COUNTER,   "firstline_retrieval_found_total", "found", "yes|no", "searches by whether a passage was above the floor") \
        X(DELIVERIES,      COUNTER,   "firstline_deliveries_total", "result", "delivered|retried|failed|withheld", "outbox steps by result") \
        X(FRESHDESK_CALLS, COUNTER,   "firstline_freshdesk_requests_total", "result", "ok|refused|limited|server_error|unreachable|garbage", "calls to Freshdesk by result") \
        X(FRESHDESK_TOTAL, GAUGE,     "firstline_freshdesk_allowance", "family", "tickets|ticket_update|ticket_list|contacts|agents|admin|rest", "calls a minute that Freshdesk allows the account, 0 where it has not said") \
        X(FRESHDESK_REMAINING, GAUGE, "firstline_freshdesk_remaining", "family", "tickets|ticket_update|ticket_list|contacts|agents|admin|rest", "calls that are left of it in this minute, for everybody") \
        X(FRESHDESK_OURS,  GAUGE,     "firstline_freshdesk_share", "family", "tickets|ticket_update|ticket_list|contacts|agents|admin|rest", "calls a minute that Firstline may use") \
        X(FRESHDESK_USED,  GAUGE,     "firstline_freshdesk_used", "family", "tickets|ticket_update|ticket_list|contacts|agents|admin|rest", "calls that Firstline has used in this minute") \
        X(FRESHDESK_WAITING, GAUGE,   "firstline_freshdesk_waiting", "family", "tickets|ticket_update|ticket_list|contacts|agents|admin|rest", "callers that wait for their turn") \
        X(FRESHDESK_PAUSED, GAUGE,    "firstline_freshdesk_paused_seconds", "family", "tickets|ticket_update|ticket_list|contacts|agents|admin|rest", "how much longer Freshdesk wants no such calls, after a 429") \
        X(FRESHDESK_BREAKER, GAUGE,   "firstline_freshdesk_breaker", "state", "closed|open|half_open", "1 for the state of the circuit breaker") \
        X(FRESHDESK_KEY,   GAUGE,     "firstline_freshdesk_key_accepted", NULL, NULL, "0 while Freshdesk does not accept the API key") \
        X(POLLS,           COUNTER,   "firstline_polls_total", "result", "complete|partial|failed", "looks for tickets that never arrived, by how they ended") \
        X(POLLED,          COUNTER,   "firstline_polled_tickets_total", "result", "seen|looked|found|read_back", "tickets of those looks: updated since the last one, with their conversation read, accepted because they had never arrived, corrected or reopened by somebody after us") \
        X(POLL_AT,         GAUGE,     "firstline_poll_timestamp_seconds", NULL, NULL, "when the last complete look ended, in seconds since 1970; 0: not yet") \
        X(JOBS,            GAUGE,     "firstline_jobs", "state", "queued|running|delivering|delivered|recorded|failed|dropped", "jobs in the database by state") \
        X(PART_UP,         GAUGE,     "firstline_part_up", "part", "database|model|knowledge|freshdesk|poll|queue|risk", "1 when the part works, 0 when Firstline does without it") \
        X(KNOWLEDGE,       GAUGE,     "firstline_knowledge_items", "kind", "documents|passages|problems", "what the knowledge base holds")   \
        X(STEP_SECONDS,    HISTOGRAM, "firstline_step_duration_seconds", "step", "intake|read_back|embed|classify|retrieve|sentences|decide|deliver|ticket", "time per step of a ticket's journey") \
        X(FRESHDESK_SECONDS, HISTOGRAM, "firstline_freshdesk_request_duration_seconds", NULL, NULL, "time per call to Freshdesk")         \
        X(COMMIT_SECONDS,  HISTOGRAM, "firstline_database_commit_duration_seconds", NULL, NULL, "time per group commit")                   \
        X(ERASED,          COUNTER,   "firstline_erased_tickets_total", "by", "request|retention", "tickets whose text was erased by this process") \
        X(DATABASE_BYTES,  GAUGE,     "firstline_database_bytes", "part", "file|free|log", "size of the database's file, of it free, and of its log") \
        X(ANSWERS,         GAUGE,     "firstline_automatic_answers", "fate", "held|reopened|corrected|answered_again|waiting", "automatic answers of the last 30 days by what became of them") \
        X(FALLEN_BACK,     GAUGE,     "firstline_categories_fallen_back", NULL, NULL, "categories that get drafts because too many automatic answers did not hold") \
        X(UPTIME,          GAUGE,     "firstline_uptime_seconds", NULL, NULL, "seconds since the start")                                     \
        X(MEMORY,          GAUGE,     "process_resident_memory_bytes", NULL, NULL, "resident memory")
// clang-format on
