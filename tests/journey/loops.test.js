// Who may be answered, how often, and what is looked at just before: the rules that keep us from talking over people and with machines.
import assert from 'node:assert/strict';
import { describe } from 'node:test';

import { examples, noModel } from './firstline.js';
import { scene } from './scene.js';
import { AGENT_ID, OTHER_AGENT_ID } from './standin.js';

const MINUTES = 60_000;
const replied = { triggered_event: '{note_type:public}' };
const password = { subject: examples.password.subject, description: `<div>${examples.password.description}</div>` };
const billing = '<p>How do I change the card that my subscription is paid with?</p>';
const account = '<p>How do I change the e-mail address of my account?</p>';
const effects = (standin, id) => standin.effects.filter((e) => e.ticket === id);
const withheld = (ticket) => ticket.audit.findLast((row) => row.step === 'withheld')?.detail.reason;
const ago = (minutes) => new Date(Date.now() - minutes * MINUTES).toISOString().replace(/\.\d+Z$/, 'Z');

// The customer writes back, after a while, and the account's rule reopens the ticket.
async function writes(firstline, standin, id, html, { minutes = 0, from } = {}) {
        const events = (await firstline.ticket(id)).audit.filter((row) => row.step === 'received').length;
        standin.say(id, { html, from, at: Date.now() + minutes * MINUTES });
        standin.tickets.get(id).status = 2;
        await firstline.freshdeskWebhook(id, { ...replied, part: html });
        return firstline.ticket(id, (t) => ['delivered', 'dropped', 'recorded'].includes(t.state) && t.audit.filter((row) => row.step === 'received').length > events);
}

async function answered(firstline, standin, id, fields = {}) {
        standin.add({ id, ...password, created_at: ago(120), ...fields });
        await firstline.freshdeskWebhook(id);
        await firstline.ticket(id, (t) => t.state === 'delivered');
        assert.equal(standin.replies(id).length, 1);
}

async function dropped(firstline, standin, id, why) {
        await firstline.freshdeskWebhook(id);
        const ticket = await firstline.ticket(id, (t) => t.state === 'dropped');
        assert.match(withheld(ticket), why);
        assert.equal(effects(standin, id).length, 0);
}

describe('never answered', { skip: noModel }, () => {
        const { check } = scene({ OTHER_BOTS: 'Freddy, Help Bot, 77' });

        check('a ticket that belongs to another AI agent, by its name or its id', async (firstline, standin) => {
                standin.agents.set(76, 'Acme Help Bot');
                standin.add({ id: 1, ...password, responder_id: 76 });
                standin.add({ id: 2, ...password, responder_id: 77 });
                await dropped(firstline, standin, 1, /another AI agent/);
                await dropped(firstline, standin, 2, /another AI agent/);
        });

        check('a mail that an agent wrote to a customer, until the customer answers it', async (firstline, standin) => {
                standin.add({ id: 3, ...password, source: 10 });
                await dropped(firstline, standin, 3, /an agent wrote it/);
                await writes(firstline, standin, 3, account);
                assert.ok(effects(standin, 3).length > 0);
        });

        check('a merged ticket, which Freshdesk closes', async (firstline, standin) => {
                standin.add({ id: 4, ...password, status: 5 });
                standin.say(4, { from: 'person', private: true, html: 'This ticket is closed and merged into ticket 5' });
                await dropped(firstline, standin, 4, /merged/);
        });

        check('a conversation that a person is in', async (firstline, standin) => {
                standin.add({ id: 5, ...password, responder_id: OTHER_AGENT_ID });
                standin.say(5, { from: 'person', html: '<p>Which browser is it?</p>' });
                standin.say(5, { html: '<p>Firefox. How do I reset my password?</p>' });
                await dropped(firstline, standin, 5, /taken the ticket/);
        });

        check('a ticket in which the person who has it is writing notes', async (firstline, standin) => {
                standin.add({ id: 6, ...password, responder_id: OTHER_AGENT_ID });
                standin.say(6, { from: 'person', private: true, html: '<p>I look into it</p>' });
                await dropped(firstline, standin, 6, /at work/);
        });

        check('an assignment alone does not silence us: a rule may have made it', async (firstline, standin) => {
                standin.add({ id: 7, ...password, responder_id: OTHER_AGENT_ID });
                await firstline.freshdeskWebhook(7);
                await firstline.ticket(7, (t) => t.state === 'delivered');
                assert.equal(standin.replies(7).length, 1);
        });

        check('a colleague in copy is no agent: his mail is not an answer, and is not answered', async (firstline, standin) => {
                standin.contacts.add(555);
                standin.add({ id: 8, ...password });
                standin.say(8, { from: 555, incoming: false, html: '<p>I have the same problem.</p>' });
                await firstline.freshdeskWebhook(8);
                await firstline.ticket(8, (t) => t.state === 'delivered');
                assert.equal(standin.replies(8).length, 1);
                const before = effects(standin, 8).length;
                const ticket = await writes(firstline, standin, 8, '<p>How do I do that?</p>', { from: 555, minutes: 5 });
                assert.equal(ticket.state, 'delivered', 'it was answered, and stays so');
                assert.match(withheld(ticket), /./);
                assert.equal(effects(standin, 8).length, before);
        });

        check('an agent is an agent whatever `incoming` says', async (firstline, standin) => {
                standin.add({ id: 9, ...password });
                standin.say(9, { from: 'person', incoming: true, html: '<p>Here is a link.</p>' });
                await dropped(firstline, standin, 9, /answer already/);
        });
});

