// A database as after years, written by SQL, because what is looked at is the reading: each ticket with its event, job, text and audit, each
// automatic answer with what became of it.
import { sql } from './database.js';

const DAY_MS = 86_400_000;

export const FIRST = 1_000_001; // number of the oldest ticket

// One of the words for each i, in turns; by: so many in a row have the same.
const turns = (by, ...words) => `CASE i / ${by} % ${words.length} ${words.map((word, k) => `WHEN ${k} THEN '${word}'`).join(' ')} END`;

const subject = turns(1, 'Invoice of May', 'Password reset does not arrive', 'System crash with error 500', 'Change of e-mail address', 'Dark mode, please', 'Charged twice', 'Slow since Tuesday');
const category = turns(1, 'billing', 'password_reset', 'technical', 'account', 'feature_request', 'billing', 'performance');
const document = 'CASE category WHEN \'billing\' THEN \'billing_issues.txt\' WHEN \'password_reset\' THEN \'password_reset.txt\' WHEN \'account\' THEN \'account_management.txt\' ELSE \'technical_support.txt\' END';

// Adds them to a database that the program has made and does not have open. The newest is FIRST + count - 1; they came over so many days, up to
// `now`. drafts: one of fifty waits for a person. numbered: each subject is another.
export function addTickets(file, count, { days = 365, now = Date.now(), drafts = true, numbered = true } = {}) {
        const from = `${now} - (${count} - i) * ${Math.floor(days * DAY_MS / count)}`;
        const mine = `id >= ${FIRST}`;
        return sql(file,
                'PRAGMA synchronous = OFF',
                'BEGIN',
                `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${count}), first(event) AS (SELECT coalesce(max(id), 0) FROM event) `
                + 'INSERT INTO ticket(id, job_id, state, subject, requester, priority, created_ms, updated_ms, tier, category, method, action, mode, confidence, reason, delivered, duration_ms) '
                + `SELECT ${FIRST} - 1 + i, event + i, CASE WHEN i % 997 = 0 THEN 'failed' ELSE 'delivered' END, ${subject}${numbered ? ' || \' no. \' || i' : ''}, 'person' || (i % 4001) || '@example.com', 1, ${from}, ${from} + 900, `
                + `${turns(2, 'tier_1', 'tier_2', 'complex')}, ${category}, 'zero_shot', ${turns(3, 'auto_resolve', 'answer', 'escalate')}, ${drafts ? 'CASE WHEN i % 50 = 0 THEN \'draft\' ELSE \'auto\' END' : '\'auto\''}, `
                + '0.5 + (i % 50) / 100.0, \'tier_1 (90 % sure), answered by "What to do"\', 1, 40 + i % 100 FROM n, first',
                `INSERT INTO event(id, ticket_id, kind, received_ms, body) SELECT job_id, id, 'created', created_ms, '{}' FROM ticket WHERE ${mine}`,
                `INSERT INTO job(id, ticket_id, state, attempts, created_ms) SELECT job_id, id, state, 1, created_ms FROM ticket WHERE ${mine}`,
                `INSERT INTO ticket_text(seq, description, response, sources) SELECT seq, subject || char(10) || hex(zeroblob(150)), hex(zeroblob(200)), '[]' FROM ticket WHERE ${mine}`,
                `INSERT INTO audit(ticket_id, job_id, at_ms, step, detail) SELECT id, job_id, created_ms, 'received', '{}' FROM ticket WHERE ${mine}`,
                `INSERT INTO answer(id, ticket_id, at_ms, tier, category, confidence, document, failed, failed_ms) SELECT job_id, id, created_ms + 900, tier, category, confidence, ${document}, `
                + `CASE WHEN id % 41 = 0 THEN 'reopened' WHEN id % 67 = 0 THEN 'corrected' END, CASE WHEN id % 41 = 0 OR id % 67 = 0 THEN created_ms + 3600000 END FROM ticket WHERE ${mine} AND mode = 'auto' AND action <> 'escalate'`,
                `INSERT INTO answer_tally SELECT at_ms / ${DAY_MS}, category, coalesce(failed, ''), CASE WHEN failed_ms THEN (failed_ms - at_ms + 3599999) / 3600000 ELSE 0 END, count(*) FROM answer WHERE ticket_id >= ${FIRST} GROUP BY 1, 2, 3, 4`,
                `INSERT INTO tally SELECT created_ms / ${DAY_MS}, tier, category, method, action, mode, state, count(*), sum(duration_ms), sum(CAST(round(confidence * 1000000) AS INTEGER)) FROM ticket `
                + `WHERE ${mine} GROUP BY 1, 2, 3, 4, 5, 6, 7`,
                `INSERT INTO job_count SELECT state, count(*) FROM job WHERE ticket_id >= ${FIRST} GROUP BY state ON CONFLICT(state) DO UPDATE SET jobs = jobs + excluded.jobs`,
                'COMMIT');
}
