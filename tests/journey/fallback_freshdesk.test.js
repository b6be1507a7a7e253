// Freshdesk away, refusing, slow or talking nonsense: it is seen in /health and /metrics, nothing is called resolved that Freshdesk did not
// confirm, no customer reads an answer twice, and it goes on by itself once Freshdesk is back.
import assert from 'node:assert/strict';
import http from 'node:http';
import { describe, test } from 'node:test';

import { examples, noDatabaseTool, noModel, sql, until } from './firstline.js';
import { act } from './scene.js';

const password = { subject: examples.password.subject, description: `<div>${examples.password.description}</div>` };
const calls = (metrics, result) => metrics[`firstline_freshdesk_requests_total{result="${result}"}`];
const down = (words) => (h) => h.status === 'degraded' && h.freshdesk.status === 'down' && words.test(h.freshdesk.detail ?? '');

async function nothingResolved(firstline, id = 1) {
        const { json } = await firstline.get('/stats');
        assert.equal(json.auto_resolved, 0);
        assert.equal((await firstline.get(`/tickets/${id}`)).json.delivered, false);
}

async function recovers(firstline, standin, id = 1) {
        const ticket = await firstline.ticket(id, (t) => t.state === 'delivered', { timeout_ms: 60_000 });
        assert.equal(standin.replies(id).length, 1, 'one answer');
        assert.equal(standin.tickets.get(id).status, 4);
        await firstline.health((h) => h.status === 'ok');
        const { json } = await firstline.get('/stats');
        assert.equal(json.auto_resolved, 1);
        assert.equal(json.pending, 0);
        return ticket;
}

