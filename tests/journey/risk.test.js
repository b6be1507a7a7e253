// MAX_WRONG: what is answered by itself goes by evidence, and without evidence agents get drafts.
import assert from 'node:assert/strict';
import path from 'node:path';
import { after, describe, test } from 'node:test';

import { command, Firstline, folderWith } from './firstline.js';

const keyword = { EMBEDDING_MODEL: '', MAX_WRONG: '0.05' };
const reset = { subject: 'Password reset', description: 'I forgot my password, how do I reset it?' };
const charged = { subject: 'Billing question', description: 'I was charged twice this month, please refund the payment' };

// So many tickets like it that were right, and so many that were not.
const past = (right, wrong) => ['subject,description,tier', ...Array.from({ length: right + wrong }, (_, i) =>
        `${reset.subject},"${reset.description} ${i}",${i < right ? 'tier_1' : 'complex'}`)].join('\n');

function keep(folder, file) {
        const run = command(['rehearse', path.join(folderWith({ 'past.csv': file }), 'past.csv'), '--keep', '--json'], { settings: keyword, folder });
        assert.equal(run.status, 0, run.stderr);
        return JSON.parse(run.stdout);
}

describe('MAX_WRONG', () => {
        let server;

        after(() => server?.end());
        async function start(settings) {
                await server?.end();
                server = await Firstline.start({ ...keyword, ...settings, folder: server?.folder, fresh: true });
        }
        async function process(input) {
                const { json: body } = await server.post('/process-ticket', input);
                const { json: ticket } = await server.get(`/tickets/${body.ticket_id}`);
                return { ...body, decided: ticket.audit.find((row) => row.step === 'decided').detail };
        }
        const risk = async () => (await server.get('/stats')).json.risk;

        test('without evidence every answer is a draft, and says why', async () => {
                await start();
                const outcome = await process(reset);
                assert.equal(outcome.action, 'auto_resolve');
                assert.match(outcome.reason, /as a draft: there is no evidence yet/);
                assert.equal(outcome.decided.mode, 'draft');
                assert.equal(outcome.decided.limit.automatic, false);
                assert.match(outcome.decided.rules, /^[0-9a-f]{16}$/);
                const { problem, categories, max_wrong } = await risk();
                assert.equal(max_wrong, 0.05);
                assert.match(problem, /no evidence/);
                assert.ok(categories.every((c) => !c.automatic));
        });
        test('with evidence a category is answered by itself, and the others are not', async () => {
                keep(server.folder, past(200, 2));
                await start();
                const outcome = await process(reset);
                assert.equal(outcome.decided.mode, 'auto');
                assert.equal(outcome.decided.limit.automatic, true);
                assert.equal(outcome.decided.limit.wrong, 2);
                assert.equal(outcome.decided.limit.max_wrong, 0.05);
                assert.match(outcome.decided.limit.date, /^\d{4}-\d\d-\d\d$/);
                const other = await process(charged);
                assert.equal(other.decided.mode, 'draft');
                assert.match(other.reason, /no evidence for at most 5 % wrong/);
                const { categories, problem } = await risk();
                assert.equal(problem, null);
                assert.deepEqual(categories.filter((c) => c.automatic).map((c) => [c.category, c.evidence]), [['password_reset', 202]]);
        });
        test('a category has a line to itself', () => {
                const show = (settings) => command(['risk'], { settings: { ...keyword, ...settings }, folder: server.folder }).stdout.split('\n');
                const lines = show({}), none = show({ MAX_WRONG: '0' });
                assert.match(lines.find((line) => line.startsWith('password_reset ')), /^password_reset +from 0\.\d\d +evidence 2 of 202 wrong, .* did not hold$/);
                assert.equal(lines.filter((line) => / did not hold$/.test(line)).length, 8);
                assert.deepEqual(none, ['MAX_WRONG is not set: no category is limited', '']);
        });
        test('evidence of too many mistakes is none', async () => {
                keep(server.folder, past(180, 22));
                await start();
                assert.equal((await process(reset)).decided.mode, 'draft');
        });
        test('with 0 there is no limit', async () => {
                keep(server.folder, past(200, 0));
                await start({ MAX_WRONG: '0' });
                assert.equal((await process(reset)).decided.mode, 'auto');
                assert.equal(await risk(), null);
        });
        test('a decision comes out the same again, and what has changed since is told', async () => {
                keep(server.folder, past(200, 0));
                await start({ MIN_CONFIDENCE: '0.5' });
                const { ticket_id: id } = await process(reset);
                const replay = (settings, args = ['--json']) => command(['replay', String(id), ...args],
                        { settings: { ...keyword, MIN_CONFIDENCE: '0.5', ...settings }, folder: server.folder });
                const same = replay({});
                assert.equal(same.status, 0, same.stdout + same.stderr);
                const { inputs, results, ...rest } = JSON.parse(same.stdout);
                assert.equal(rest.same, true);
                assert.ok([...inputs, ...results].every((row) => row.same), same.stdout);
                assert.deepEqual(inputs.map((row) => row.name), ['text', 'model', 'classifier', 'knowledge', 'rules', 'limit', 'mode']);

                const stricter = replay({ MIN_CONFIDENCE: '1' });
                assert.equal(stricter.status, 1);
                const other = JSON.parse(stricter.stdout);
                assert.equal(other.same, false);
                assert.deepEqual(other.inputs.filter((row) => !row.same).map((row) => row.name), ['rules', 'limit']);
                assert.deepEqual(other.results.filter((row) => !row.same).map((row) => row.name), ['action']);
                for (const MODE of ['draft', 'shadow']) {
                        const { inputs: from, results: to } = JSON.parse(replay({ MODE }).stdout);
                        assert.deepEqual(from.filter((row) => !row.same), [{ name: 'mode', then: 'auto', now: MODE, same: false }]);
                        assert.deepEqual(to.filter((row) => !row.same), [{ name: 'mode', then: 'auto', now: MODE, same: false }]);
                }
                const words = replay({}, []).stdout;
                assert.match(words, /^Again +the same$/m);
                assert.doesNotMatch(words, /\d\.\d{16}/, 'numbers are shown as they were written');
                assert.match(command(['replay', '999999'], { settings: keyword, folder: server.folder }).stderr, /no such ticket/);
        });
        test('copies of one ticket are one piece of evidence, and wrong where one of them is', () => {
                const copies = ['subject,tier', ...Array.from({ length: 140 }, (_, i) => `${i % 2 ? 'how do I RESET my  password' : '"How do I reset\nmy password "'},tier_1`)];
                const rehearse = (lines) => {
                        const run = command(['rehearse', path.join(folderWith({ 'past.csv': lines.join('\n') }), 'past.csv'), '--keep', '--max-wrong', '0.05', '--json'], { settings: { EMBEDDING_MODEL: '' } });
                        assert.match(run.stderr, /^1 ticket kept as evidence; left out: 1\d\d with the text of another, 0 that the classifier/m);
                        return { status: run.status, ...JSON.parse(run.stdout) };
                };
                const r = rehearse(copies);
                assert.equal(r.repeats, 139);
                assert.equal(r.automatic.bound, 0.95, 'one that was right shows next to nothing');
                assert.deepEqual(r.thresholds.categories.map((c) => [c.evidence, c.automatic]), [[1, false]]);
                assert.equal(r.curve[0].coverage, 1);
                const wrong = rehearse([...copies, 'How do I reset my password,complex']);
                assert.equal(wrong.thresholds.categories[0].evidence, 1);
                assert.equal(wrong.curve[0].wrong, 1);
        });
        test('no evidence is kept of tickets that tell nothing', () => {
                const file = path.join(folderWith({ 'past.csv': 'subject\nHow do I reset my password?\n' }), 'past.csv');
                const run = command(['rehearse', file, '--keep'], { settings: keyword });
                assert.equal(run.status, 1);
                assert.match(run.stderr, /no evidence/);
        });
});
