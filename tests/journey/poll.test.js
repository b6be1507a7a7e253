// Tickets whose webhook never came are found, once each; what is known, old, or an agent's doing makes no work.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { command, examples, holdDatabase, noDatabaseTool, noModel, sql, until } from './firstline.js';
import { act } from './scene.js';

const SECOND_MS = 1000;
const HOUR_MS = 3_600_000;
const iso = (ms) => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
const ago = (ms) => iso(Date.now() - ms);
const made = (ms) => ({ created_at: ago(ms), updated_at: ago(ms) });
const crash = { subject: examples.crash.subject, description: `<div>${examples.crash.description}</div>` };
const password = { subject: examples.password.subject, description: `<div>${examples.password.description}</div>` };

const OFTEN = { EMBEDDING_MODEL: '', FRESHDESK_POLL: 1 };
const ONCE = { EMBEDDING_MODEL: '', FRESHDESK_POLL: 3600 };
const ONLY_STORES = { ...OFTEN, WORKERS: 0 };
const WIDE = { limits: { tickets: 100_000, update: 100_000, list: 100_000, agents: 100_000, other: 100_000 } };

const complete = async (firstline) => (await firstline.metrics())['firstline_polls_total{result="complete"}'];
const found = async (firstline) => (await firstline.metrics())['firstline_polled_tickets_total{result="found"}'];
const received = (ticket) => ticket.audit.filter((row) => row.step === 'received').map((row) => row.detail.kind);

// Two runs that began after now have ended: whatever there is to find has been found.
async function polledTwice(firstline) {
        const before = await complete(firstline);
        await until(async () => (await complete(firstline)) >= before + 2, { what: 'two complete polls' });
}

async function all(firstline, ids, condition) {
        for (const id of ids)
                await until(async () => {
                        const { status, json } = await firstline.get(`/tickets/${id}`);
                        return status === 200 && condition(json) && json;
                }, { what: `ticket ${id}` });
}

const range = (n, from = 1) => Array.from({ length: n }, (_, i) => from + i);

describe('a ticket whose webhook never comes', () => {
        test('is found, and worked on once, however often it is looked for', () => act(OFTEN, async (firstline, standin) => {
                const ids = range(8);
                for (const id of ids)
                        standin.add({ id, ...crash });
                await all(firstline, ids, (t) => t.state === 'delivered');
                await polledTwice(firstline);
                for (const id of ids) {
                        assert.deepEqual(received(await firstline.ticket(id)), ['polled']);
                        assert.equal(standin.notes(id).length, 1);
                        assert.equal(standin.updates(id).length, 1);
                }
                const { poll } = await firstline.health();
                assert.equal(poll.status, 'ok');
                assert.equal(poll.found, ids.length);
                assert.ok(Date.parse(poll.last_run) > Date.now() - 60 * SECOND_MS);
                assert.ok(Date.parse(poll.cursor) > Date.now() - 60 * SECOND_MS);
                const metrics = await firstline.metrics();
                assert.equal(metrics['firstline_polled_tickets_total{result="found"}'], ids.length);
                assert.ok(metrics.firstline_poll_timestamp_seconds > Date.now() / SECOND_MS - 60);
                assert.match(firstline.log, /the poll found \d+ of \d+ tickets updated since \S+ that had never arrived/);
        }));

        test('is answered as if it had come', { skip: noModel }, () => act({ FRESHDESK_POLL: 1 }, async (firstline, standin) => {
                standin.add({ id: 1, ...password });
                await all(firstline, [1], (t) => t.state === 'delivered');
                await polledTwice(firstline);
                assert.equal(standin.replies(1).length, 1);
                assert.equal(standin.tickets.get(1).status, 4);
                assert.deepEqual(received(await firstline.ticket(1)), ['polled']);
        }));

        test('is found after a time in which nobody was there', () => act(ONCE, async (firstline, standin) => {
                await until(async () => (await complete(firstline)) === 1, { what: 'the first poll' });
                await firstline.end();
                for (const id of range(5))
                        standin.add({ id, ...crash });
                await firstline.launch();
                await all(firstline, range(5), (t) => t.state === 'delivered');
                for (const id of range(5))
                        assert.equal(standin.notes(id).length, 1);
        }));

        test('is found at once when Freshdesk is back', () => act(ONCE, async (firstline, standin) => {
                await until(async () => (await complete(firstline)) === 1, { what: 'the first poll' });
                standin.add({ id: 1, ...crash });
                await standin.stop();
                await firstline.freshdeskWebhook(1);
                await firstline.health((h) => h.freshdesk.status === 'down');
                standin.add({ id: 2, ...crash });
                await standin.listen();
                await all(firstline, [1, 2], (t) => t.state === 'delivered');
                assert.deepEqual(received(await firstline.ticket(2)), ['polled']);
                assert.equal(standin.notes(1).length, 1);
        }));

        test('is found at once when the database is back', { skip: noDatabaseTool }, () => act(ONCE, async (firstline, standin) => {
                await until(async () => (await complete(firstline)) === 1, { what: 'the first poll' });
                standin.add({ id: 1, ...crash });
                const release = await holdDatabase(firstline.database, 'BEGIN EXCLUSIVE');
                assert.equal((await firstline.freshdeskWebhook(1)).status, 503);
                await firstline.health((h) => h.database.status === 'down');
                await release();
                await all(firstline, [1], (t) => t.state === 'delivered');
                assert.deepEqual(received(await firstline.ticket(1)), ['polled']);
        }));
});

