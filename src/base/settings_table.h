// Every setting: X(id, type, default, min, max, choices, secret, help). min and max bound numbers, or a text's bytes.
#pragma once

// clang-format off
#define SETTINGS_TABLE(X)                                                                                                                   \
        /* the server */                                                                                                                    \
        X(HOST,                TEXT,   "127.0.0.1",  1, 255, NULL, false, "address to listen on; not loopback only with ADMIN_TOKEN")       \
        X(PORT,                INT,    "8080",       0, 65535, NULL, false, "port to listen on; 0 takes a free one and logs it")            \
        X(ADMIN_TOKEN,         TEXT,   "",           0, 512, NULL, true,  "token for everything but /webhook, /health and the pages; at least 16 characters") \
        X(ADMIN_TOKEN_READ,    TEXT,   "",           0, 512, NULL, true,  "second token that may only look: GET, /classify and /ask; at least 16 characters") \
        X(TRUSTED_PROXIES,     TEXT,   "",           0, 8192, NULL, false, "addresses or networks of proxies whose X-Forwarded-For, Forwarded and X-Forwarded-Proto are believed") \
        X(TLS_CERTIFICATE,     TEXT,   "",           0, 4095, NULL, false, "PEM file with the certificate and its chain; with TLS_KEY the server speaks https, and nothing else") \
        X(TLS_KEY,             TEXT,   "",           0, 4095, NULL, false, "PEM file with the certificate's key, without a password; readable by its owner only") \
        X(RUN_AS,              TEXT,   "",           0, 64, NULL, false, "user to become when started as root: a name, 1000 or 1000:1000") \
        X(SANDBOX,             CHOICE, "auto",       0, 0, "auto|off", false, "auto: the server can write only beside its database, and start no program, where the kernel has Landlock") \
        X(LOG_LEVEL,           CHOICE, "INFO",       0, 0, "DEBUG|INFO|WARNING|ERROR", false, "the least important line that is logged")    \
        X(LOG_FORMAT,          CHOICE, "human",      0, 0, "human|json", false, "one line per event, for people or for machines")           \
        X(BODY_MAX,            INT,    "524288",     1024, 16777216, NULL, false, "largest request body in bytes")                          \
        X(CONNECTIONS_MAX,     INT,    "1000",       8, 100000, NULL, false, "connections at a time; more wait until one closes")           \
        X(CONNECTIONS_PER_ADDRESS, INT, "100",       0, 100000, NULL, false, "connections at a time from one address, or one IPv6 /64, but this machine and TRUSTED_PROXIES; 0: no limit") \
        X(REQUEST_TIMEOUT,     INT,    "15",         1, 600, NULL, false, "seconds in which a client must send its whole request")          \
        /* the ticket's journey */                                                                                                          \
        X(MODE,                CHOICE, "auto",       0, 0, "auto|draft|shadow", false, "how far it goes: auto sends; draft leaves the reply as a private note; shadow only records") \
        X(WORKERS,             INT,    "4",          0, 64, NULL, false, "tickets worked on at a time; 0 only accepts and stores")          \
        X(MIN_CONFIDENCE,      REAL,   "0.6",        0, 1, NULL, false, "the tier must be at least this sure before a customer is answered") \
        X(MAX_WRONG,           REAL,   "0",          0, 0.5, NULL, false, "largest share of wrong automatic answers, as 0.02: a category without evidence for it gets drafts; 0: no such limit; what became of answers is read by FRESHDESK_POLL") \
        X(WATCH_HOURS,         INT,    "72",         1, 720, NULL, false, "hours in which an automatic answer that is reopened, corrected or answered again counts as wrong") \
        X(ACKNOWLEDGE,         BOOL,   "false",      0, 0, NULL, false, "tell the customer when a ticket went to a person")                 \
        X(SETTLE_TIME,         INT,    "3",          0, 60, NULL, false, "seconds of quiet before a webhook's ticket is answered, so that several messages get one answer; at most 60 s after the first") \
        X(REPLIES_PER_TICKET,  INT,    "2",          0, 100, NULL, false, "automatic replies to one ticket without a person in between; then a person takes over") \
        X(REPLIES_PER_REQUESTER, INT,  "20",         0, 10000, NULL, false, "automatic replies to one requester in an hour, over all tickets; then a person takes over") \
        X(ASSIGNED_IS_TAKEN,   BOOL,   "false",      0, 0, NULL, false, "a ticket that is assigned to a person is left to that person; false: only once the person has acted") \
        X(OTHER_BOTS,          TEXT,   "Freddy,AI Agent,AI Assistant", 0, 1000, NULL, false, "ids, or words of the names, of other AI agents: their tickets are left to them") \
        X(TEAM_NAME,           TEXT,   "Support Team", 1, 100, NULL, false, "who signs the replies")                                       \
        X(DUPLICATE_WINDOW,    INT,    "60",         0, 86400, NULL, false, "seconds in which an equal update event counts as a repeat; creations always do") \
        X(CONFIG_DIR,          TEXT,   "config",     1, 4095, NULL, false, "folder with categories, examples, keywords and reply templates") \
        /* storage */                                                                                                                       \
        X(DATABASE_URL,        TEXT,   "sqlite:firstline.db", 8, 4095, NULL, false, "the one database file, as sqlite:PATH")                \
        X(RETENTION_DAYS,      INT,    "0",          0, 36500, NULL, false, "days after which a finished ticket's text is erased; its figures and the audit trail stay; 0 keeps all") \
        /* knowledge and model */                                                                                                           \
        X(KNOWLEDGE_DIR,       TEXT,   "knowledge",  1, 4095, NULL, false, "folder with .txt, .md and .html documents")                     \
        X(KNOWLEDGE_FLOOR,     REAL,   "0.35",        0, 1, NULL, false, "how alike question and passage must be; 0 is any two texts, 1 the same text") \
        X(KNOWLEDGE_RELOAD,    INT,    "2",          0, 3600, NULL, false, "seconds between looks for changed documents; 0 never looks")     \
        X(EMBEDDING_MODEL,     TEXT,   "models/all-MiniLM-L6-v2", 0, 4095, NULL, false, "folder with an ONNX file, tokenizer.json and config.json; empty: none") \
        X(ZERO_SHOT_MODEL,     TEXT,   "",           0, 4095, NULL, false, "folder of a zero-shot or NLI model, as EMBEDDING_MODEL; empty: none") \
        X(ZERO_SHOT_WEIGHT,    REAL,   "0.4",        0.01, 1, NULL, false, "how much the zero-shot model is heard beside the example lines; 1: it alone") \
        X(ZERO_SHOT_BUDGET,    INT,    "2000",       1, 600000, NULL, false, "milliseconds that the zero-shot model may take for a ticket; what takes longer is classified without it") \
        X(LANGUAGES,           TEXT,   "en",         2, 255, NULL, false, "languages that the model reads, as en,de,fr, or any: a ticket in another one goes to a person") \
        X(ONNX_RUNTIME,        TEXT,   "",           0, 4095, NULL, false, "path of the ONNX Runtime library; empty: the one found at build") \
        /* Freshdesk */                                                                                                                     \
        X(FRESHDESK_DOMAIN,    TEXT,   "",           0, 255, NULL, false, "your account: acme, or acme.freshdesk.com")                      \
        X(FRESHDESK_API_KEY,   TEXT,   "",           0, 255, NULL, true,  "API key of the agent that Firstline acts as")                    \
        X(FRESHDESK_URL,       TEXT,   "",           0, 2047, NULL, false, "another base address than https://DOMAIN.freshdesk.com, for tests and proxies") \
        X(FRESHDESK_TIMEOUT,   INT,    "20",         1, 300, NULL, false, "seconds for one call")                                           \
        X(FRESHDESK_SHARE,     REAL,   "0.5",        0.01, 1, NULL, false, "part of the account's allowance of calls that Firstline uses; the rest is for people and other tools") \
        X(FRESHDESK_POLL,      INT,    "300",        0, 86400, NULL, false, "seconds between looks for tickets whose webhook never came, and for what people did after an answer; 0 never looks, and MAX_WRONG then sees little") \
        X(FRESHDESK_SINCE,     TEXT,   "",           0, 39, NULL, false, "date or time from which the first look at an account takes tickets, as 2026-01-31 or 2026-01-31T12:00:00Z; empty: only those made from now on") \
        X(FRESHDESK_RETRY_MAX, INT,    "86400",      1, 604800, NULL, false, "seconds after which an undelivered ticket becomes failed")    \
        X(FRESHDESK_GROUPS,    TEXT,   "",           0, 1000, NULL, false, "ids of the groups whose tickets are worked on, with commas; 0 is no group; empty: all tickets") \
        X(FRESHDESK_LAG,       INT,    "30",         1, 3600, NULL, false, "seconds for which a message whose sending was cut off is looked for in its ticket before it is sent again") \
        X(FRESHDESK_RESOLVED,  INT,    "4",          2, 9999, NULL, false, "number of the status that means resolved")                      \
        X(FRESHDESK_PENDING,   INT,    "3",          2, 9999, NULL, false, "number of the status that means waiting for the customer")      \
        X(WEBHOOK_SECRET,      TEXT,   "",           0, 512, NULL, true,  "shared secret of the webhook; without it only loopback may post") \
        X(WEBHOOK_SECRET_OLD,  TEXT,   "",           0, 512, NULL, true,  "the secret before, which counts as well while senders change over") \
        X(WEBHOOK_TIMESTAMP,   BOOL,   "false",      0, 0, NULL, false, "take only webhooks that are signed with X-Webhook-Timestamp; Freshdesk's own rules cannot") \
        X(WEBHOOK_REPLAY_WINDOW, INT,  "300",        1, 86400, NULL, false, "seconds that X-Webhook-Timestamp, where it is sent, may be from this machine's clock") \
        X(WEBHOOK_ALLOW,       TEXT,   "",           0, 8192, NULL, false, "addresses or networks that may post to /webhook; empty: all, who can prove themselves") \
        X(WEBHOOK_URL,         TEXT,   "",           0, 2047, NULL, false, "public address of /webhook, shown where the Freshdesk rule is explained")
// clang-format on
