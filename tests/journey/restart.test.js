// What was accepted is worked on, whenever the power goes; and a customer reads an answer once.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';

import { examples, folderWith, noDatabaseTool, noModel, sql } from './firstline.js';
import { act } from './scene.js';

const password = { subject: examples.password.subject, description: `<div>${examples.password.description}</div>` };
const sent = (ticket, step) => ticket.audit.filter((row) => row.step === 'sent' && row.detail.step === step);

describe('killed', { skip: noModel }, () => {
        test('right after 202, it finishes after a restart', () => act({ WORKERS: 0 }, async (firstline, standin) => {
                const ids = Array.from({ length: 20 }, (_, i) => 1 + i);
                for (const id of ids) {
                        standin.add({ id, ...password });
                        assert.equal((await firstline.freshdeskWebhook(id)).status, 202);
                }
                await firstline.kill();
                firstline.settings.WORKERS = 4;
                await firstline.launch();
                for (const id of ids) {
                        await firstline.ticket(id, (t) => t.state === 'delivered');
                        assert.equal(standin.replies(id).length, 1);
                }
                const again = await firstline.freshdeskWebhook(1);
                assert.equal(again.json.status, 'duplicate', 'it still knows what it has seen');
        }));

        // [when, fault, what the stand-in has made by then]
        const moments = [
                ['while it reads the ticket', 'ticket', {}, []],
                ['while it reads the conversation', 'conversations', {}, []],
                ['with the reply on its way and not arrived', 'reply', {}, []],
                ['with the reply made and its answer not arrived', 'reply', { after: true }, ['reply']],
                ['between reply and status', 'update', {}, ['reply']],
                ['with the status set and its answer not arrived', 'update', { after: true }, ['reply', 'update']],
        ];
        for (const [when, name, plan, made] of moments)
                test(`${when}, it goes on where it stopped, and the customer reads one answer`, () => act({}, async (firstline, standin) => {
                        standin.add({ id: 1, ...password, tags: ['vip'] });
                        const gate = standin.fault(name, { kind: 'hold', ...plan });
                        assert.equal((await firstline.freshdeskWebhook(1)).status, 202);
                        await gate.reached;
                        await firstline.kill();
                        assert.deepEqual(standin.effects.map((e) => e.kind), made);
                        await firstline.launch();
                        const ticket = await firstline.ticket(1, (t) => t.state === 'delivered');
                        assert.equal(standin.replies(1).length, 1);
                        assert.equal(standin.notes(1).length, 0);
                        assert.equal(standin.tickets.get(1).status, 4);
                        assert.deepEqual([...standin.tickets.get(1).tags].sort(), ['firstline', 'password_reset', 'tier_1', 'vip']);
                        assert.equal(sent(ticket, 'reply').length, 1);
                        assert.equal(sent(ticket, 'reply')[0].detail.freshdesk_id, standin.replies(1)[0].id);
                        if (name === 'reply')
                                assert.equal(sent(ticket, 'reply')[0].detail.found_there, made.length > 0);
                }));

        test('a note is not written twice either', () => act({}, async (firstline, standin) => {
                standin.add({ id: 1, ...examples.crash });
                const gate = standin.fault('note', { kind: 'hold', after: true });
                await firstline.freshdeskWebhook(1);
                await gate.reached;
                await firstline.kill();
                await firstline.launch();
                await firstline.ticket(1, (t) => t.state === 'delivered');
                assert.equal(standin.notes(1).length, 1);
                assert.equal(standin.tickets.get(1).priority, 3);
        }));

        test('again and again, it still ends well', () => act({ WORKERS: 2 }, async (firstline, standin) => {
                const ids = Array.from({ length: 12 }, (_, i) => 1 + i);
                for (const id of ids)
                        standin.add({ id, ...(id % 2 ? password : examples.crash) });
                for (const id of ids)
                        assert.equal((await firstline.freshdeskWebhook(id)).status, 202);
                for (const name of ['reply', 'update', 'note', 'ticket']) {
                        const gate = standin.fault(name, { kind: 'hold', after: name !== 'ticket' });
                        await gate.reached;
                        await firstline.kill();
                        await firstline.launch();
                }
                for (const id of ids) {
                        await firstline.ticket(id, (t) => t.state === 'delivered');
                        assert.equal(standin.replies(id).length, id % 2);
                        assert.equal(standin.notes(id).length, 1 - (id % 2));
                }
        }));
});

describe('told to stop', { skip: noModel }, () => {
        test('with a ticket in hand, it ends well, and the ticket is finished later', () => act({}, async (firstline, standin) => {
                standin.add({ id: 1, ...password });
                const gate = standin.fault('update', { kind: 'hold' });
                await firstline.freshdeskWebhook(1);
                await gate.reached;
                const ended = firstline.end();
                gate.release();
                await ended;
                await firstline.launch();
                await firstline.ticket(1, (t) => t.state === 'delivered');
                assert.equal(standin.replies(1).length, 1);
                assert.equal(standin.tickets.get(1).status, 4);
        }));

        test('with Freshdesk hanging, it does not wait for ever', () => act({ FRESHDESK_TIMEOUT: 300 }, async (firstline, standin) => {
                standin.add({ id: 1, ...password });
                standin.fault('ticket', { kind: 'hang' });
                await firstline.freshdeskWebhook(1);
                await standin.until(() => standin.called('ticket').length === 1);
                await firstline.end(); // bounded far below the time-out of the call
                await firstline.launch();
                await firstline.ticket(1, (t) => t.state === 'delivered');
        }));
});

test('a restart embeds only what changed', { skip: noModel || noDatabaseTool }, async () => {
        const others = ['the river', 'the library', 'an apple tree', 'the lighthouse', 'my bicycle', 'the old town', 'a bakery', 'the museum'];
        const folder = folderWith(Object.fromEntries(others.map((what, i) => [`${i}.txt`, `Q: Where is ${what}?\nA: Beside house number ${i}.\n`])));
        const add = (name, text) => fs.writeFileSync(path.join(folder, name), text);
        await act({ freshdesk: false, KNOWLEDGE_DIR: folder }, async (firstline) => {
                const first = async (question) => (await firstline.post('/ask', { question })).json.sources[0]?.document;
                await firstline.end();
                const last = Number(sql(firstline.database, 'SELECT max(id) FROM vector'));
                add('moon.txt', 'Q: How far away is the moon?\nA: Four hundred thousand kilometres.\n');
                await firstline.launch();
                assert.equal(await first('How far away is the moon?'), 'moon.txt');
                await firstline.end();
                // The moon gets the vectors of another text: what is right after this was embedded after this.
                assert.ok(Number(sql(firstline.database, 'SELECT max(id) FROM vector')) > last);
                sql(firstline.database, `UPDATE vector SET floats = (SELECT floats FROM vector WHERE id = 1) WHERE id > ${last}`);
                add('sun.txt', 'Q: How hot is the sun?\nA: Five thousand degrees.\n');
                await firstline.launch();
                assert.notEqual(await first('How far away is the moon?'), 'moon.txt', 'its old vector is used');
                assert.equal(await first('How hot is the sun?'), 'sun.txt', 'the new document has a new one');
                assert.equal(await first('Where is the lighthouse?'), '3.txt');
        });
});