describe('an account that is new', () => {
        test('keeps its old tickets to itself, and what comes from now on is found', () => act({ ...OFTEN, start: false }, async (firstline, standin) => {
                standin.add({ id: 1, ...crash, ...made(48 * HOUR_MS) });
                standin.add({ id: 2, ...crash, ...made(HOUR_MS) });
                standin.add({ id: 3, ...crash, ...made(60 * SECOND_MS) });
                await firstline.launch();
                standin.add({ id: 4, ...crash });
                await all(firstline, [4], (t) => t.state === 'delivered');
                await polledTwice(firstline);
                assert.equal((await firstline.get('/tickets')).json.tickets.length, 1);
                assert.equal(standin.effects.filter((e) => e.ticket !== 4).length, 0);
        }));

        test('has an old ticket taken in when its customer writes again, not when an agent touches it', () => act({ ...OFTEN, start: false }, async (firstline, standin) => {
                standin.add({ id: 1, ...crash, ...made(48 * HOUR_MS) });
                standin.add({ id: 2, ...crash, ...made(48 * HOUR_MS) });
                await firstline.launch();
                await polledTwice(firstline);
                standin.tickets.get(1).updated_at = ago(0);
                standin.say(2, { html: '<p>It crashed again, and nobody answers</p>', at: Date.now() + SECOND_MS });
                await all(firstline, [2], (t) => t.state === 'delivered');
                await polledTwice(firstline);
                assert.equal((await firstline.get('/tickets')).json.tickets.length, 1);
        }));

        test('gives older tickets too when FRESHDESK_SINCE asks for them', () => act({ ...OFTEN, FRESHDESK_SINCE: ago(72 * HOUR_MS), start: false }, async (firstline, standin) => {
                standin.add({ id: 1, ...crash, ...made(96 * HOUR_MS) });
                standin.add({ id: 2, ...crash, ...made(48 * HOUR_MS) });
                standin.add({ id: 3, ...crash, ...made(47 * HOUR_MS), status: 5 });
                standin.add({ id: 4, ...crash, ...made(46 * HOUR_MS), source: 10 });
                await firstline.launch();
                await all(firstline, [2], (t) => t.state === 'delivered');
                await polledTwice(firstline);
                assert.deepEqual((await firstline.get('/tickets')).json.tickets.map((t) => t.ticket_id), [2], 'too old, closed, written by an agent');
        }));

        test('gives them when it is asked later, too, and only once', () => act({ ...OFTEN, start: false }, async (firstline, standin) => {
                standin.add({ id: 1, ...crash, ...made(48 * HOUR_MS) });
                await firstline.launch();
                await polledTwice(firstline);
                assert.equal((await firstline.get('/tickets/1')).status, 404);
                await firstline.end();
                firstline.settings.FRESHDESK_SINCE = ago(72 * HOUR_MS).slice(0, 10);
                await firstline.launch();
                await all(firstline, [1], (t) => t.state === 'delivered');
                await firstline.restart();
                await polledTwice(firstline);
                assert.deepEqual(received(await firstline.ticket(1)), ['polled']);
        }));

        test('refuses a FRESHDESK_SINCE that is no time', async () => {
                for (const since of ['yesterday', '2026-02-30', '2026-01-31T25:00:00Z'])
                        await act({ ...OFTEN, FRESHDESK_SINCE: since, start: false }, async (firstline) => {
                                const { status, log } = await firstline.launchInVain();
                                assert.equal(status, 1);
                                assert.match(log, /FRESHDESK_SINCE must be a date/);
                        });
        });
});

