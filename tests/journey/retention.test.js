// What is older than RETENTION_DAYS is forgotten by itself, a little at a time; what is younger, unfinished or dated by a wrong clock is not.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

import { examples, noDatabaseTool, sql } from './firstline.js';
import { act } from './scene.js';

const options = { freshdesk: false, EMBEDDING_MODEL: '', WORKERS: 1 };
const DAY_MS = 86_400_000;
const unique = (id) => `xylograph${id}zz`;
const event = (id) => ({ ticket: { id, ...examples.crash, description: `${examples.crash.description} ${unique(id)}`, requester: { email: `r${id}@example.com` } } });
const holds = (firstline, word) => fs.readdirSync(firstline.folder).filter((n) => n.startsWith('firstline.db')).some((n) => fs.readFileSync(path.join(firstline.folder, n), 'latin1').includes(word));
const aged = (days) => `created_ms - ${days * DAY_MS}`;

async function withTickets(firstline, n) {
        for (let id = 1; id <= n; id++)
                await firstline.webhook(event(id));
        for (let id = 1; id <= n; id++)
                await firstline.settled(id);
        await firstline.end();
}

test('old tickets are forgotten after the start, and young ones stay', { skip: noDatabaseTool }, () => act(options, async (firstline) => {
        await withTickets(firstline, 40);
        sql(firstline.database, `UPDATE ticket SET created_ms = ${aged(40)}, updated_ms = updated_ms - ${40 * DAY_MS} WHERE id <= 35`,
                `UPDATE ticket SET updated_ms = updated_ms + ${40 * DAY_MS} WHERE id = 7`);
        firstline.settings.RETENTION_DAYS = 30;
        await firstline.launch();
        await firstline.logged(/forgotten for their age: 34 tickets/);
        for (const id of [1, 35]) {
                const ticket = await firstline.ticket(id);
                assert.ok(ticket.erased_at);
                assert.deepEqual([ticket.subject, ticket.requester, ticket.description, ticket.response], [null, null, null, null]);
                assert.equal(ticket.tier, 'complex');
                assert.equal(ticket.audit.at(-1).step, 'erased');
                assert.equal(ticket.audit.at(-1).detail.by, 'retention');
                assert.ok(!holds(firstline, unique(id)));
        }
        for (const id of [7, 36, 40]) // 7 has changed since
                assert.match((await firstline.ticket(id)).description, new RegExp(unique(id)));
        assert.equal((await firstline.metrics())['firstline_erased_tickets_total{by="retention"}'], 34);
        const { database } = await firstline.health((h) => h.database.bytes > 0);
        assert.equal(database.retention_days, 30);
        assert.ok((await firstline.metrics())['firstline_database_bytes{part="file"}'] > 0);
}));

test('without the setting nothing is forgotten, and a clock that is far ahead is not believed', { skip: noDatabaseTool }, () => act(options, async (firstline) => {
        await withTickets(firstline, 2);
        sql(firstline.database, `UPDATE ticket SET created_ms = ${aged(400)}, updated_ms = updated_ms - ${400 * DAY_MS}`, `UPDATE audit SET at_ms = at_ms - ${400 * DAY_MS}`);
        firstline.settings.RETENTION_DAYS = 30;
        await firstline.launch();
        await firstline.logged(/days ahead of all that the database knows/);
        assert.match((await firstline.ticket(1)).description, new RegExp(unique(1)));
        await firstline.end();
        sql(firstline.database, `UPDATE audit SET at_ms = at_ms + ${400 * DAY_MS}`);
        await firstline.launch();
        await firstline.logged(/forgotten for their age: 2 tickets/);
}));
