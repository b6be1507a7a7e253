// Draft mode: a person approves, edits or discards what was drafted, or hands a ticket to a person; what goes out goes out once.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { examples } from './firstline.js';
import { act, scene } from './scene.js';

const { check } = scene({ MODE: 'draft' });
let next = 700;

// A ticket with a draft that waits.
async function drafted(firstline, standin) {
        const id = ++next;
        standin.add({ id, subject: examples.password.subject, description: examples.password.description });
        assert.equal((await firstline.webhook({ ticket: { id, ...examples.password } })).status, 202);
        const ticket = await firstline.settled(id);
        assert.equal(ticket.mode, 'draft');
        assert.equal(ticket.state, 'delivered');
        return ticket;
}
const steps = (ticket) => ticket.audit.map((row) => row.step);
const waiting = async (firstline) => (await firstline.get('/tickets?review=true')).json.tickets.map((t) => t.ticket_id);

check('approved as it is, it stands in Freshdesk once, and the ticket is resolved', async (firstline, standin) => {
        const { ticket_id: id, response } = await drafted(firstline, standin);
        assert.ok((await waiting(firstline)).includes(id));
        assert.equal(standin.replies(id).length, 0);
        assert.equal((await firstline.post(`/tickets/${id}/approve`, { by: 'Ada' })).status, 202);
        const ticket = await firstline.ticket(id, (t) => t.mode === 'approved' && t.state === 'delivered');
        assert.equal(standin.replies(id).length, 1);
        assert.match(standin.replies(id)[0].text, new RegExp(response.split('\n')[0]));
        assert.equal(standin.tickets.get(id).status, 4);
        assert.deepEqual(ticket.audit.find((row) => row.step === 'approved').detail, { by: 'Ada', edited: false });
        assert.ok(!(await waiting(firstline)).includes(id));
        assert.equal((await firstline.post(`/tickets/${id}/approve`, {})).status, 409);
        assert.equal(standin.replies(id).length, 1);
});

check('edited, it goes out with the words of the person, as text', async (firstline, standin) => {
        const { ticket_id: id } = await drafted(firstline, standin);
        const response = 'Dear Ben,\n\nplease use <b>1 & 2</b> <script>alert(1)</script>\n\nAda';
        assert.equal((await firstline.post(`/tickets/${id}/approve`, { response })).status, 202);
        const ticket = await firstline.ticket(id, (t) => t.mode === 'approved' && t.state === 'delivered');
        assert.equal(ticket.response, response);
        assert.match(standin.replies(id)[0].html, /&lt;b&gt;1 &amp; 2&lt;\/b&gt; &lt;script&gt;/);
});

check('discarded, nothing goes out', async (firstline, standin) => {
        const { ticket_id: id } = await drafted(firstline, standin);
        assert.equal((await firstline.post(`/tickets/${id}/discard`, {})).status, 202);
        const ticket = await firstline.ticket(id, (t) => t.state === 'dropped');
        assert.ok(steps(ticket).includes('discarded'));
        assert.equal(standin.replies(id).length, 0);
        assert.ok(!(await waiting(firstline)).includes(id));
});

check('of many who decide at once, one does', async (firstline, standin) => {
        const { ticket_id: id } = await drafted(firstline, standin);
        const answers = await Promise.all(Array.from({ length: 8 }, (_, i) => firstline.post(`/tickets/${id}/${i % 2 ? 'discard' : 'approve'}`, {})));
        assert.deepEqual(answers.map(({ status }) => status).sort(), [202, ...Array(7).fill(409)]);
        await firstline.settled(id);
        assert.ok(standin.replies(id).length <= 1);
});

check('when a person has answered meanwhile, the draft does not go out', async (firstline, standin) => {
        const { ticket_id: id } = await drafted(firstline, standin);
        standin.say(id, { from: 'agent', html: '<div>I have done it for you.</div>' });
        assert.equal((await firstline.post(`/tickets/${id}/approve`, {})).status, 202);
        const ticket = await firstline.ticket(id, (t) => t.state === 'dropped');
        assert.ok(steps(ticket).includes('withheld'));
        assert.equal(standin.replies(id).length, 0);
});

check('when the customer has written meanwhile, a new draft is made instead', async (firstline, standin) => {
        const { ticket_id: id } = await drafted(firstline, standin);
        standin.say(id, { html: '<div>And where do I find my invoices?</div>' });
        assert.equal((await firstline.post(`/tickets/${id}/approve`, {})).status, 202);
        const ticket = await firstline.ticket(id, (t) => t.state === 'delivered' && t.audit.filter((row) => row.step === 'decided').length === 2);
        assert.equal(ticket.mode, 'draft');
        assert.equal(standin.replies(id).length, 0);
});

check('a reply whose answer never came is looked for, not sent again', async (firstline, standin) => {
        const { ticket_id: id } = await drafted(firstline, standin);
        standin.fault('reply', { kind: 'cut', after: true });
        assert.equal((await firstline.post(`/tickets/${id}/approve`, {})).status, 202);
        await firstline.ticket(id, (t) => t.mode === 'approved' && t.state === 'delivered');
        assert.equal(standin.replies(id).length, 1);
});

check('handed to a person, the agents get a note and the customer nothing', async (firstline, standin) => {
        const { ticket_id: id } = await drafted(firstline, standin);
        assert.equal((await firstline.post(`/tickets/${id}/hand-over`, { by: 'Ada' })).status, 202);
        const ticket = await firstline.ticket(id, (t) => t.action === 'escalate' && t.state === 'delivered');
        assert.equal(ticket.reason, 'Ada handed it to a person');
        assert.equal(standin.replies(id).length, 0);
        assert.ok(standin.notes(id).length >= 2, 'the draft, and the note');
        assert.ok(!(await waiting(firstline)).includes(id));
});

check('what cannot be decided is refused', async (firstline, standin) => {
        const local = (await firstline.post('/process-ticket', examples.password)).json.ticket_id;
        for (const what of ['approve', 'discard', 'hand-over']) {
                assert.equal((await firstline.post(`/tickets/99999/${what}`, {})).status, 404);
                assert.equal((await firstline.post(`/tickets/none/${what}`, {})).status, 400);
                assert.equal((await firstline.post(`/tickets/${local}/${what}`, {})).status, 409);
                assert.equal((await firstline.post(`/tickets/${local}/${what}`, [])).status, 400);
                assert.equal((await firstline.post(`/tickets/${local}/${what}`, { by: 'x'.repeat(101) })).status, 400);
        }
        const { ticket_id: id } = await drafted(firstline, standin);
        for (const response of ['', '   ', 'x'.repeat(70_000), 7])
                assert.equal((await firstline.post(`/tickets/${id}/approve`, { response })).status, 400);
        assert.equal(standin.replies(id).length, 0);
});

test('an approval that was accepted survives the process', async () => {
        await act({ MODE: 'draft' }, async (firstline, standin) => {
                const { ticket_id: id } = await drafted(firstline, standin);
                firstline.settings.WORKERS = 0;
                await firstline.restart();
                assert.equal((await firstline.post(`/tickets/${id}/approve`, {})).status, 202);
                await firstline.kill();
                firstline.settings.WORKERS = 4;
                await firstline.launch();
                await firstline.ticket(id, (t) => t.mode === 'approved' && t.state === 'delivered');
                assert.equal(standin.replies(id).length, 1);
        });
});
