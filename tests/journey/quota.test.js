// Freshdesk's allowance, the breaker, a refused key, and what was sent but is not shown yet: nobody is answered twice, nothing is lost, other
// people keep their part, and all of it is seen.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';

import { examples, newFolder, noDatabaseTool, noModel, seededFolder, sql, until } from './firstline.js';
import { act } from './scene.js';

const password = { subject: examples.password.subject, description: `<div>${examples.password.description}</div>` };
const crash = { subject: examples.crash.subject, description: `<div>${examples.crash.description}</div>` };
const family = (health, name) => health.freshdesk.families.find((f) => f.family === name);
const count = (text, pattern) => text.split('\n').filter((line) => pattern.test(line)).length;

describe('the allowance', { skip: noModel }, () => {
        test('of one family is used up: the others go on', () => act({}, async (firstline, standin) => {
                standin.add({ id: 1, ...password });
                standin.add({ id: 2, ...crash });
                standin.fault('update', { kind: 'limit', retry_after: 10 });
                await firstline.freshdeskWebhook(1);
                const health = await firstline.health((h) => family(h, 'ticket_update').paused_until !== null);
                assert.equal(health.freshdesk.breaker.state, 'closed');
                assert.equal(family(health, 'tickets').paused_until, null);
                const metrics = await until(async () => {
                        const m = await firstline.metrics();
                        assert.ok(m['firstline_freshdesk_paused_seconds{family="ticket_update"}'] > 0);
                        return m;
                });
                assert.equal(metrics['firstline_freshdesk_paused_seconds{family="tickets"}'], 0);
                await firstline.freshdeskWebhook(2);
                await standin.until(() => standin.notes(2).length === 1);
                assert.equal(standin.called('update').length, 1, 'the note was made while updates wait');
                for (const id of [1, 2])
                        await firstline.ticket(id, (t) => t.state === 'delivered');
                assert.equal(standin.replies(1).length, 1);
        }));

        test('is shared: no more than our part is used, and the server never has to refuse', () => act({ standin: { limits: { tickets: 40 } }, FRESHDESK_TIMEOUT: 60 }, async (firstline, standin) => {
                standin.minute = () => 1; // all of it is one minute
                for (let id = 1; id <= 8; id++) {
                        standin.add({ id, ...password });
                        await firstline.freshdeskWebhook(id);
                }
                // One that is under way may be counted there already, and is kept back here too: they agree when all are answered.
                const agreed = ({ used, remaining, waiting }) => waiting >= 1 && used + remaining === 40;
                const health = await firstline.health((h) => agreed(family(h, 'tickets')));
                const { total, ours, used, remaining } = family(health, 'tickets');
                assert.deepEqual([total, ours], [40, 20]);
                assert.ok(used >= 1 && used <= 20 && remaining >= 20, `${used} are used, ${remaining} remain`);
                await standin.until(() => standin.replies().length >= 1);
                assert.ok(standin.spent('tickets') <= 20, `${standin.spent('tickets')} are used`);
                assert.ok(standin.calls.every((call) => call.status !== 429));
                await until(async () => (await firstline.metrics())['firstline_freshdesk_share{family="tickets"}'] === 20);
        }));

        test('is not known yet: one call of a family goes first, whatever number of workers', () => act({ WORKERS: 16 }, async (firstline, standin) => {
                const many = 8;
                const first = standin.fault('ticket', { kind: 'hold' });
                for (let id = 1; id <= many; id++) {
                        standin.add({ id, ...password });
                        await firstline.freshdeskWebhook(id);
                }
                await first.reached;
                await firstline.health((h) => family(h, 'tickets').waiting === many - 1);
                assert.equal(standin.called('ticket').length, 1);
                first.release();
                for (let id = 1; id <= many; id++)
                        await firstline.ticket(id, (t) => t.state === 'delivered');
                assert.ok(standin.calls.every((call) => call.status !== 429));
        }));

        test('is not named: nothing is limited', () => act({ standin: { limits: {}, headers: false } }, async (firstline, standin) => {
                for (let id = 1; id <= 12; id++) {
                        standin.add({ id, ...password });
                        await firstline.freshdeskWebhook(id);
                }
                for (let id = 1; id <= 12; id++)
                        await firstline.ticket(id, (t) => t.state === 'delivered');
                assert.equal(family(await firstline.health(), 'tickets').total, null);
        }));
});