describe('what is known', () => {
        test('is not polled again: its webhook came', () => act(OFTEN, async (firstline, standin) => {
                standin.add({ id: 1, ...crash });
                await firstline.freshdeskWebhook(1);
                await firstline.ticket(1, (t) => t.state === 'delivered');
                await polledTwice(firstline);
                assert.equal(received(await firstline.ticket(1)).length, 1);
                assert.equal(standin.notes(1).length, 1);
        }));

        test('stays known when its webhook comes late', () => act(OFTEN, async (firstline, standin) => {
                standin.add({ id: 1, ...crash });
                await all(firstline, [1], (t) => t.state === 'delivered');
                const late = await firstline.freshdeskWebhook(1);
                assert.equal(late.json.status, 'duplicate');
                assert.deepEqual(received(await firstline.ticket(1)), ['polled']);
        }));

        test('is worked on once when webhook and poll meet', () => act({ ...OFTEN, standin: WIDE }, async (firstline, standin) => {
                const ids = range(20);
                for (const id of ids) {
                        standin.add({ id, ...crash });
                        if (id % 4 === 0)
                                await until(async () => (await firstline.get(`/tickets/${id}`)).status === 200, { what: `ticket ${id}` });
                        const { status } = await firstline.freshdeskWebhook(id);
                        assert.ok([200, 202].includes(status));
                }
                await all(firstline, ids, (t) => t.state === 'delivered');
                await polledTwice(firstline);
                for (const id of ids) {
                        assert.equal(received(await firstline.ticket(id)).length, 1, `ticket ${id}`);
                        assert.equal(standin.notes(id).length, 1);
                }
                assert.ok((await found(firstline)) > 0, 'the poll was first with some');
        }));

        test('makes no work when an agent writes, notes, or changes it', () => act(OFTEN, async (firstline, standin) => {
                for (const id of [1, 2, 3])
                        standin.add({ id, ...crash });
                await all(firstline, [1, 2, 3], (t) => t.state === 'delivered');
                standin.say(1, { from: 'agent', html: '<p>We are looking into it</p>', at: Date.now() + SECOND_MS });
                standin.say(2, { from: 'agent', html: '<p>known bug</p>', private: true, at: Date.now() + SECOND_MS });
                standin.tickets.get(3).priority = 4;
                standin.tickets.get(3).updated_at = iso(Date.now() + SECOND_MS);
                await polledTwice(firstline);
                for (const id of [1, 2, 3])
                        assert.deepEqual(received(await firstline.ticket(id)), ['polled']);
        }));

        test('is polled once more when the customer writes and that webhook is lost', () => act(OFTEN, async (firstline, standin) => {
                standin.add({ id: 1, ...crash });
                await all(firstline, [1], (t) => t.state === 'delivered');
                standin.say(1, { html: '<p>It still crashes, please help</p>', at: Date.now() + 2 * SECOND_MS });
                await firstline.ticket(1, (t) => received(t).length === 2);
                await firstline.settled(1);
                // Its time has come by the second look, so that the event is newer than the message.
                await until(() => Date.now() > Date.parse(standin.conversations.get(1).at(-1).created_at) + 3 * SECOND_MS);
                const count = received(await firstline.ticket(1)).length;
                await polledTwice(firstline);
                assert.equal(received(await firstline.ticket(1)).length, count);
        }));

        test('costs one look for each of its updates', () => act({ ...OFTEN, start: false }, async (firstline, standin) => {
                standin.add({ id: 1, ...crash, ...made(48 * HOUR_MS) });
                await firstline.launch();
                standin.tickets.get(1).updated_at = iso(Date.now() + 2 * SECOND_MS);
                await standin.until(() => standin.called('conversations').length === 1);
                await polledTwice(firstline);
                assert.equal(standin.called('conversations').length, 1);
        }));
});

