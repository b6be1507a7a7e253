// What others write stays what it is: text. It makes no line of the log, no colour on a terminal, no markup in a reply, no word of SQL.
import assert from 'node:assert/strict';
import net from 'node:net';
import { describe, test } from 'node:test';

import { command, SECRET } from './firstline.js';
import { act } from './scene.js';

const FORGED = '2026-01-01T00:00:00.000Z ERROR the database is gone';
const EVIL = `a\n${FORGED}\r\n\x1b[31mred\x1b[0m \x9b2J \u2028${FORGED}\u2029 \u202egnp.exe\u2066 \x07\x08 <script>alert(1)</script> '; DROP TABLE ticket; --`;
const HTML = '<b onmouseover=alert(1)>bold</b><script>alert(1)</script><img src=x onerror=alert(1)>';

// Each line is one of ours, and none shows anything but text.
function soundLog(log, json) {
        const lines = log.split('\n').filter(Boolean);
        assert.ok(lines.length > 5);
        for (const line of lines) {
                if (json)
                        assert.ok(JSON.parse(line).ts, line);
                else
                        assert.match(line, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (DEBUG|INFO |WARN |ERROR) /, line);
                assert.ok(!line.startsWith(FORGED), line);
                // eslint-disable-next-line no-control-regex
                assert.doesNotMatch(line, /[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]/, JSON.stringify(line));
        }
}

function raw(firstline, text) {
        return new Promise((done) => {
                const socket = net.connect(Number(new URL(firstline.url).port), '127.0.0.1', () => socket.end(Buffer.from(text, 'latin1')));
                let answer = '';
                socket.setEncoding('latin1').on('data', (some) => (answer += some)).on('error', () => {}).on('close', () => done(answer));
        });
}

for (const format of ['human', 'json'])
        describe(`a log for ${format === 'json' ? 'machines' : 'people'}`, () => {
                test('has no line that somebody else wrote', async () => {
                        await act({ EMBEDDING_MODEL: '', LOG_FORMAT: format, LOG_LEVEL: 'DEBUG', FRESHDESK_RETRY_MAX: 1 }, async (firstline, standin) => {
                                firstline.log = firstline.log.slice(firstline.logFrom);
                                await firstline.post('/process-ticket', { subject: EVIL, description: EVIL + HTML, requester: EVIL });
                                await firstline.post('/classify', { subject: EVIL, description: EVIL });
                                await firstline.post('/ask', { question: `${EVIL} password` });
                                await firstline.webhook({ ticket: { id: 5, subject: EVIL, description: HTML + EVIL, requester: { name: EVIL, email: EVIL } } });
                                await firstline.webhook({ ticket: { id: EVIL } });
                                await firstline.webhook({ ticket: { id: 6, subject: 'S' }, triggered_event: EVIL });
                                for (const where of [`/tickets/${encodeURIComponent(EVIL)}`, `/tickets?q=${encodeURIComponent("'; DROP TABLE ticket; --")}`, `/${encodeURIComponent(EVIL)}`, '/%0a%0d%1b%5b31m', '/a%E2%80%AEb', `/tickets?${encodeURIComponent(EVIL)}=1`])
                                        await firstline.get(where);
                                for (const request of ['GET /\x1b[31m HTTP/1.1\r\nHost: localhost\r\n\r\n', 'GET / HTTP/1.1\r\nHost: \x1b[31m\r\n\r\n', `GET / HTTP/1.1\r\nHost: localhost\r\nX: a\x1b[31m\r\n\r\n`,
                                        'G\x1b[31mET / HTTP/1.1\r\nHost: localhost\r\n\r\n', 'EVIL\x07 / HTTP/1.1\r\nHost: localhost\r\n\r\n', `GET / HTTP/1.1\r\nHost: localhost\r\nX-Request-Id: a\r\n b\x1b[31m\r\n\r\n`])
                                        await raw(firstline, request);
                                // Freshdesk's own words, and what claims to be Freshdesk's.
                                standin.add({ id: 7, subject: EVIL, description: HTML });
                                standin.fault('any', { kind: 'status', status: 400, times: 20, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ description: EVIL, errors: [{ field: EVIL, message: EVIL, code: EVIL }] }) });
                                await firstline.webhook({ ticket: { id: 7 } });
                                await standin.until(() => standin.calls.some((call) => call.fault === 'status'));
                                await firstline.post('/process-ticket', { id: 8, subject: EVIL, description: 'D' });
                                standin.noFaults();
                                standin.fault('any', { kind: 'garbage', body: `HTTP ${EVIL}`, times: 3 });
                                await firstline.post('/process-ticket', { id: 9, subject: EVIL, description: 'D' });
                                assert.equal((await firstline.get('/health')).status, 200);
                                await firstline.end();
                                soundLog(firstline.log, format === 'json');
                        });
                });
        });

describe('what a customer wrote', () => {
        test('is text in the reply, and changes nothing in the database', async () => {
                await act({ EMBEDDING_MODEL: '', MIN_CONFIDENCE: 0, KNOWLEDGE_FLOOR: 0 }, async (firstline, standin) => {
                        standin.add({ id: 3, subject: `Password reset ${HTML}'; DROP TABLE ticket; --`, description: '<p>How do I reset my password? &lt;script&gt;alert(1)&lt;/script&gt;</p>', requester: { id: 77, name: HTML, email: 'a@customer.example' } });
                        assert.equal((await firstline.webhook({ freshdesk_webhook: { ticket_id: '3', triggered_event: '{ticket_action:created}' } }, { headers: { 'x-webhook-secret': SECRET } })).status, 202);
                        await firstline.settled(3);
                        const sent = [...standin.replies(3), ...standin.notes(3)];
                        assert.ok(sent.length > 0 && sent.every(({ html }) => typeof html === 'string'), JSON.stringify(sent));
                        assert.ok(sent.some(({ html }) => html.includes('&lt;script&gt;alert(1)')), 'the note shows what the customer wrote');
                        for (const { html } of sent)
                                assert.doesNotMatch(html, /<script|<img|onmouseover=alert|onerror=alert\(1\)>/);
                        assert.match((await firstline.get('/tickets/3')).json.subject, /DROP TABLE/);
                });
        });

        test('moves no cursor and sets no colour where the audit is read', async () => {
                await act({ freshdesk: false, EMBEDDING_MODEL: '' }, async (firstline) => {
                        const { json } = await firstline.post('/process-ticket', { subject: EVIL, description: EVIL, requester: EVIL });
                        await firstline.end();
                        const { stdout, stderr, status } = command(['audit', String(json.ticket_id)], { folder: firstline.folder, settings: { EMBEDDING_MODEL: '' } });
                        assert.equal(status, 0, stderr);
                        // eslint-disable-next-line no-control-regex
                        assert.doesNotMatch(stdout, /[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]/, JSON.stringify(stdout));
                        assert.ok(!stdout.split('\n').some((line) => line.startsWith(FORGED)));
                });
        });
});