describe('a key that is refused', { skip: noModel }, () => {
        test('makes everything wait, however long, and nothing fails; it goes on by itself', () => act({ FRESHDESK_RETRY_MAX: 1 }, async (firstline, standin) => {
                const key = standin.key;
                standin.key = 'another';
                for (const id of [1, 2, 3]) {
                        standin.add({ id, ...password });
                        await firstline.freshdeskWebhook(id);
                }
                const health = await firstline.health((h) => h.freshdesk.key.state === 'refused');
                assert.equal(health.freshdesk.status, 'down');
                assert.match(health.freshdesk.detail, /FRESHDESK_API_KEY/);
                await until(async () => (await firstline.metrics()).firstline_freshdesk_key_accepted === 0);
                // Longer than FRESHDESK_RETRY_MAX: two trials of the key, and nothing else is called.
                await standin.until(() => standin.called('me').length >= 2);
                const others = standin.calls.filter((call) => call.name !== 'me').length;
                assert.ok(others <= 4, `${others} calls: each worker had one at most`);
                const { queue } = await firstline.health();
                assert.equal(queue.failed, 0);
                assert.equal(queue.queued + queue.running, 3);
                assert.equal(count(firstline.log, /does not accept FRESHDESK_API_KEY: all tickets wait/), 1);
                standin.key = key;
                for (const id of [1, 2, 3]) {
                        await firstline.ticket(id, (t) => t.state === 'delivered', { timeout_ms: 90_000 });
                        assert.equal(standin.replies(id).length, 1);
                }
                assert.equal(count(firstline.log, /accepts FRESHDESK_API_KEY again/), 1);
                await firstline.health((h) => h.status === 'ok' && h.freshdesk.key.state === 'accepted');
        }));

        test('is noticed to work again without a ticket', () => act({}, async (firstline, standin) => {
                standin.add({ id: 1, ...password });
                standin.fault('ticket', { kind: 'status', status: 401, body: '{"code":"invalid_credentials"}' });
                await firstline.freshdeskWebhook(1);
                await firstline.health((h) => h.freshdesk.key.state === 'refused');
                await firstline.health((h) => h.freshdesk.key.state === 'accepted');
                assert.ok(standin.called('me').length >= 1);
                await firstline.ticket(1, (t) => t.state === 'delivered');
        }));
});

describe('the breaker', { skip: noModel }, () => {
        test('opens after a run of failures, and closes after a trial', () => act({}, async (firstline, standin) => {
                for (let id = 1; id <= 6; id++) {
                        standin.add({ id, ...password });
                        await firstline.freshdeskWebhook(id);
                }
                standin.fault('any', { kind: 'status', status: 502, times: 1000 });
                const health = await firstline.health((h) => h.freshdesk.breaker.state === 'open');
                assert.ok(health.freshdesk.breaker.failures >= 5);
                assert.ok(Date.parse(health.freshdesk.breaker.next_trial) > 0);
                await until(async () => (await firstline.metrics())['firstline_freshdesk_breaker{state="closed"}'] === 0);
                standin.noFaults();
                for (let id = 1; id <= 6; id++) {
                        await firstline.ticket(id, (t) => t.state === 'delivered', { timeout_ms: 90_000 });
                        assert.equal(standin.replies(id).length, 1);
                }
                await firstline.health((h) => h.status === 'ok' && h.freshdesk.breaker.state === 'closed');
                assert.equal(count(firstline.log, /does not answer well: nothing is sent for/), 1);
        }));
});