describe('many pages', () => {
        // In as many seconds, beginning an hour ago.
        const fill = (standin, n, at = (i) => HOUR_MS - i * SECOND_MS) => {
                for (const id of range(n))
                        standin.add({ id, ...crash, ...made(at(id)) });
        };
        const since = { FRESHDESK_SINCE: ago(24 * HOUR_MS), start: false, standin: WIDE };
        const count = async (firstline) => (await firstline.metrics())['firstline_jobs{state="queued"}'];

        test('are read to the end, and each ticket is taken once', () => act({ ...ONLY_STORES, ...since }, async (firstline, standin) => {
                fill(standin, 320);
                await firstline.launch();
                await until(async () => (await count(firstline)) === 320, { what: '320 tickets' });
                await polledTwice(firstline);
                assert.equal(await count(firstline), 320);
        }));

        test('lose nothing when tickets are updated while they are read', () => act({ ...ONLY_STORES, ...since }, async (firstline, standin) => {
                fill(standin, 350);
                const first = standin.fault('list', { kind: 'hold', after: true });
                const second = standin.fault('list', { kind: 'hold', after: true });
                await firstline.launch();
                await first.reached;
                for (const id of range(30))
                        standin.tickets.get(id).updated_at = ago(0); // off the first page, to the end
                first.release();
                await second.reached;
                for (const id of range(30, 101))
                        standin.tickets.get(id).updated_at = ago(0);
                second.release();
                await until(async () => (await count(firstline)) === 350, { what: '350 tickets' });
        }));

        test('of one second are read to the end', () => act({ ...ONLY_STORES, ...since }, async (firstline, standin) => {
                fill(standin, 420, (i) => (i <= 10 ? HOUR_MS + 60 * SECOND_MS : i <= 400 ? HOUR_MS : HOUR_MS - 60 * SECOND_MS));
                await firstline.launch();
                await until(async () => (await count(firstline)) === 420, { what: '420 tickets' });
        }));

        test('of one second lose nothing when some of them are updated meanwhile', () => act({ ...ONLY_STORES, ...since }, async (firstline, standin) => {
                const at = ago(HOUR_MS);
                for (const id of range(300))
                        standin.add({ id, ...crash, created_at: at, updated_at: at });
                standin.fault('list', { kind: 'delay', ms: 0 });
                standin.fault('list', { kind: 'delay', ms: 0 });
                const gate = standin.fault('list', { kind: 'hold', after: true });
                await firstline.launch();
                await gate.reached;
                for (const id of range(40))
                        standin.tickets.get(id).updated_at = ago(0);
                gate.release();
                await until(async () => (await count(firstline)) === 300, { what: '300 tickets' });
        }));

        test('are read to the end where updated_since leaves out its own second', () => act({ ...ONLY_STORES, ...since }, async (firstline, standin) => {
                standin.sinceExcludes = true;
                fill(standin, 350, (i) => HOUR_MS - Math.floor(i / 40) * SECOND_MS);
                await firstline.launch();
                await until(async () => (await count(firstline)) === 350, { what: '350 tickets' });
        }));

        test('leave no gap when one of them fails half-way', () => act({ ...ONLY_STORES, ...since }, async (firstline, standin) => {
                fill(standin, 450);
                standin.fault('list', { kind: 'delay', ms: 0 });
                standin.fault('list', { kind: 'delay', ms: 0 });
                for (const plan of [{ kind: 'status', status: 500 }, { kind: 'garbage' }, { kind: 'cut' }, { kind: 'garbage', body: '[{"id":1},' }])
                        standin.fault('list', plan);
                await firstline.launch();
                await until(async () => (await count(firstline)) === 450, { what: '450 tickets' });
                const metrics = await firstline.metrics();
                assert.ok(metrics['firstline_polls_total{result="failed"}'] > 0);
        }));

        test('leave no gap when the power goes half-way', () => act({ ...ONLY_STORES, ...since }, async (firstline, standin) => {
                fill(standin, 450);
                standin.fault('list', { kind: 'delay', ms: 0 });
                standin.fault('list', { kind: 'delay', ms: 0 });
                const gate = standin.fault('list', { kind: 'hold' });
                await firstline.launch();
                await gate.reached;
                await firstline.kill();
                gate.release();
                await firstline.launch();
                await until(async () => (await count(firstline)) === 450, { what: '450 tickets' });
        }));
});