describe('an assignment', { skip: noModel }, () => {
        const { check } = scene({ ASSIGNED_IS_TAKEN: true });

        check('is enough where the desk says so', async (firstline, standin) => {
                standin.add({ id: 1, ...password, responder_id: OTHER_AGENT_ID });
                await dropped(firstline, standin, 1, /assigned to a person/);
                standin.add({ id: 2, ...password, responder_id: AGENT_ID });
                await firstline.freshdeskWebhook(2);
                await firstline.ticket(2, (t) => t.state === 'delivered');
                assert.equal(standin.replies(2).length, 1);
        });
});

describe('just before sending', { skip: noModel }, () => {
        const { check } = scene({});
        const changes = {
                'a person answered': [(standin, id) => standin.say(id, { from: 'person', html: '<p>Done.</p>' }), /answer already/],
                'it was resolved': [(standin, id) => (standin.tickets.get(id).status = 4), /resolved/],
                'it was merged, which closes it': [(standin, id) => (standin.tickets.get(id).status = 5), /resolved/],
                'it was deleted': [(standin, id) => (standin.tickets.get(id).deleted = true), /deleted/],
                'it became spam': [(standin, id) => (standin.tickets.get(id).spam = true), /spam/],
                'another bot got it': [(standin, id) => (standin.agents.set(88, 'Freddy AI Agent'), standin.tickets.get(id).responder_id = 88), /another AI agent/],
        };
        for (const [i, [what, [change, why]]] of Object.entries(changes).entries())
                check(`${what}: nothing is sent, and the audit says why`, async (firstline, standin) => {
                        const id = i + 1;
                        standin.add({ id, ...password });
                        standin.fault('ticket', { kind: 'delay', ms: 0 });
                        const gate = standin.fault('ticket', { kind: 'hold' });
                        await firstline.freshdeskWebhook(id);
                        await gate.reached;
                        change(standin, id);
                        gate.release();
                        const ticket = await firstline.ticket(id, (t) => t.state === 'dropped');
                        assert.match(withheld(ticket), why);
                        assert.ok(ticket.audit.some((row) => row.step === 'decided'));
                        assert.equal(effects(standin, id).length, 0);
                });

        check('what was withheld is over: no journey stops because of it', async (firstline) => {
                assert.doesNotMatch(firstline.log, /the journey stopped/);
        });

        check('a person took it: the answer becomes a private note for that person', async (firstline, standin) => {
                standin.add({ id: 20, ...password });
                standin.fault('ticket', { kind: 'delay', ms: 0 });
                const gate = standin.fault('ticket', { kind: 'hold' });
                await firstline.freshdeskWebhook(20);
                await gate.reached;
                standin.tickets.get(20).responder_id = OTHER_AGENT_ID;
                gate.release();
                const ticket = await firstline.ticket(20, (t) => t.state === 'delivered');
                assert.match(withheld(ticket), /a person took the ticket/);
                assert.equal(standin.replies(20).length, 0);
                assert.equal(standin.notes(20).length, 1);
                assert.match(standin.notes(20)[0].text, /took the ticket/);
        });
});

