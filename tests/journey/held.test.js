// Automatic answers after they went out: what of them held, what agents and customers did about them, and what comes of that.
import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, test } from 'node:test';

import { command, commandAsync, examples, folderWith, noModel, until } from './firstline.js';
import { act, scene } from './scene.js';

const SECOND_MS = 1000;
const later = () => Date.now() + 5 * SECOND_MS; // behind all that is explained by our own doings

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

// An agent, or a rule, changed it.
function changed(standin, id, fields) {
        Object.assign(standin.tickets.get(id), fields, { updated_at: new Date(later()).toISOString().replace(/\.\d+Z$/, 'Z') });
}
const readBack = (ticket) => ticket.audit.filter((row) => row.step === 'feedback').map((row) => row.detail);
const polls = async (firstline) => (await firstline.metrics())['firstline_polls_total{result="complete"}'];

describe('what people do after an answer', () => {
        const { check } = scene({ EMBEDDING_MODEL: '', SETTLE_TIME: 0, FRESHDESK_POLL: 1 });
        const tagged = (standin, id, from, to) => standin.tickets.get(id).tags.map((tag) => (tag === from ? to : tag));

        check('is read back once: tags, a ticket opened again, an answer of an agent, a customer who was not helped', async (firstline, standin) => {
                for (let id = 1; id <= 7; id++)
                        await answered(firstline, standin, id);
                changed(standin, 1, { tags: tagged(standin, 1, 'tier_1', 'complex') });
                changed(standin, 2, { tags: tagged(standin, 2, 'password_reset', 'Security') });
                changed(standin, 3, { status: 2 });
                standin.say(4, { from: 'agent', html: '<p>Please use this link instead.</p>', at: later() });
                standin.say(5, { html: '<p>That did not help at all.</p>', at: later() });
                standin.say(6, { html: '<p>Thank you!</p>', at: later() });
                changed(standin, 6, { status: 2 });
                standin.say(7, { from: 'agent', html: '<p>called the customer</p>', private: true, at: later() });
                const before = standin.called('conversations').length;
                const expected = {
                        1: { tier: 'complex', category: null, answer: null, by: 'freshdesk' },
                        2: { tier: null, category: 'security', answer: null, by: 'freshdesk' },
                        3: { tier: null, category: null, answer: 'wrong', by: 'freshdesk', fate: 'reopened' },
                        4: { tier: null, category: null, answer: 'incomplete', by: 'freshdesk', fate: 'answered_again' },
                        5: { tier: null, category: null, answer: 'wrong', by: 'freshdesk', fate: 'reopened' },
                };
                for (const [id, detail] of Object.entries(expected))
                        assert.deepEqual(readBack(await firstline.ticket(id, (t) => readBack(t).length > 0)), [detail], `ticket ${id}`);
                const polled = await polls(firstline);
                await until(async () => (await polls(firstline)) >= polled + 2, { what: 'two more polls' });
                for (let id = 1; id <= 7; id++)
                        assert.equal(readBack(await firstline.ticket(id)).length, id <= 5 ? 1 : 0, `ticket ${id}`);
                const { answers } = (await firstline.get('/stats')).json;
                assert.deepEqual(counts(answers), { reopened: 2, corrected: 2, answered_again: 1, waiting: 2 });
                const looks = standin.called('conversations').slice(before).filter((c) => !/\/5\//.test(c.path)).length; // 5 makes a journey as well
                assert.ok(looks <= 7, `${looks} looks at conversations`);
        });

        check('is said again when it changes again, and not when the program starts anew', async (firstline, standin) => {
                changed(standin, 1, { tags: tagged(standin, 1, 'complex', 'tier_2') });
                await firstline.ticket(1, (t) => readBack(t).length === 2);
                await firstline.restart();
                await until(async () => (await polls(firstline)) >= 2, { what: 'two polls' });
                assert.deepEqual(readBack(await firstline.ticket(1)).map((d) => d.tier), ['complex', 'tier_2']);
                assert.equal(readBack(await firstline.ticket(3)).length, 1);
        });

        check('leaves alone what was there before us', async (firstline, standin) => {
                standin.add({ id: 9, ...reset, tags: ['billing', 'complex'] });
                await firstline.webhook({ ticket: { id: 9 } });
                await firstline.ticket(9, (t) => t.state === 'delivered');
                changed(standin, 9, { priority: 4 });
                const polled = await polls(firstline);
                await until(async () => (await polls(firstline)) >= polled + 2, { what: 'two polls' });
                assert.deepEqual(readBack(await firstline.ticket(9)), []);
        });
});

const keyword = { EMBEDDING_MODEL: '', MAX_WRONG: '0.1' };
const right = (n) => ['subject,description,tier', ...Array.from({ length: n }, (_, i) => `Password reset,"I forgot my password, how do I reset it? ${i}",tier_1`)].join('\n');

describe('a category of which too many answers did not hold', () => {
        test('falls back to drafts by itself, says so, and returns by a word or by new evidence', () =>
                act({ ...keyword, SETTLE_TIME: 0, FRESHDESK_POLL: 3600, start: false }, async (firstline, standin) => {
                        const evidence = () => commandAsync(['rehearse', path.join(folderWith({ 'past.csv': right(150) }), 'past.csv'), '--keep', '--json'], { settings: keyword, folder: firstline.folder });
                        const risk = async () => (await firstline.get('/stats')).json.risk.categories.find((c) => c.category === 'password_reset');
                        assert.equal((await evidence()).status, 0);
                        await firstline.launch();
                        let id = 0;
                        const wrong = async (n) => {
                                for (const end = id + n; id < end;) {
                                        const { audit } = await answered(firstline, standin, ++id);
                                        const { limit, watch } = audit.find((row) => row.step === 'decided').detail;
                                        assert.equal(limit.fallen_back, false);
                                        assert.equal(watch.wrong, watch.answers);
                                        assert.equal((await firstline.post(`/tickets/${id}/feedback`, { answer: 'wrong' })).status, 201);
                                }
                        };
                        const { evidence: kept } = (await firstline.get('/quality')).json;
                        assert.deepEqual([kept.tickets, kept.curve.at(-1).tickets, kept.curve.at(-1).wrong], [150, 150, 0]);
                        await wrong(3);
                        assert.equal((await firstline.post('/risk/password_reset/resume', {})).status, 409);
                        assert.equal((await firstline.post('/risk/moon/resume', {})).status, 404);
                        for (let n = 0; !(await risk()).watch.fallen_back && n < 6; n++)
                                await wrong(1);
                        const fallen = await risk();
                        assert.deepEqual([fallen.automatic, fallen.watch.fallen_back, fallen.watch.wrong], [false, true, id]);
                        await firstline.logged(/password_reset falls back to drafts/);
                        const { risk: part, status } = await firstline.health((h) => h.risk.status === 'degraded');
                        assert.match(part.detail, /password_reset/);
                        assert.equal(status, 'degraded');
                        assert.equal((await firstline.metrics()).firstline_categories_fallen_back, 1);

                        standin.add({ id: 100, ...reset });
                        await firstline.webhook({ ticket: { id: 100 } });
                        const draft = await firstline.ticket(100, (t) => t.state === 'delivered');
                        assert.equal(draft.mode, 'draft');
                        assert.match(draft.reason, /did not hold/);
                        assert.equal(draft.audit.find((row) => row.step === 'decided').detail.limit.fallen_back, true);
                        assert.equal(standin.replies(100).length, 0);

                        const shown = command(['risk'], { settings: keyword, folder: firstline.folder });
                        assert.match(shown.stdout, /^password_reset +fell back/m);
                        assert.equal((await firstline.post('/risk/password_reset/resume', { by: 'ada' })).status, 200);
                        const again = await risk();
                        assert.deepEqual([again.automatic, again.watch.fallen_back, again.watch.by, again.watch.answers], [true, false, 'ada', 0]);
                        await answered(firstline, standin, 101);
                        assert.equal((await firstline.health()).risk.status, 'ok');
                        await firstline.restart();
                        assert.equal((await risk()).watch.by, 'ada', 'a word outlives the process');
                }));
});

describe('MAX_WRONG without the poll', () => {
        const words = /FRESHDESK_POLL is 0: what people do in Freshdesk after an automatic answer is not read/;

        test('is told at the start, in /health and by doctor', () => act({ ...keyword, FRESHDESK_POLL: 0 }, async (firstline, standin) => {
                assert.match(firstline.log, words);
                const { risk, status } = await firstline.health();
                assert.deepEqual([risk.status, status], ['degraded', 'degraded']);
                assert.match(risk.detail, words);
                const doctor = async (settings) => JSON.parse((await commandAsync(['doctor', '--json'], { standin, settings: { ...keyword, PORT: 0, ...settings } })).stdout).checks.find((c) => c.check === 'watch');
                const found = await doctor({ FRESHDESK_POLL: 0 });
                assert.equal(found.verdict, 'problem');
                assert.match(found.detail, words);
                assert.equal((await doctor({ FRESHDESK_POLL: 300 })).verdict, 'ok');
        }));
        for (const [what, settings] of [['a limit', { MAX_WRONG: 0 }], ['answers of its own', { MODE: 'draft' }]])
                test(`is no matter without ${what}`, () => act({ ...keyword, FRESHDESK_POLL: 0, ...settings }, async (firstline) => {
                        assert.doesNotMatch(firstline.log, words);
                        assert.notEqual((await firstline.health()).risk.status, 'degraded');
                }));
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