describe('an answer that is not as it should be', () => {
        test('is shown when this agent may not list tickets, and the rest works on', () => act(OFTEN, async (firstline, standin) => {
                standin.fault('list', { kind: 'status', status: 403, body: '{"code":"access_denied","message":"You are not authorized"}', times: 1000 });
                const health = await firstline.health((h) => h.poll.status === 'down');
                assert.match(health.poll.detail, /403/);
                assert.equal(health.status, 'degraded');
                standin.add({ id: 1, ...crash });
                await firstline.freshdeskWebhook(1);
                await firstline.ticket(1, (t) => t.state === 'delivered');
                standin.noFaults();
                await firstline.health((h) => h.poll.status === 'ok');
        }));

        const hostile = [
                ['an object', '{"id":1}'], ['numbers', '[1,2,3]'], ['tickets without times', '[{"id":1},{"id":2,"updated_at":null}]'],
                ['a time to come', '[{"id":999999999999,"updated_at":"9999-12-31T23:59:59Z","created_at":"9999-12-31T23:59:59Z","status":5}]'],
                ['ids beyond all', '[{"id":9223372036854775807,"updated_at":"2026-01-01T00:00:00Z","created_at":"2036-01-01T00:00:00Z"}]'],
        ];
        for (const [what, body] of hostile)
                test(`does no harm: ${what}`, () => act(OFTEN, async (firstline, standin) => {
                        standin.fault('list', { kind: 'garbage', body });
                        await standin.until(() => standin.called('list').length >= 2);
                        standin.add({ id: 7, ...crash });
                        await all(firstline, [7], (t) => t.state === 'delivered');
                        assert.ok(Date.parse((await firstline.health()).poll.cursor ?? 0) < Date.now() + 60 * SECOND_MS);
                }));

        test('does not lead to another host', () => act(OFTEN, async (firstline, standin) => {
                standin.fault('list', { kind: 'status', status: 200, body: '[]', headers: { link: '<http://127.0.0.1:9/api/v2/tickets?page=2>; rel="next"' } });
                await standin.until(() => standin.called('list').length >= 2);
                assert.equal(standin.called('list')[1].query.page, '2', 'the next page is asked of the account that was set');
                assert.doesNotMatch(firstline.log, /127\.0\.0\.1:9\b/);
        }));
});

test('a ticket of a group that FRESHDESK_GROUPS does not name is left alone, found or told of', () => act({ ...OFTEN, FRESHDESK_GROUPS: '7, 0' }, async (firstline, standin) => {
        standin.add({ id: 1, ...crash, group_id: 7 });
        standin.add({ id: 2, ...crash, group_id: 8 });
        standin.add({ id: 3, ...crash, group_id: null });
        await all(firstline, [1, 3], (t) => t.state === 'delivered');
        await polledTwice(firstline);
        assert.equal((await firstline.get('/tickets/2')).status, 404, 'the poll leaves it out');
        await firstline.freshdeskWebhook(2);
        const ticket = await firstline.ticket(2, (t) => t.state === 'dropped');
        assert.match(ticket.audit.find((row) => row.step === 'withheld').detail.reason, /FRESHDESK_GROUPS/);
        assert.equal(standin.effects.filter((effect) => effect.ticket === 2 || effect.ticket_id === 2).length, 0);
        // Handed to a group that is Firstline's, it is found.
        standin.add({ id: 4, ...crash, group_id: 8 });
        await polledTwice(firstline);
        standin.tickets.get(4).group_id = 7;
        standin.tickets.get(4).updated_at = iso(Date.now() + SECOND_MS);
        await all(firstline, [4], (t) => t.state === 'delivered');
}));

test('FRESHDESK_GROUPS that are no ids refuse the start', () => {
        for (const groups of ['Billing', '7;8', '-1', '1,,2', '99999999999999999999'])
                assert.match(command(['serve'], { settings: { EMBEDDING_MODEL: '', FRESHDESK_GROUPS: groups } }).stderr, /FRESHDESK_GROUPS must be ids of groups/, groups);
});

test('FRESHDESK_POLL=0 never looks', () => act({ EMBEDDING_MODEL: '', FRESHDESK_POLL: 0 }, async (firstline, standin) => {
        standin.add({ id: 1, ...crash });
        await firstline.freshdeskWebhook(1);
        await firstline.ticket(1, (t) => t.state === 'delivered');
        assert.equal(standin.called('list').length, 0);
        assert.equal((await firstline.health()).poll.status, 'off');
}));

test('each account has a bookmark of its own', { skip: noDatabaseTool }, () => act(OFTEN, async (firstline, standin) => {
        await polledTwice(firstline);
        await firstline.end();
        const rows = sql(firstline.database, "SELECT name FROM meta WHERE name LIKE 'poll:%'");
        assert.match(rows, new RegExp(`poll:127\\.0\\.0\\.1:${standin.port}\\b`));
}));
