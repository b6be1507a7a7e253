// Automatic answers after they went out: what of them held, what agents and customers did about them, and what comes of that.
import assert from 'node:assert/strict';
import { describe } from 'node:test';

import { examples, noModel } from './firstline.js';
import { scene } from './scene.js';

const reset = { subject: 'Password reset', description: '<div>I forgot my password, how do I reset it?</div>' };
const moon = { subject: 'A question', description: 'Where do I find the password of the moon invoice with gluten?' };

// A ticket that was answered by itself.
async function answered(firstline, standin, id) {
        standin.add({ id, ...reset });
        await firstline.webhook({ ticket: { id } });
        const ticket = await firstline.ticket(id, (t) => t.state === 'delivered');
        assert.equal(ticket.mode, 'auto');
        assert.equal(ticket.action, 'auto_resolve');
        assert.equal(standin.replies(id).length, 1);
        return ticket;
}
const fates = ['held', 'reopened', 'corrected', 'answered_again', 'waiting'];
const counts = (o) => Object.fromEntries(fates.filter((fate) => o[fate] > 0).map((fate) => [fate, o[fate]]));

describe('automatic answers', () => {
        const { check } = scene({ EMBEDDING_MODEL: '', SETTLE_TIME: 0, FRESHDESK_POLL: 0 });

        check('are counted as waiting, by day, category and document', async (firstline, standin) => {
                const { sources } = await answered(firstline, standin, 1);
                await answered(firstline, standin, 2);
                standin.add({ id: 3, ...examples.crash });
                await firstline.webhook({ ticket: { id: 3 } });
                await firstline.ticket(3, (t) => t.state === 'delivered');

                const { answers } = (await firstline.get('/stats')).json;
                assert.deepEqual(counts(answers), { waiting: 2 });
                assert.deepEqual([answers.automatic, answers.hours, answers.held_rate], [2, 72, null]);
                const { answers: by } = (await firstline.get('/analytics')).json;
                assert.deepEqual(counts(by.by_category.password_reset), { waiting: 2 });
                assert.deepEqual(counts(by.by_day[new Date().toISOString().slice(0, 10)]), { waiting: 2 });
                assert.equal((await firstline.get('/analytics?from=2001-01-01&to=2001-12-31')).json.answers.automatic, 0);
                const { items } = (await firstline.get('/knowledge')).json;
                assert.deepEqual(items.filter((item) => item.answers > 0).map((item) => [item.document, item.answers, item.failed]), [[sources[0].document, 2, 0]]);
        });

        check('are wrong when an agent says so, and the document that was quoted with them', async (firstline) => {
                assert.equal((await firstline.post('/tickets/1/feedback', { answer: 'wrong', by: 'ada' })).status, 201);
                assert.equal((await firstline.post('/tickets/2/feedback', { answer: 'right', by: 'ada' })).status, 201);
                const { answers } = (await firstline.get('/stats')).json;
                assert.deepEqual(counts(answers), { corrected: 1, waiting: 1 });
                assert.equal(answers.held_rate, 0);
                const { items } = (await firstline.get('/knowledge')).json;
                assert.deepEqual(items.filter((item) => item.answers > 0).map((item) => item.failed), [1]);
        });

        check('and their confidences are judged by it', async (firstline) => {
                const { decisions, right, calibration, curve, evidence, risk } = (await firstline.get('/quality')).json;
                assert.deepEqual([decisions, right], [2, 1]);
                assert.equal(calibration.bins.reduce((n, bin) => n + bin.tickets, 0), 2);
                assert.ok(calibration.error >= 0);
                assert.equal(curve.at(-1).tickets, 2);
                assert.equal(curve.at(-1).wrong, 1);
                assert.deepEqual([evidence, risk], [null, null]);
        });
});

describe('questions that no article answers', () => {
        const { check } = scene({ freshdesk: false, EMBEDDING_MODEL: '', KNOWLEDGE_DIR: '/nonexistent' });

        check('are listed, the newest first, and those that are for a person anyway are not', async (firstline) => {
                for (const ticket of [examples.crash, examples.password, examples.billing, moon])
                        assert.equal((await firstline.post('/process-ticket', ticket)).json.action, 'escalate');
                const { questions, grouped, method, groups } = (await firstline.get('/knowledge/gaps')).json;
                assert.deepEqual([grouped, method], [questions, 'none']);
                assert.equal(groups.length, questions);
                assert.ok(groups.every((g) => g.tickets === 1 && g.examples.length === 1));
                assert.ok(groups.some((g) => g.examples[0].text === examples.password.subject));
                assert.ok(!groups.some((g) => g.examples[0].text === examples.crash.subject));
        });
});

describe('questions that are alike', { skip: noModel }, () => {
        const { check } = scene({ freshdesk: false, KNOWLEDGE_DIR: '/nonexistent' });

        check('are put together, the most frequent first', async (firstline) => {
                for (const description of ['How do I export my contacts to a spreadsheet?', 'Can I reset my password?', 'How can I export all contacts as a spreadsheet?'])
                        assert.equal((await firstline.post('/process-ticket', { subject: description, description })).json.action, 'escalate');
                for (let again = 0; again < 2; again++) {
                        const { questions, method, groups } = (await firstline.get('/knowledge/gaps?days=1')).json;
                        assert.deepEqual([questions, method], [3, 'semantic']);
                        assert.deepEqual(groups.map((g) => g.tickets), [2, 1]);
                        assert.match(groups[0].examples[1].text, /export/);
                }
        });
});
