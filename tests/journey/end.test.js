// Every ticket comes to an end, and to one end: none is left behind by an error, and what was told once is not told again.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';

import { examples, newFolder, root, until } from './firstline.js';
import { noFaults, threadBeforeMain } from './faults.js';
import { act, scene } from './scene.js';

const steps = (ticket) => ticket.audit.map((row) => row.step);
const asTicket = ({ subject, description }) => ({ subject, description: `<div>${description}</div>` });

describe('a ticket that cannot be worked on', () => {
        test('is not stored when there is no text in it, and a subject without end is cut', async () => {
                await act({ freshdesk: false, EMBEDDING_MODEL: '' }, async (firstline) => {
                        const empty = await firstline.post('/process-ticket', { subject: ' ', description: '<br>' });
                        assert.equal(empty.status, 400);
                        assert.equal(empty.json.error.code, 'missing_field');
                        assert.equal((await firstline.get('/tickets')).json.tickets.length, 0);

                        const long = await firstline.post('/process-ticket', { subject: '€'.repeat(70_000), description: 'How do I reset my password?' });
                        assert.equal(long.status, 200);
                        const ticket = await firstline.ticket(long.json.ticket_id);
                        assert.equal(ticket.state, 'recorded');
                        assert.equal(ticket.subject, '€'.repeat(333));
                });
        });

        test('has failed where everybody sees it when its reply cannot be written, until it is tried again', async () => {
                const config = newFolder();
                fs.cpSync(path.join(root, 'config'), config, { recursive: true });
                const template = path.join(config, 'templates/acknowledge.html');
                const fits = fs.readFileSync(template);
                fs.writeFileSync(template, 'x'.repeat(200 * 1024));
                await act({ freshdesk: false, EMBEDDING_MODEL: '', CONFIG_DIR: config }, async (firstline) => {
                        const answer = await firstline.post('/process-ticket', { id: 7, ...examples.crash });
                        assert.equal(answer.status, 500);
                        const ticket = await firstline.ticket(7);
                        assert.equal(ticket.state, 'failed');
                        assert.match(ticket.error, /reply/);
                        assert.equal(steps(ticket).at(-1), 'failed');
                        const health = await firstline.health((h) => h.queue.failed === 1);
                        assert.equal(health.queue.status, 'degraded');

                        await firstline.end();
                        fs.writeFileSync(template, fits);
                        await firstline.launch();
                        assert.equal((await firstline.post('/tickets/7/reprocess')).status, 202);
                        await firstline.ticket(7, (t) => t.state === 'recorded');
                        assert.equal((await firstline.health((h) => h.queue.failed === 0)).queue.status, 'ok');
                });
        });
});

describe('what was told', () => {
        const { check } = scene({ EMBEDDING_MODEL: '' });

        check('to the agents in a note is not told again by an event that brings no new words', async (firstline, standin) => {
                standin.add({ id: 1, ...asTicket(examples.crash) });
                await firstline.webhook({ ticket: { id: 1, ...examples.crash } });
                await firstline.ticket(1, (t) => t.state === 'delivered');
                assert.equal(standin.notes(1).length, 1);

                await firstline.webhook({ ticket: { id: 1, ...examples.crash, updated_at: '2026-01-01T00:00:00Z' } });
                const again = await firstline.ticket(1, (t) => t.audit.some((row) => row.step === 'withheld') && t.state !== 'running');
                assert.equal(standin.notes(1).length, 1);
                assert.equal(again.state, 'delivered', 'what was handed over stays so');
                const { json: stats } = await firstline.get('/stats');
                assert.equal(stats.escalated, 1);
                assert.equal(stats.dropped, 0);
                assert.match(again.audit.findLast((row) => row.step === 'withheld').detail.reason, /handed over/);

                standin.say(1, { html: '<div>It still crashes, with error code 501 now</div>', at: Date.now() + 2000 });
                await firstline.webhook({ ticket: { id: 1, ...examples.crash, updated_at: '2026-01-02T00:00:00Z' } });
                await firstline.ticket(1, (t) => t.audit.filter((row) => row.step === 'withheld').length === 2);
                assert.equal(standin.notes(1).length, 1, 'a person has it, and reads the new words in Freshdesk');

                assert.equal((await firstline.post('/tickets/1/reprocess')).status, 202);
                await until(() => standin.notes(1).length === 2, { what: 'the note that somebody asked for' });
        });

        check('to the customer is not told again, and trying again does not forget what was asked', async (firstline, standin) => {
                standin.add({ id: 2, ...asTicket(examples.password) });
                await firstline.freshdeskWebhook(2);
                const first = await firstline.ticket(2, (t) => t.state === 'delivered');
                assert.equal(first.action, 'auto_resolve');

                assert.equal((await firstline.post('/tickets/2/reprocess')).status, 202);
                const second = await firstline.ticket(2, (t) => t.state === 'recorded');
                assert.equal(standin.replies(2).length, 1);
                assert.equal(second.action, 'auto_resolve');
                assert.equal(second.description, first.description);
                assert.doesNotMatch(second.reason, /wrote again/);
        });

        check('is not taken back: a ticket that somebody closed meanwhile is not reopened', async (firstline, standin) => {
                standin.add({ id: 3, ...asTicket(examples.billing) });
                const effect = standin.effect.bind(standin);
                standin.effect = (kind, id, details) => {
                        if (kind === 'reply' && id === 3)
                                standin.tickets.get(3).status = 5;
                        return effect(kind, id, details);
                };
                await firstline.freshdeskWebhook(3);
                await firstline.ticket(3, (t) => t.state === 'delivered');
                assert.equal(standin.replies(3).length, 1);
                assert.equal(standin.tickets.get(3).status, 5);
                assert.ok(standin.tickets.get(3).tags.includes('firstline'));
        });

        check('does not close what the customer has written since', async (firstline, standin) => {
                standin.add({ id: 4, ...asTicket(examples.password) });
                const effect = standin.effect.bind(standin);
                standin.effect = (kind, id, details) => {
                        if (kind === 'reply' && id === 4)
                                standin.say(4, { html: '<div>No, that was not it</div>', at: Date.now() + 1000 });
                        return effect(kind, id, details);
                };
                standin.fault('update', { kind: 'status', status: 500 });
                await firstline.freshdeskWebhook(4);
                await firstline.ticket(4, (t) => t.state === 'delivered');
                assert.equal(standin.tickets.get(4).status, 2);
                assert.ok(standin.tickets.get(4).tags.includes('firstline'));
        });
});

