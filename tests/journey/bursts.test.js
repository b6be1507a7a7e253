// Several messages get one answer, to all of them; an answer is never longer on its way than the customer is quiet.
import assert from 'node:assert/strict';
import { describe } from 'node:test';

import { examples, noModel } from './firstline.js';
import { scene } from './scene.js';

const replied = { triggered_event: '{note_type:public}' };

describe('several messages', { skip: noModel }, () => {
        const { check } = scene({ SETTLE_TIME: 1 });

        check('in a row are answered once, with all of them read', async (firstline, standin) => {
                standin.add({ id: 1, subject: 'Hello', description: '<p>Hello there</p>' });
                await firstline.freshdeskWebhook(1);
                for (const [i, html] of ['How do I', 'reset my password?', 'The link in the mail', 'does nothing'].entries()) {
                        standin.say(1, { html: `<p>${html}</p>` });
                        assert.equal((await firstline.freshdeskWebhook(1, { ...replied, part: String(i) })).status, 202);
                }
                const ticket = await firstline.ticket(1, (t) => t.state === 'delivered');
                assert.equal(standin.replies(1).length + standin.notes(1).length, 1);
                for (const words of ['reset my password', 'The link in the mail', 'does nothing'])
                        assert.ok(ticket.description.includes(words), words);
                assert.equal(ticket.audit.filter((row) => row.step === 'joined').length, 4);
                assert.equal(ticket.audit.filter((row) => row.step === 'decided').length, 1);
                assert.equal((await firstline.get('/stats')).json.total_tickets, 1);
        });

        check('of different tickets do not wait for each other', async (firstline, standin) => {
                for (const id of [2, 3]) {
                        standin.add({ id, ...examples.crash });
                        await firstline.freshdeskWebhook(id);
                }
                for (const id of [2, 3]) {
                        const ticket = await firstline.ticket(id, (t) => t.state === 'delivered');
                        assert.ok(!ticket.audit.some((row) => row.step === 'joined'));
                }
        });

        check('POST /process-ticket does not wait', async (firstline, standin) => {
                standin.add({ id: 4, ...examples.password });
                await firstline.freshdeskWebhook(4);
                const { json } = await firstline.post('/process-ticket', { id: 4, ...examples.password });
                assert.equal(json.delivered, true);
                await firstline.ticket(4, (t) => t.audit.some((row) => row.step === 'withheld' && /answer already/.test(row.detail.reason))); // the webhook's own job
                assert.equal(standin.replies(4).length, 1);
        });
});

describe('a message that comes', { skip: noModel }, () => {
        const { check } = scene({});

        check('between the decision and the sending is read first', async (firstline, standin) => {
                standin.add({ id: 1, ...examples.password });
                // The look just before the reply is the second one at the conversation.
                standin.fault('conversations', { kind: 'delay', ms: 0 });
                const gate = standin.fault('conversations', { kind: 'hold' });
                await firstline.freshdeskWebhook(1);
                await gate.reached;
                standin.say(1, { html: '<p>And where is my invoice?</p>' });
                gate.release();
                const ticket = await firstline.ticket(1, (t) => t.state === 'delivered');
                const withheld = ticket.audit.find((row) => row.step === 'withheld');
                assert.equal(withheld.detail.reason, 'the customer has written more');
                assert.equal(withheld.detail.decided_anew, true);
                assert.ok(ticket.description.includes('where is my invoice'));
                assert.equal(ticket.audit.filter((row) => row.step === 'decided').length, 2);
                assert.ok(standin.replies(1).length <= 1);
        });

        check('right after our answer belongs to the same burst: one hand-over, no second answer', async (firstline, standin) => {
                standin.add({ id: 2, ...examples.password });
                await firstline.freshdeskWebhook(2);
                await firstline.ticket(2, (t) => t.state === 'delivered');
                for (let i = 0; i < 3; i++) {
                        standin.say(2, { html: `<p>How can I change the mail address of my account, number ${i}?</p>` });
                        standin.tickets.get(2).status = 2;
                        await firstline.freshdeskWebhook(2, { ...replied, part: String(i) });
                        await firstline.ticket(2, (t) => ['delivered', 'dropped'].includes(t.state) && t.audit.filter((row) => row.step === 'received').length === i + 2);
                }
                assert.equal(standin.replies(2).length, 1);
                assert.equal(standin.notes(2).length, 1);
                assert.match(standin.notes(2)[0].text, /wrote on while the automatic answer was on its way/);
        });
});
