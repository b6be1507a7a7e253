// What a person wrote is gone from everywhere when it was asked for: from every answer, every row, and every byte of the files.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';

import { command, commandAsync, examples, Firstline, holdDatabase, noDatabaseTool, sql, until } from './firstline.js';
import { act } from './scene.js';

const options = { EMBEDDING_MODEL: '', WORKERS: 2 };
// In a text whose words appear nowhere else.
const unique = (id) => `xylograph${id}zz`;
const texts = (id) => ({ subject: `${examples.crash.subject} ${unique(id)}s`, description: `${examples.crash.description} ${`${unique(id)}d `.repeat(1 + (id * 37) % 300)}` });
const bytes = (folder) => fs.readdirSync(folder).filter((n) => n.startsWith('firstline.db')).map((n) => fs.readFileSync(path.join(folder, n), 'latin1')).join('\n');
const holds = (folder, word) => bytes(folder).toLowerCase().includes(word.toLowerCase());
const rows = (file, table, where = '1') => sql(file, `SELECT * FROM ${table} WHERE ${where}`);

describe('a person', () => {
        test('is gone from answers, rows and bytes; the figures, the trail and everybody else stay', () => act(options, async (firstline, standin) => {
                const ada = 'Ada.Person@Example.com';
                const mine = [1, 3, 5, 7], others = [2, 4, 6];
                for (const id of [...mine, ...others]) {
                        const requester = mine.includes(id) ? { id: 500, name: 'Ada Person', email: id === 3 ? ada.toUpperCase() : ada } : { id: 600 + id, name: 'Bob', email: `bob${id}@example.com` };
                        const { subject, description } = texts(id);
                        standin.add({ id, subject, description: `<div>${description}${id === 4 ? ` my colleague ada.person@example.com, not nada.person@example.com` : ''}</div>`, requester });
                        assert.equal((await firstline.webhook({ ticket: { id, subject, description, requester } })).status, 202);
                }
                for (const id of [...mine, ...others])
                        await firstline.ticket(id, (t) => t.state === 'delivered');
                assert.equal((await firstline.post('/tickets/2/feedback', { answer: 'right', by: ada })).status, 201);
                const before = await firstline.ticket(1);
                assert.ok(holds(firstline.folder, unique(1)) && holds(firstline.folder, ada));
                const stats = (await firstline.get('/stats')).json;

                const look = await firstline.post('/erase', { requester: 'ADA.person@example.com', look: true });
                assert.deepEqual(look.json, { look: true, tickets: 4, jobs_dropped: 0, mentions: look.json.mentions, open: 0 });
                assert.ok(holds(firstline.folder, unique(1)), 'looking erases nothing');
                const done = await firstline.post('/erase', { requester: ' ADA.person@example.com ' });
                assert.equal(done.status, 200, done.text);
                assert.equal(done.json.tickets, 4);
                assert.ok(done.json.mentions >= 1, done.text);

                for (const word of [...mine.flatMap((id) => [`${unique(id)}s`, `${unique(id)}d`]), ' ada.person@example.com', 'Ada Person'])
                        assert.ok(!holds(firstline.folder, word), `${word} is still there`);
                if (!noDatabaseTool)
                        assert.equal(rows(firstline.database, 'feedback', '"by" LIKE \'%person@%\''), '', 'nor as who gave feedback');
                assert.ok(holds(firstline.folder, 'nada.person@example.com'), 'another address that ends the same stays');
                for (const id of mine) {
                        const t = await firstline.ticket(id);
                        for (const field of ['subject', 'requester', 'description', 'response', 'reason', 'error'])
                                assert.equal(t[field], null, field);
                        assert.ok(t.erased_at);
                        assert.equal(t.state, 'delivered');
                        const erased = t.audit.at(-1);
                        assert.equal(erased.step, 'erased');
                        assert.equal(erased.detail.by, 'api');
                        assert.match(erased.detail.address_hash, /^[0-9a-f]{64}$/);
                }
                const after = await firstline.ticket(1);
                for (const field of ['tier', 'category', 'confidence', 'method', 'action', 'mode', 'created_at', 'duration_ms'])
                        assert.equal(after[field], before[field], field);
                assert.deepEqual(after.audit.slice(0, -1).map((row) => row.step), before.audit.map((row) => row.step), 'the trail is complete');
                const decided = (t) => t.audit.find((row) => row.step === 'decided').detail;
                assert.equal(decided(after).action, decided(before).action);
                assert.equal(decided(after).reason, undefined);
                for (const id of others)
                        assert.match((await firstline.ticket(id)).subject, new RegExp(unique(id)));
                assert.deepEqual((await firstline.get('/stats')).json, stats);
                assert.equal((await firstline.get('/tickets?q=ada')).json.tickets.length, 0);
                assert.equal((await firstline.post('/erase', { requester: ada })).json.tickets, 0, 'nothing is left to erase');

                await firstline.webhook({ ticket: { id: 1, subject: 'Again', description: 'It still crashes', requester: { email: ada } } });
                const again = await firstline.ticket(1, (t) => t.erased_at === null && t.subject);
                assert.ok(again.subject, 'what comes later is new');
        }));

        test('whose tickets nobody has worked on yet: their jobs are dropped, visibly, and nothing is sent', () => act({ ...options, WORKERS: 0 }, async (firstline, standin) => {
                for (const id of [11, 12])
                        await firstline.webhook({ ticket: { id, ...texts(id), requester: id === 11 ? 'Grace Hopper' : { email: 'g@example.com' } } });
                const look = await commandAsync(['erase', '--look', '--requester', 'grace hopper'], { folder: firstline.folder });
                assert.match(look.stdout, /^Would erase +1 ticket\nWould drop +1 unfinished job of these\n$/);
                const run = await commandAsync(['erase', '--json', '--requester', 'grace hopper'], { folder: firstline.folder });
                assert.equal(run.status, 0, run.stderr);
                assert.deepEqual(JSON.parse(run.stdout), { look: false, tickets: 1, jobs_dropped: 1, mentions: 0, open: 0 });
                const ticket = await firstline.ticket(11);
                assert.equal(ticket.state, 'dropped');
                assert.equal(ticket.audit.at(-1).detail.jobs_dropped, 1);
                assert.equal(ticket.audit.at(-1).detail.by, 'command');
                assert.ok(!holds(firstline.folder, unique(11)) && !holds(firstline.folder, 'Grace'));
                assert.equal((await firstline.ticket(12)).state, 'queued');
                await firstline.health((h) => h.queue.queued === 1);
                await firstline.end();
                firstline.settings.WORKERS = 2;
                await firstline.launch();
                standin.add({ id: 12, ...texts(12) });
                await firstline.settled(12);
                assert.equal(standin.calls.filter((c) => c.path.includes('/tickets/11')).length, 0);
        }));

        test('while a worker has the ticket in its hands: it writes nothing afterwards', () => act(options, async (firstline, standin) => {
                standin.add({ id: 21, ...texts(21), requester: { email: 'h@example.com', name: 'H' } });
                standin.fault('ticket', { kind: 'delay', ms: 1500, after: true });
                await firstline.webhook({ ticket: { id: 21, ...texts(21), requester: { email: 'h@example.com' } } });
                await standin.until(() => standin.called('ticket').length > 0);
                assert.equal((await firstline.post('/erase', { requester: 'h@example.com' })).json.jobs_dropped, 1);
                await firstline.logged(/no longer running|was taken|is dropped/);
                const ticket = await firstline.ticket(21);
                assert.equal(ticket.state, 'dropped');
                assert.equal(ticket.subject, null);
                assert.ok(!holds(firstline.folder, unique(21)));
                assert.equal(standin.effects.length, 0);
        }));
});

