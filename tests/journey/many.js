// A database as after years, written by SQL, because what is looked at is the reading: each ticket with its event, job, text and audit.
import { sql } from './database.js';

const NUMBERS = (n) => `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${n})`;
const pick = (by, ...words) => `CASE i ${by} % ${words.length} ${words.map((word, k) => `WHEN ${k} THEN ${word === null ? 'NULL' : `'${word}'`}`).join(' ')} END`;

export const FIRST = 1_000_001; // number of the oldest ticket

// Adds them to a database that the program has made and does not have open. The newest is FIRST + count - 1, all within a year up to now.
export function addTickets(file, count, now = Date.now()) {
        const from = `${now} - (${count} - i) * ${Math.floor(365 * 86_400_000 / count)}`;
        const topic = pick('/ 1', 'Invoice of May', 'Password reset does not arrive', 'System crash with error 500', 'Change of e-mail address', 'Dark mode, please', 'Charged twice', 'Slow since Tuesday');
        const action = pick('/ 3', 'auto_resolve', 'answer', 'escalate');
        const state = 'CASE WHEN i % 997 = 0 THEN \'failed\' ELSE \'delivered\' END';
        return sql(file,
                'PRAGMA synchronous = OFF',
                'BEGIN',
                `${NUMBERS(count)} INSERT INTO event(id, ticket_id, kind, received_ms, body) SELECT (SELECT coalesce(max(id), 0) FROM event) + i, ${FIRST} - 1 + i, 'created', ${from}, '{}' FROM n`,
                `INSERT INTO job(id, ticket_id, state, attempts, created_ms) SELECT id, ticket_id, CASE WHEN (ticket_id - ${FIRST} + 1) % 997 = 0 THEN 'failed' ELSE 'delivered' END, 1, received_ms FROM event WHERE ticket_id >= ${FIRST}`,
                `${NUMBERS(count)} INSERT INTO ticket(id, job_id, state, subject, requester, priority, created_ms, updated_ms, tier, category, method, action, mode, confidence, reason, delivered, duration_ms) `
                + `SELECT ${FIRST} - 1 + i, (SELECT min(id) FROM event WHERE ticket_id >= ${FIRST}) - 1 + i, ${state}, ${topic} || ' no. ' || i, 'person' || (i % 4001) || '@example.com', 1, ${from}, ${from} + 900, `
                + `${pick('/ 2', 'tier_1', 'tier_2', 'complex')}, ${pick('/ 1', 'billing', 'password_reset', 'technical', 'account', 'feature_request', 'billing', 'performance')}, 'zero_shot', ${action}, `
                + `CASE WHEN i % 50 = 0 THEN 'draft' ELSE 'auto' END, 0.5 + (i % 50) / 100.0, 'tier_1 (90 % sure), answered by "What to do"', 1, 40 + i % 100 FROM n`,
                'INSERT INTO ticket_text(seq, description, response, sources) SELECT seq, subject || char(10) || hex(zeroblob(150)), hex(zeroblob(200)), \'[]\' FROM ticket WHERE id >= ' + FIRST,
                `INSERT INTO audit(ticket_id, job_id, at_ms, step, detail) SELECT id, job_id, created_ms, 'received', '{}' FROM ticket WHERE id >= ${FIRST}`,
                `INSERT INTO tally SELECT created_ms / 86400000, tier, category, method, action, mode, state, count(*), sum(duration_ms), sum(CAST(round(confidence * 1000000) AS INTEGER)) FROM ticket WHERE id >= ${FIRST} GROUP BY 1, 2, 3, 4, 5, 6, 7 `
                + 'ON CONFLICT DO UPDATE SET tickets = tickets + excluded.tickets',
                `INSERT INTO job_count SELECT state, count(*) FROM job WHERE ticket_id >= ${FIRST} GROUP BY state ON CONFLICT(state) DO UPDATE SET jobs = jobs + excluded.jobs`,
                'COMMIT');
}