describe('Freshdesk', { skip: noModel, concurrency: 2 }, () => { // each has a stand-in and a program of its own
        test('cannot be reached: the ticket waits and is done when it is back', () => act({}, async (firstline, standin) => {
                standin.add({ id: 1, ...password });
                await standin.stop();
                assert.equal((await firstline.freshdeskWebhook(1)).status, 202, 'intake needs no Freshdesk');
                await firstline.health(down(/127\.0\.0\.1/));
                await firstline.health((h) => h.queue.queued === 1);
                assert.ok(calls(await firstline.metrics(), 'unreachable') >= 1);
                await until(async () => (await firstline.metrics())['firstline_part_up{part="freshdesk"}'] === 0);
                await nothingResolved(firstline);
                await standin.listen();
                const ticket = await recovers(firstline, standin);
                assert.ok(ticket.audit.some((row) => row.step === 'read_failed'));
        }));

        test('does not know the key: it says so, and goes on when the key is right', () => act({}, async (firstline, standin) => {
                standin.add({ id: 1, ...password });
                const key = standin.key;
                standin.key = 'another';
                await firstline.freshdeskWebhook(1);
                const health = await firstline.health(down(/401/));
                assert.match(health.freshdesk.detail, /FRESHDESK_API_KEY/);
                assert.ok(!JSON.stringify(health).includes(key));
                assert.ok(calls(await firstline.metrics(), 'refused') >= 1);
                await nothingResolved(firstline);
                standin.key = key;
                await recovers(firstline, standin);
        }));

        test('does not allow our agent to answer: it cannot get better, and has failed at once', () => act({}, async (firstline, standin) => {
                standin.add({ id: 1, ...password });
                standin.fault('reply', { kind: 'status', status: 403, body: '{"code":"access_denied","message":"You are not authorized to perform this action."}' });
                await firstline.freshdeskWebhook(1);
                const ticket = await firstline.ticket(1, (t) => t.state === 'failed');
                assert.match(ticket.error, /403 You are not authorized/);
                await firstline.health(down(/not authorized/));
                await nothingResolved(firstline);
                assert.equal(standin.called('reply').length, 1);
        }));

        test('is not at this address: a 404 of somebody else is no reason to drop a ticket', () => act({}, async (firstline, standin) => {
                standin.add({ id: 1, ...password });
                standin.fault('any', { kind: 'status', status: 404, body: '<html>There is no helpdesk here at this URL.</html>', foreign: true, times: 3 });
                await firstline.freshdeskWebhook(1);
                await firstline.health(down(/404.*FRESHDESK_DOMAIN/));
                assert.ok(calls(await firstline.metrics(), 'refused') >= 1);
                await nothingResolved(firstline);
                await recovers(firstline, standin);
        }));

        test('has no such ticket: it is dropped, and all is well', () => act({}, async (firstline) => {
                await firstline.freshdeskWebhook(404);
                const ticket = await firstline.ticket(404, (t) => t.state === 'dropped');
                assert.equal(ticket.delivered, false);
                assert.equal((await firstline.health()).freshdesk.status, 'ok');
        }));

        test('asks us to wait: nothing is sent until the time is over', () => act({ FRESHDESK_TIMEOUT: 30 }, async (firstline, standin) => {
                standin.add({ id: 1, ...password });
                standin.add({ id: 2, ...password });
                standin.fault('ticket', { kind: 'limit', retry_after: 8 });
                await firstline.freshdeskWebhook(1);
                await standin.until(() => standin.calls.length === 1);
                await firstline.health(down(/429/));
                await firstline.freshdeskWebhook(2);
                // The second ticket waits for its turn, without a call.
                const tickets = (h) => h.freshdesk.families.find((f) => f.family === 'tickets');
                const health = await firstline.health((h) => tickets(h).waiting >= 1);
                assert.ok(Date.parse(tickets(health).paused_until) > Date.now() - 8000);
                assert.equal(standin.calls.length, 1);
                for (const id of [1, 2]) {
                        await firstline.ticket(id, (t) => t.state === 'delivered');
                        assert.equal(standin.replies(id).length, 1);
                }
                assert.equal(calls(await firstline.metrics(), 'limited'), 1);
                await firstline.health((h) => h.status === 'ok');
        }));

        for (const status of [500, 502, 503])
                test(`answers ${status} to everything: it is tried again`, () => act({}, async (firstline, standin) => {
                        standin.add({ id: 1, ...password });
                        standin.fault('ticket', { kind: 'status', status, times: 2 });
                        standin.fault('reply', { kind: 'status', status, times: 2 });
                        standin.fault('update', { kind: 'status', status });
                        await firstline.freshdeskWebhook(1);
                        await firstline.health(down(new RegExp(String(status))));
                        await recovers(firstline, standin);
                        assert.equal(calls(await firstline.metrics(), 'server_error'), 5);
                }));

        // The reply was made, and nobody told us.
        const lost = {
                'answers 500 though the reply was made': { kind: 'status', status: 500 },
                'is cut off after the reply was made': { kind: 'cut' },
                'answers garbage though the reply was made': { kind: 'garbage', status: 201 },
                'never answers though the reply was made': { kind: 'hang' },
                'redirects though the reply was made': { kind: 'redirect' },
        };
        for (const [what, plan] of Object.entries(lost))
                test(`${what}: it is found there and not sent again`, () => act({ FRESHDESK_TIMEOUT: 1 }, async (firstline, standin) => {
                        standin.add({ id: 1, ...password });
                        standin.fault('reply', { ...plan, after: true });
                        await firstline.freshdeskWebhook(1);
                        await standin.until(() => standin.replies(1).length === 1);
                        const ticket = await recovers(firstline, standin);
                        const row = ticket.audit.find((r) => r.step === 'sent' && r.detail.step === 'reply');
                        assert.equal(row.detail.found_there, true);
                        assert.equal(row.detail.freshdesk_id, standin.replies(1)[0].id);
                        assert.equal(standin.called('reply').length, 1);
                }));

        test('is slow: a call ends after FRESHDESK_TIMEOUT and is made again', () => act({ FRESHDESK_TIMEOUT: 1 }, async (firstline, standin) => {
                standin.add({ id: 1, ...password });
                standin.fault('ticket', { kind: 'hang' });
                await firstline.freshdeskWebhook(1);
                await firstline.health(down(/./));
                await recovers(firstline, standin);
        }));

        test('is late, but in time: nothing is lost and nothing is done twice', () => act({}, async (firstline, standin) => {
                standin.add({ id: 1, ...password });
                for (const name of ['ticket', 'conversations', 'reply', 'update'])
                        standin.fault(name, { kind: 'delay', ms: 300, after: true });
                await firstline.freshdeskWebhook(1);
                await recovers(firstline, standin);
                assert.equal(standin.called('reply').length, 1);
        }));

        test('talks nonsense: it is not believed', () => act({}, async (firstline, standin) => {
                const nonsense = ['<html>Maintenance</html>', '', '[]', '{"id": 77}', 'null', '{"id":1,"id":1}', '{"id": 1', '{"id":"1"}', '\ufeff{"id":1}'];
                const ids = nonsense.map((_, i) => 1 + i);
                for (const body of nonsense)
                        standin.fault('ticket', { kind: 'garbage', body });
                for (const id of ids) {
                        standin.add({ id, ...password });
                        await firstline.freshdeskWebhook(id);
                }
                await standin.until(() => standin.called('ticket').length >= ids.length);
                for (const id of ids) {
                        await firstline.ticket(id, (t) => t.state === 'delivered');
                        assert.equal(standin.replies(id).length, 1);
                }
                assert.equal(calls(await firstline.metrics(), 'garbage'), nonsense.length);
        }));

        test('talks nonsense last: health shows it', () => act({}, async (firstline, standin) => {
                standin.add({ id: 1, ...password });
                standin.fault('ticket', { kind: 'garbage', times: 2 });
                await firstline.freshdeskWebhook(1);
                await firstline.health(down(/JSON/));
                await nothingResolved(firstline);
                await recovers(firstline, standin);
        }));

        test('sends an answer without end: it is cut off', () => act({}, async (firstline, standin) => {
                standin.add({ id: 1, ...password });
                standin.fault('ticket', { kind: 'huge' });
                await firstline.freshdeskWebhook(1);
                await recovers(firstline, standin);
                assert.equal(calls(await firstline.metrics(), 'garbage'), 1);
                assert.ok((await firstline.metrics()).process_resident_memory_bytes < 1e9);
        }));

        test('sends a header without end: it is cut off, and called by its name', () => act({}, async (firstline, standin) => {
                standin.add({ id: 1, ...password });
                standin.fault('ticket', { kind: 'status', status: 200, body: '{}', headers: { 'x-long': 'a'.repeat(1_000_000) } });
                await firstline.freshdeskWebhook(1);
                await firstline.logged(/a header of the answer is too large/);
                await recovers(firstline, standin);
        }));

        test('redirects: the key does not go along', () => act({}, async (firstline, standin) => {
                const seen = [];
                const elsewhere = http.createServer((request, response) => (seen.push(request.headers), response.end('{"id":1}')));
                await new Promise((done) => elsewhere.listen(0, '127.0.0.1', done));
                try {
                        standin.add({ id: 1, ...password });
                        standin.fault('ticket', { kind: 'redirect', location: `http://127.0.0.1:${elsewhere.address().port}/api/v2/tickets/1` });
                        await firstline.freshdeskWebhook(1);
                        await firstline.health(down(/redirect/));
                        await recovers(firstline, standin);
                        assert.deepEqual(seen, []);
                } finally {
                        elsewhere.close();
                }
        }));

        test('refuses for good: the ticket has failed, visibly', () => act({}, async (firstline, standin) => {
                standin.add({ id: 1, ...password });
                standin.fault('reply', { kind: 'status', status: 400, body: JSON.stringify({ description: 'Validation failed', errors: [{ field: 'body', message: 'It is\u001b[31m wrong\nindeed', code: 'invalid_value' }] }) });
                await firstline.freshdeskWebhook(1);
                const ticket = await firstline.ticket(1, (t) => t.state === 'failed');
                assert.match(ticket.error, /400 Validation failed: body: It is .*wrong indeed \(invalid_value\)/);
                const health = await firstline.health((h) => h.queue.failed === 1);
                assert.equal(health.queue.status, 'degraded');
                const metrics = await firstline.metrics();
                assert.equal(metrics['firstline_deliveries_total{result="failed"}'], 1);
                await nothingResolved(firstline);
                assert.equal(standin.replies(1).length, 0);
                assert.ok(!/\u001b|wrong\n/.test(firstline.log), 'outside text cannot break the log');
        }));

        // It is still at it when we have given up: the reply is looked for, and not sent again before FRESHDESK_LAG is over.
        test('makes a reply long after nobody waits for it: it is not made twice', { skip: noDatabaseTool }, () => act({ EMBEDDING_MODEL: '', FRESHDESK_TIMEOUT: 1, FRESHDESK_LAG: 3600 }, async (firstline, standin) => {
                standin.add({ id: 1, subject: examples.crash.subject, description: `<div>${examples.crash.description}</div>` });
                const gate = standin.fault('note', { kind: 'hold' });
                await firstline.freshdeskWebhook(1);
                await gate.reached;
                await until(() => /may have been sent/.test(sql(firstline.database, "SELECT error FROM job WHERE state = 'delivering'")), { what: 'the look that finds nothing yet' });
                // It waits for as long as the setting says, from the end of the attempt on.
                const [begun, ended, due] = sql(firstline.database, "SELECT first_ms, last_ms, due_ms FROM step JOIN job ON job.id = step.job_id WHERE kind = 'note'").trim().split('|').map(Number);
                assert.ok(ended - begun >= 1000, 'counted from when nobody waited any more');
                assert.ok(Math.abs(due - ended - 3_600_000) < 2000, `${due - ended}`);
                assert.equal(standin.notes(1).length, 0);
                gate.release();
                await until(() => standin.notes(1).length === 1, { what: 'the note that came late' });
                const [job] = (await firstline.get('/jobs')).json.jobs;
                assert.equal((await firstline.post(`/jobs/${job.job_id}/retry`)).status, 200);
                const ticket = await firstline.ticket(1, (t) => t.state === 'delivered');
                assert.equal(standin.notes(1).length, 1);
                assert.ok(ticket.audit.some((row) => row.step === 'sent' && row.detail.step === 'note' && row.detail.found_there));
        }));

        test('is away for too long: the ticket has failed, and can be tried again', () => act({ FRESHDESK_RETRY_MAX: 2 }, async (firstline, standin) => {
                standin.add({ id: 1, ...password });
                await standin.stop();
                await firstline.freshdeskWebhook(1);
                await firstline.ticket(1, (t) => t.state === 'failed', { timeout_ms: 60_000 });
                await standin.listen();
                assert.equal((await firstline.post('/tickets/1/reprocess')).status, 202);
                await firstline.ticket(1, (t) => t.state === 'delivered');
                assert.equal(standin.replies(1).length, 1);
        }));

        test('fails at random: every ticket ends answered, and no customer reads anything twice', () => act({ FRESHDESK_TIMEOUT: 2, WORKERS: 4 }, async (firstline, standin) => {
                const seed = Number(process.env.SEED ?? 20260131);
                const ids = Array.from({ length: 16 }, (_, i) => 1 + i);
                standin.faultsFromSeed(seed, 0.2);
                for (const id of ids) {
                        standin.add({ id, ...(id % 2 ? password : examples.crash) });
                        assert.equal((await firstline.freshdeskWebhook(id)).status, 202);
                }
                for (const id of ids) {
                        await firstline.ticket(id, (t) => t.state === 'delivered', { timeout_ms: 120_000, what: `ticket ${id}, with the seed ${seed}` });
                        assert.equal(standin.replies(id).length, id % 2, `ticket ${id}, with the seed ${seed}`);
                        assert.equal(standin.notes(id).length, 1 - (id % 2), `ticket ${id}, with the seed ${seed}`);
                        assert.ok(standin.tickets.get(id).tags.includes('firstline'));
                }
        }));
});