describe('a customer who writes again', () => {
        const { check } = scene({ EMBEDDING_MODEL: '', ACKNOWLEDGE: 'true' });

        check('is acknowledged once, so that two machines do not thank each other for ever', async (firstline, standin) => {
                standin.add({ id: 1, ...asTicket(examples.crash) });
                await firstline.freshdeskWebhook(1);
                await firstline.ticket(1, (t) => t.state === 'delivered');
                assert.equal(standin.replies(1).length, 1);
                standin.say(1, { html: '<div>It crashed once more, with error code 500</div>', at: Date.now() + 2000 });
                await firstline.freshdeskWebhook(1, { triggered_event: '{note_type:public}' });
                const ticket = await firstline.ticket(1, (t) => t.audit.some((row) => row.step === 'withheld'));
                assert.equal(ticket.action, 'escalate');
                assert.equal(standin.replies(1).length, 1);
                assert.equal(standin.notes(1).length, 1);
        });
});

describe('a page of another site', () => {
        const { check } = scene({ freshdesk: false, EMBEDDING_MODEL: '' });

        check('can make a browser post here, but nothing comes of it', async (firstline) => {
                await firstline.post('/process-ticket', { id: 1, ...examples.crash });
                for (const origin of ['http://evil.example', 'https://evil.example', 'null', `${firstline.url}.evil.example`])
                        assert.equal((await firstline.post('/tickets/1/reprocess', undefined, { headers: { origin } })).status, 403, origin);
                assert.equal((await firstline.post('/tickets/1/reprocess', undefined, { headers: { origin: firstline.url } })).status, 202);
                await firstline.ticket(1, (t) => t.state === 'recorded');
        });
});

test('an address of Freshdesk without a key is told at the start', async () => {
        await act({ freshdesk: false, EMBEDDING_MODEL: '', FRESHDESK_DOMAIN: 'acme' }, async (firstline) => {
                assert.match(firstline.log, /FRESHDESK_API_KEY is not/);
        });
});

test('the word before the token is read in any case', async () => {
        const token = 'a-token-that-nobody-guesses';
        await act({ freshdesk: false, EMBEDDING_MODEL: '', ADMIN_TOKEN: token }, async (firstline) => {
                for (const word of ['Bearer', 'bearer', 'BEARER'])
                        assert.equal((await firstline.get('/stats', { headers: { authorization: `${word} ${token}` } })).status, 200);
                for (const authorization of [`Basic ${token}`, token, 'Bearer', `Bearer ${token}x`])
                        assert.equal((await firstline.get('/stats', { headers: { authorization } })).status, 401);
        });
});

describe('the server', { skip: noFaults }, () => {
        // The kernel gives a signal to any thread that does not block it.
        test('ends well, and looks at its documents, when a library has threads of its own', () => act({ freshdesk: false, EMBEDDING_MODEL: '', wrap: threadBeforeMain }, async (firstline) => {
                firstline.child.kill('SIGHUP');
                await firstline.logged(/knowledge base (unchanged|read again)/);
                await firstline.end();
                assert.match(firstline.log, /stopping on SIGTERM[^]*stopped\n/);
        }));
});