describe('a ticket', () => {
        test('by its number; what is not there is said', () => act({ ...options, freshdesk: false }, async (firstline) => {
                for (const id of [31, 32])
                        await firstline.webhook({ ticket: { id, ...texts(id), requester: { email: 'both@example.com' } } });
                for (const id of [31, 32])
                        await firstline.settled(id);
                assert.equal((await firstline.post('/erase', { ticket_id: 31 })).json.tickets, 1);
                assert.ok(!holds(firstline.folder, unique(31)) && holds(firstline.folder, unique(32)));
                assert.equal((await firstline.ticket(31)).audit.at(-1).detail.address_hash, undefined);
                for (const [body, status] of [[{ ticket_id: 99 }, 404], [{}, 400], [{ requester: 'a@b.example', ticket_id: 1 }, 400], [{ requester: '  ' }, 400], [[], 400], [{ ticket_id: 'x' }, 400]])
                        assert.equal((await firstline.post('/erase', body)).status, status, JSON.stringify(body));
                for (const args of [[], ['--ticket', '0'], ['--ticket', '1', '--requester', 'x@example.com']])
                        assert.equal(command(['erase', ...args], { folder: firstline.folder }).status, 2);
                assert.match(command(['erase', '--ticket', '99'], { folder: firstline.folder }).stderr, /no ticket 99/);
        }));
});

test('another program that reads keeps the log from being emptied: it says so, and asking again does it', { skip: noDatabaseTool }, () => act({ ...options, freshdesk: false }, async (firstline) => {
        await firstline.webhook({ ticket: { id: 41, ...texts(41), requester: { email: 'r@example.com' } } });
        await firstline.settled(41);
        const release = await holdDatabase(firstline.database, 'BEGIN', 'SELECT count(*) FROM ticket');
        const held = await firstline.post('/erase', { requester: 'r@example.com' });
        assert.equal(held.status, 409);
        assert.match(held.json.error.message, /ask again/);
        assert.equal((await firstline.webhook({ ticket: { id: 42, ...texts(42) } })).status, 202, 'nobody else waits for it');
        await release();
        assert.equal((await firstline.post('/erase', { requester: 'r@example.com' })).status, 200);
        assert.ok(!holds(firstline.folder, unique(41)));
}));