describe('a follow-up', { skip: noModel }, () => {
        const { check } = scene({});

        check('with a new question is answered, within the budget of the ticket; then a person takes over, once', async (firstline, standin) => {
                await answered(firstline, standin, 1);
                await writes(firstline, standin, 1, billing, { minutes: 10 });
                assert.equal(standin.replies(1).length, 2, 'a second answer');
                const third = await writes(firstline, standin, 1, account, { minutes: 20 });
                assert.equal(standin.replies(1).length, 2);
                assert.match(third.reason, /no person was in between/);
                assert.equal(standin.notes(1).length, 1);
                const fourth = await writes(firstline, standin, 1, billing, { minutes: 30 });
                assert.match(withheld(fourth), /a person has it/);
                assert.equal(standin.notes(1).length, 1);
        });

        check('that says it did not help goes to a person', async (firstline, standin) => {
                await answered(firstline, standin, 2);
                const ticket = await writes(firstline, standin, 2, '<p>Das hat mir leider nicht geholfen.</p>', { minutes: 10 });
                assert.match(ticket.reason, /did not help/);
                assert.equal(standin.replies(2).length, 1);
                assert.equal(standin.notes(2).length, 1);
        });

        check('or a first message that asks for a person goes to a person', async (firstline, standin) => {
                await answered(firstline, standin, 3);
                assert.match((await writes(firstline, standin, 3, '<p>Can I talk to a human about my password?</p>', { minutes: 10 })).reason, /asks for a person/);
                standin.add({ id: 4, subject: 'Password', description: '<p>Je voudrais parler à un conseiller, comment réinitialiser mon mot de passe ?</p>' });
                await firstline.freshdeskWebhook(4);
                assert.match((await firstline.ticket(4, (t) => t.state === 'delivered')).reason, /asks for a person/);
                assert.equal(standin.replies(4).length, 0);
        });

        check('of a word goes to a person, as the answer promised', async (firstline, standin) => {
                await answered(firstline, standin, 5);
                assert.equal((await writes(firstline, standin, 5, '<p>Yes</p>', { minutes: 10 })).action, 'escalate');
                assert.equal(standin.replies(5).length, 1);
        });

        check('that only says thanks is only recorded', async (firstline, standin) => {
                await answered(firstline, standin, 6);
                const before = effects(standin, 6).length;
                const ticket = await writes(firstline, standin, 6, '<p>Thank you very much, Sam!</p>', { minutes: 10 });
                assert.equal(ticket.state, 'delivered', 'it was answered, and stays so');
                assert.match(withheld(ticket), /thanks/);
                assert.equal(effects(standin, 6).length, before);
        });

        check('to which the same article would be the answer goes to a person', async (firstline, standin) => {
                await answered(firstline, standin, 7);
                const ticket = await writes(firstline, standin, 7, `<p>${examples.password.description}. What can I do about the reset link?</p>`, { minutes: 10 });
                assert.equal(ticket.action, 'escalate');
                assert.equal(standin.replies(7).length, 1);
        });
});

describe('a requester', { skip: noModel }, () => {
        const { check } = scene({ REPLIES_PER_REQUESTER: 2 });

        check('gets so many automatic replies in an hour over all tickets, whatever the case of the address; then a person takes over, also after a restart', async (firstline, standin) => {
                const requester = (email) => ({ name: 'Robin', email });
                await answered(firstline, standin, 1, { requester: requester('Robin@Example.com') });
                await answered(firstline, standin, 2, { requester: requester('robin@example.com') });
                await firstline.restart();
                standin.add({ id: 3, ...password, requester: requester('ROBIN@EXAMPLE.COM') });
                await firstline.freshdeskWebhook(3);
                const ticket = await firstline.ticket(3, (t) => t.state === 'delivered');
                assert.match(ticket.reason, /as many automatic replies as an hour may have/);
                assert.ok(ticket.audit.some((row) => row.step === 'decided' && /hour/.test(row.detail.reason)));
                assert.equal(standin.replies(3).length, 0);
                assert.equal(standin.notes(3).length, 1);
                await answered(firstline, standin, 4, { requester: requester('somebody.else@example.com') });
        });
});

describe('ping-pong', { skip: noModel }, () => {
        const { check } = scene({ ACKNOWLEDGE: true, REPLIES_PER_REQUESTER: 20 });
        // Each of our replies is answered at once by a machine; the exchange must end by itself.
        const play = async (firstline, standin, id, lines) => {
                standin.add({ id, ...password, created_at: ago(120) });
                await firstline.freshdeskWebhook(id);
                await firstline.ticket(id, (t) => t.state === 'delivered');
                let rounds = 0, ticket;
                for (let seen = 0; standin.replies(id).length > seen && rounds < 20; rounds++) {
                        seen = standin.replies(id).length;
                        ticket = await writes(firstline, standin, id, lines[rounds % lines.length], { minutes: 10 * (rounds + 1) });
                }
                return { rounds, ticket };
        };

        check('with an absence note in ever other words ends at once', async (firstline, standin) => {
                const { rounds, ticket } = await play(firstline, standin, 1, ['<p>I am out of the office until Monday.</p>', '<p>Ich bin derzeit im Urlaub. In dringenden Fällen: 555.</p>',
                        '<p>Thank you for your email. I am on annual leave.</p>']);
                assert.equal(rounds, 1);
                assert.equal(standin.replies(1).length, 1);
                assert.match(withheld(ticket), /a machine/);
        });

        check('with a machine that writes like a person ends within the budget, with a person', async (firstline, standin) => {
                const { ticket } = await play(firstline, standin, 2, [billing, account, '<p>Where do I find my invoices?</p>', '<p>How do I add a user to my team?</p>']);
                assert.ok(standin.replies(2).length <= 2);
                assert.equal(standin.notes(2).length, 1);
                assert.equal(ticket.action, 'escalate');
        });

        check('over new tickets ends within the hour\'s budget', async (firstline, standin) => {
                for (let id = 100; id < 130; id++) {
                        standin.add({ id, ...password, requester: { name: 'Loop', email: 'loop@example.com' } });
                        await firstline.freshdeskWebhook(id);
                }
                for (let id = 100; id < 130; id++)
                        await firstline.ticket(id, (t) => t.state === 'delivered');
                const replies = standin.effects.filter((e) => e.kind === 'reply' && e.ticket >= 100).length;
                assert.ok(replies > 0 && replies <= 20, `${replies} replies`);
        });
});
