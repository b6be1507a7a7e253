// The wall clock jumps, forth and back, by a little and by years: nothing stalls, nothing is given up, nothing is said twice.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { examples, until } from './firstline.js';
import { Faults, noFaults } from './faults.js';
import { act } from './scene.js';

const options = { EMBEDDING_MODEL: '', WORKERS: 2 };
const YEARS = 10 * 365 * 86_400_000, HOUR = 3_600_000;
const final = (t) => ['delivered', 'failed', 'dropped', 'recorded'].includes(t.state);

for (const [what, jump] of [['ten years forth', YEARS], ['ten years back', -YEARS], ['an hour forth', HOUR], ['an hour back', -HOUR]])
        test(`${what}, while a ticket waits for Freshdesk: it is delivered when Freshdesk is back, once`, { skip: noFaults }, () => {
                const faults = new Faults();
                return act({ ...options, wrap: faults.wrap }, async (firstline, standin) => {
                        standin.add({ id: 1, subject: examples.crash.subject, description: `<div>${examples.crash.description}</div>` });
                        await standin.stop();
                        assert.equal((await firstline.webhook({ ticket: { id: 1 } })).status, 202);
                        await firstline.ticket(1, (t) => t.state === 'queued' && t.audit.some((row) => row.step === 'read_failed'));
                        faults.set('clock_ms', jump);
                        await firstline.ticket(1, (t) => t.audit.filter((row) => row.step === 'read_failed').length > 2 || final(t));
                        assert.equal((await firstline.ticket(1)).state === 'failed', false, 'patience is measured in time that passed');
                        await standin.listen();
                        const ticket = await firstline.ticket(1, final);
                        assert.equal(ticket.state, 'delivered', JSON.stringify(ticket.audit.slice(-3)));
                        assert.equal(standin.notes(1).length, 1);
                });
        });

test('back and forth between events: each is worked on at once', { skip: noFaults }, () => {
        const faults = new Faults();
        return act({ ...options, freshdesk: false, wrap: faults.wrap }, async (firstline) => {
                let id = 0;
                for (const jump of [0, -YEARS, 0, YEARS, -HOUR, HOUR, 0]) {
                        const first = ++id, second = ++id;
                        assert.equal((await firstline.webhook({ ticket: { id: first, ...examples.crash } })).status, 202);
                        faults.set('clock_ms', jump);
                        assert.equal((await firstline.webhook({ ticket: { id: second, ...examples.crash } })).status, 202);
                        await firstline.ticket(first, (t) => t.state === 'recorded');
                        await firstline.ticket(second, (t) => t.state === 'recorded');
                        assert.equal((await firstline.webhook({ ticket: { id: first, ...examples.crash } })).json.status, 'duplicate', 'a creation is one for ever');
                }
                assert.equal((await firstline.get('/stats')).json.total_tickets, id);
        });
});

test('a step back does not make a new message a repeat of an old one', { skip: noFaults }, () => {
        const faults = new Faults();
        return act({ ...options, freshdesk: false, DUPLICATE_WINDOW: 60, wrap: faults.wrap }, async (firstline) => {
                const update = { freshdesk_webhook: { ticket_id: '5', triggered_event: '{ticket_action:updated}', ticket_subject: examples.crash.subject, ticket_description: examples.crash.description } };
                assert.equal((await firstline.webhook(update)).json.status, 'accepted');
                assert.equal((await firstline.webhook(update)).json.status, 'duplicate');
                faults.set('clock_ms', -HOUR);
                assert.equal((await firstline.webhook(update)).json.status, 'accepted');
                assert.equal((await firstline.webhook(update)).json.status, 'duplicate');
        });
});

test('while a worker has a ticket in its hands: nobody else takes it', { skip: noFaults }, () => {
        const faults = new Faults();
        return act({ ...options, wrap: faults.wrap }, async (firstline, standin) => {
                for (const [id, jump] of [[1, YEARS], [2, -YEARS], [3, 0]]) {
                        standin.add({ id, subject: examples.crash.subject, description: `<div>${examples.crash.description}</div>` });
                        const plan = standin.fault('ticket', { kind: 'delay', ms: 2500 });
                        const before = standin.called('ticket').length;
                        await firstline.webhook({ ticket: { id } });
                        await standin.until(() => standin.called('ticket').length > before);
                        faults.set('clock_ms', jump);
                        const ticket = await firstline.ticket(id, final);
                        assert.equal(ticket.state, 'delivered', `${plan}`);
                        assert.equal(ticket.audit.filter((row) => row.step === 'decided').length, 1);
                        assert.equal(standin.notes(id).length, 1);
                }
        });
});