describe('a message that Freshdesk shows only some seconds later', { skip: noModel, concurrency: 2 }, () => {
        const lost = { 'whose answer was cut off': { kind: 'cut' }, 'answered with 500': { kind: 'status', status: 500 } };
        for (const [what, plan] of Object.entries(lost))
                test(`${what} is not sent again: a reply`, () => act({ standin: { lag_ms: 3500 } }, async (firstline, standin) => {
                        standin.add({ id: 1, ...password });
                        standin.fault('reply', { ...plan, after: true });
                        await firstline.freshdeskWebhook(1);
                        const ticket = await firstline.ticket(1, (t) => t.state === 'delivered', { timeout_ms: 60_000 });
                        assert.equal(standin.called('reply').length, 1);
                        assert.equal(ticket.audit.find((r) => r.step === 'sent' && r.detail.step === 'reply').detail.found_there, true);
                        assert.equal(standin.tickets.get(1).status, 4);
                }));

        test('is not sent again: a note', () => act({ standin: { lag_ms: 3500 } }, async (firstline, standin) => {
                standin.add({ id: 1, ...crash });
                standin.fault('note', { kind: 'cut', after: true });
                await firstline.freshdeskWebhook(1);
                await firstline.ticket(1, (t) => t.state === 'delivered', { timeout_ms: 60_000 });
                assert.equal(standin.called('note').length, 1);
        }));

        test('is not sent again after a crash', () => act({ standin: { lag_ms: 3500 } }, async (firstline, standin) => {
                standin.add({ id: 1, ...password });
                const gate = standin.fault('reply', { kind: 'hold', after: true });
                await firstline.freshdeskWebhook(1);
                await standin.until(() => standin.replies(1).length === 1);
                await firstline.kill();
                gate.release();
                await firstline.launch();
                await firstline.ticket(1, (t) => t.state === 'delivered', { timeout_ms: 60_000 });
                assert.equal(standin.called('reply').length, 1);
        }));

        test('is not answered once more when the ticket is looked at again meanwhile', () => act({ standin: { lag_ms: 3500 } }, async (firstline, standin) => {
                standin.add({ id: 1, ...password });
                await firstline.freshdeskWebhook(1);
                await firstline.ticket(1, (t) => t.state === 'delivered');
                standin.tickets.get(1).status = 2; // somebody opens it again
                assert.equal((await firstline.post('/tickets/1/reprocess')).status, 202);
                await firstline.ticket(1, (t) => ['dropped', 'delivered', 'recorded'].includes(t.state) && t.audit.filter((r) => r.step === 'received').length === 2);
                assert.equal(standin.called('reply').length, 1);
        }));

        test('that was never made is sent once it is sure', () => act({}, async (firstline, standin) => {
                standin.add({ id: 1, ...password });
                standin.fault('reply', { kind: 'cut' });
                await firstline.freshdeskWebhook(1);
                await firstline.ticket(1, (t) => t.state === 'delivered', { timeout_ms: 60_000 });
                const [first, second] = standin.called('reply');
                assert.equal(standin.replies(1).length, 1);
                assert.ok(second.at - first.at >= 4500, `${second.at - first.at} ms between the two`);
        }));
});

describe('a ticket that ends the process each time', { skip: noModel || noDatabaseTool }, () => {
        test('is given up, visibly', () => act({ WORKERS: 1 }, async (firstline, standin) => {
                standin.add({ id: 1, ...password });
                const gate = standin.fault('ticket', { kind: 'hold', times: 3 });
                await firstline.freshdeskWebhook(1);
                await gate.reached;
                await firstline.kill();
                assert.equal(Number(sql(firstline.database, 'SELECT claims FROM job WHERE ticket_id = 1')), 1);
                sql(firstline.database, 'UPDATE job SET claims = 9 WHERE ticket_id = 1'); // it went on like that
                const calls = standin.called('ticket').length;
                await firstline.launch();
                await standin.until(() => standin.called('ticket').length === calls + 1); // the tenth time
                await firstline.kill();
                await firstline.launch();
                const ticket = await firstline.ticket(1, (t) => t.state === 'failed');
                assert.match(ticket.error, /the process ended 10 times while it worked on this ticket/);
                assert.equal(standin.called('ticket').length, calls + 1);
                await firstline.health((h) => h.queue.failed === 1);
        }));
});

describe('a worker that the system will not start', { skip: noModel || (process.getuid() !== 0 && 'needs a user of its own, whose threads are counted') || (!fs.existsSync('/usr/bin/prlimit') && 'prlimit is not installed') }, () => {
        test('ends nothing: it goes on with fewer, says so, and starts the others when it can', async () => {
                const folder = newFolder();
                const uid = 61_234; // nobody's
                fs.copyFileSync(path.join(await seededFolder(), 'firstline.db'), path.join(folder, 'firstline.db'));
                for (const name of [folder, path.join(folder, 'firstline.db')])
                        fs.chownSync(name, uid, uid);
                await act({ folder, uid, start: false, WORKERS: 64, wrap: 'exec prlimit --nproc=40:4096 "$@"' }, async (firstline, standin) => {
                        await firstline.launch();
                        await firstline.logged(/going on with \d+ of 64 workers/);
                        const health = await firstline.health((h) => h.queue.status === 'degraded');
                        assert.match(health.queue.detail, /will not start \d+ of the workers/);
                        standin.add({ id: 1, ...password });
                        await firstline.freshdeskWebhook(1);
                        await firstline.ticket(1, (t) => t.state === 'delivered');
                        execFileSync('prlimit', ['--pid', String(firstline.child.pid), '--nproc=4096:4096'], { uid, gid: uid });
                        await firstline.logged(/all workers run now: 64/);
                        await firstline.health((h) => h.status === 'ok');
                });
        });
});
