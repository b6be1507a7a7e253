// Freshdesk sends an event again when it was not content with the answer; the same event is worked on once.
import assert from 'node:assert/strict';
import { describe } from 'node:test';

import { examples, SECRET, sign } from './firstline.js';
import { scene } from './scene.js';

describe('the same event', () => {
        const { check } = scene({ EMBEDDING_MODEL: '' });
        const ticket = (id, extra = {}) => ({ ticket: { id, ...examples.crash, ...extra } });

        check('sent twice is a duplicate, with the ids of the first', async (firstline, standin) => {
                standin.add({ id: 1, ...examples.crash });
                const first = await firstline.webhook(ticket(1));
                const second = await firstline.webhook(ticket(1));
                assert.equal(first.status, 202);
                assert.equal(second.status, 200);
                assert.deepEqual(second.json, { status: 'duplicate', event_id: first.json.event_id, ticket_id: 1 });
                await firstline.settled(1);
                assert.equal((await firstline.webhook(ticket(1))).status, 200, 'after it was worked on, too');
                assert.equal(standin.notes(1).length, 1);
        });

        check('with its fields in another order, other white space or another proof is the same', async (firstline, standin) => {
                standin.add({ id: 2, ...examples.crash });
                const a = '{"ticket":{"id":2,"subject":"S","description":"D"}}';
                const b = '{ "ticket" : { "description":"\\u0044", "id" : 2, "subject":"S" } }';
                assert.equal((await firstline.webhook(a)).status, 202);
                assert.equal((await firstline.webhook(b, { headers: { 'x-webhook-secret': SECRET } })).status, 200);
                assert.equal((await firstline.webhook(a, { headers: { 'x-hub-signature-256': `sha256=${sign(a)}` } })).status, 200);
                await firstline.settled(2);
        });

        check('sent thirty times at once is accepted once', async (firstline, standin) => {
                standin.add({ id: 3, ...examples.crash });
                const answers = await Promise.all(Array.from({ length: 30 }, () => firstline.webhook(ticket(3))));
                assert.deepEqual(answers.map((a) => a.status).sort(), [...Array(29).fill(200), 202].sort());
                assert.equal(new Set(answers.map((a) => a.json.event_id)).size, 1);
                await firstline.settled(3);
                assert.equal(standin.notes(3).length, 1);
                assert.equal(standin.updates(3).length, 1);
        });

        check('of another ticket, another text or another kind is another event', async (firstline, standin) => {
                standin.add({ id: 4, ...examples.crash });
                standin.add({ id: 5, ...examples.crash });
                const bodies = [ticket(4), ticket(5), ticket(4, { subject: 'Other' }), { ...ticket(4), event: 'replied' }];
                const ids = new Set();
                for (const body of bodies) {
                        const { status, json } = await firstline.webhook(body);
                        assert.equal(status, 202);
                        ids.add(json.event_id);
                }
                assert.equal(ids.size, bodies.length);
                await firstline.settled(4);
                await firstline.settled(5);
        });

        check('a reply that is told again before anybody took it up is one reply; after that it is another', async (firstline, standin) => {
                standin.add({ id: 6, ...examples.crash });
                const event = (name) => ({ freshdesk_webhook: { ticket_id: '6', triggered_event: name } });
                // While its creation is worked on, nobody takes up the ticket's next event.
                const gate = standin.fault('ticket', { kind: 'hold' });
                assert.equal((await firstline.webhook(event('{ticket_action:created}'))).status, 202);
                await gate.reached;
                assert.equal((await firstline.webhook(event('{note_type:public}'))).status, 202);
                assert.equal((await firstline.webhook(event('{note_type:public}'))).status, 200);
                gate.release();
                await firstline.settled(6);
                assert.equal((await firstline.webhook(event('{note_type:public}'))).status, 202, 'the event names no more than the ticket: this may be the next reply');
                await firstline.settled(6);
        });

        check('all of it is counted', async (firstline) => {
                const metrics = await firstline.metrics();
                assert.ok(metrics['firstline_webhook_events_total{result="duplicate"}'] >= 33);
                assert.equal(metrics['firstline_webhook_events_total{result="accepted"}'], 10);
        });
});

describe('without a window', () => {
        const { check } = scene({ EMBEDDING_MODEL: '', DUPLICATE_WINDOW: 0 });

        check('equal updates are events of their own, equal creations are not', async (firstline, standin) => {
                standin.add({ id: 1, ...examples.crash });
                const event = (name) => ({ freshdesk_webhook: { ticket_id: '1', triggered_event: name } });
                assert.equal((await firstline.webhook(event('{note_type:public}'))).status, 202);
                assert.equal((await firstline.webhook(event('{note_type:public}'))).status, 202);
                assert.equal((await firstline.webhook(event('{ticket_action:created}'))).status, 202);
                assert.equal((await firstline.webhook(event('{ticket_action:created}'))).status, 200);
                await firstline.settled(1);
        });
});
