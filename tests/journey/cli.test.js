// The command line: every command, for people and for machines, and what it says when something is wrong.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';

import { binary, command, commandAsync, examples, Firstline, folderWith, newFolder, noModel, seededFolder } from './firstline.js';
import { Standin } from './standin.js';

const names = ['serve', 'process', 'classify', 'ask', 'knowledge', 'settings', 'doctor', 'audit', 'evaluate', 'rehearse', 'replay', 'train', 'model', 'feedback', 'version'];
const noColour = (text) => assert.doesNotMatch(text, /\u001b/, 'no colour where no person looks');
const keyword = { settings: { EMBEDDING_MODEL: '' } };

function ok(args, options = {}) {
        const run = command(args, options);
        assert.equal(run.status, 0, run.stderr);
        noColour(run.stdout);
        return run;
}
function json(args, options) {
        const { stdout, ...run } = ok([...args, '--json'], options);
        return { ...run, stdout, json: JSON.parse(stdout) };
}
function fails(args, words, options = {}, status = 1) {
        const run = command(args, options);
        assert.equal(run.status, status, `${run.stdout}${run.stderr}`);
        assert.match(run.stderr, words);
        assert.equal(run.stdout, '');
        noColour(run.stderr);
        return run;
}

describe('help', () => {
        test('lists every command and every setting', () => {
                const { stdout } = ok(['--help'], { defaultSettings: false });
                for (const name of names)
                        assert.match(stdout, new RegExp(`^ +${name}\\b`, 'm'));
                assert.match(stdout, /--freshdesk-domain/);
        });
        for (const name of names)
                test(`of ${name} needs no settings`, () => {
                        const { stdout } = ok([name, '--help'], { defaultSettings: false, settings: { PORT: 'malformed' } });
                        assert.match(stdout, new RegExp(`firstline ${name}`));
                        assert.match(stdout, /--json/);
                        assert.ok(stdout.split('\n').every((line) => line.length <= 100));
                });
        test('is offered to who does not know', () => {
                fails([], /--help/, {}, 2);
                fails(['frobnicate'], /frobnicate/, {}, 2);
                fails(['process', '--frobnicate'], /--frobnicate/, {}, 2);
        });
});

test('version', () => {
        const { version } = json(['version']).json;
        assert.match(version, /^\d+\.\d+\.\d+/);
        assert.equal(ok(['version']).stdout, `firstline ${version}\n`);
        assert.equal(ok(['--version']).stdout, `firstline ${version}\n`);
});

describe('classify', { skip: noModel }, () => {
        const { subject, description } = examples.billing;

        test('says what would be done, and does nothing', () => {
                const run = json(['classify', '--subject', subject, '--description', description]);
                assert.equal(run.json.tier, 'tier_2');
                assert.equal(run.json.category, 'billing');
                assert.equal(run.json.method, 'zero_shot');
                assert.equal(run.json.action, 'answer');
                assert.equal(run.json.delivered, false);
                assert.ok(!fs.existsSync(path.join(run.folder, 'firstline.db')), 'no database was made');
        });
        test('for people says the same', async () => {
                const { stdout } = ok(['classify', '--subject', subject, '--description', description], { folder: await seededFolder() });
                for (const words of [/tier_2/, /billing/, /zero_shot/, /answer/, /billing_issues\.txt/, /\d+ %/])
                        assert.match(stdout, words);
        });
});

describe('a ticket', () => {
        test('may be a file, standard input or options', () => {
                const folder = folderWith({ 'ticket.json': JSON.stringify({ ...examples.crash, priority: 2 }) });
                const byFile = json(['classify', 'ticket.json'], { ...keyword, folder }).json;
                const byInput = json(['classify'], { ...keyword, input: JSON.stringify(examples.crash) }).json;
                const byDash = json(['classify', '-'], { ...keyword, input: JSON.stringify(examples.crash) }).json;
                const byOptions = json(['classify', `--subject=${examples.crash.subject}`, '--description', examples.crash.description], keyword).json;
                for (const { tier, method } of [byFile, byInput, byDash, byOptions])
                        assert.deepEqual([tier, method], ['complex', 'keyword']);
        });
        const wrong = {
                'that is not there': [['nowhere.json'], /nowhere\.json/],
                'that is a folder': [['.'], /folder|directory/i],
                'that is no JSON': [['-'], /JSON|line 1/i, '{'],
                'that is no object': [['-'], /object/, '[]'],
                'with a subject that is no text': [['-'], /subject/, '{"subject":5}'],
                'with a priority that is none': [['-'], /priority/, '{"subject":"S","priority":9}'],
                'without text': [['-'], /both empty/, '{"subject":"","description":" "}'],
                'with the same field twice': [['-'], /subject|duplicate/i, '{"subject":"S","subject":"T"}'],
                'that is too large': [['-'], /larger/, JSON.stringify({ subject: 'S', description: 'x'.repeat(600_000) })],
                'that is not UTF-8': [['-'], /UTF-8|JSON|decode/i, Buffer.from('{"subject":"\xff"}', 'latin1')],
        };
        for (const [what, [args, words, input]] of Object.entries(wrong))
                test(`${what} is refused`, () => void fails(['classify', ...args], words, { ...keyword, input }));
        test('given twice is refused', () => void fails(['classify', 'x.json', '--subject', 'S'], /not both/, keyword, 2));
        test('with a number that is none is refused', () => void fails(['process', '--subject', 'S', '--id', '0'], /--id/, keyword, 2));
});

describe('process', () => {
        test('decides and records; audit shows each step', () => {
                const first = json(['process', '--subject', examples.crash.subject, '--description', examples.crash.description], keyword);
                assert.equal(first.json.action, 'escalate');
                assert.equal(first.json.delivered, false);
                assert.ok(first.json.ticket_id >= 1_000_000_000_000);
                const { json: trail } = json(['audit', String(first.json.ticket_id)], { ...keyword, folder: first.folder });
                const steps = trail.audit.map((row) => row.step);
                for (const step of ['received', 'read', 'classified', 'found', 'decided'])
                        assert.ok(steps.includes(step), step);
                assert.deepEqual(trail.audit.map((row) => row.id), trail.audit.map((row) => row.id).sort((a, b) => a - b));
                const { stdout } = ok(['audit', String(first.json.ticket_id)], { ...keyword, folder: first.folder });
                for (const step of steps)
                        assert.match(stdout, new RegExp(step));
        });

        test('says what it found in words', () => {
                const { stdout } = ok(['process', '--subject', examples.password.subject, '--description', examples.password.description], keyword);
                assert.match(stdout, /tier_1/);
                assert.match(stdout, /password_reset\.txt/);
                assert.match(stdout, /reset link/);
        });

        describe('with Freshdesk', { skip: noModel }, () => {
                let standin;
                before(async () => (standin = await Standin.start()));
                after(() => standin.stop());

                test('sends, and waits until it is confirmed', async () => {
                        standin.add({ id: 7, ...examples.password });
                        const run = await commandAsync(['process', '--id', '7', '--subject', 'S', '--description', examples.password.description, '--json'], { standin, folder: await seededFolder() });
                        assert.equal(run.status, 0, run.stderr);
                        const outcome = JSON.parse(run.stdout);
                        assert.equal(outcome.delivered, true);
                        assert.equal(standin.replies(7).length, 1);
                        assert.equal(standin.tickets.get(7).status, 4);
                });
                test('that is away, does not say delivered', async () => {
                        await standin.stop();
                        const run = await commandAsync(['process', '--id', '8', '--subject', examples.crash.subject, '--description', examples.crash.description, '--json'], { standin, folder: await seededFolder() });
                        assert.equal(run.status, 0, run.stderr);
                        assert.equal(JSON.parse(run.stdout).delivered, false);
                        await standin.listen();
                });
        });
});

describe('audit', () => {
        test('of a ticket that is not there fails', () => {
                const { folder } = ok(['process', '--subject', 'S', '--description', 'D'], keyword);
                fails(['audit', '5'], /5/, { ...keyword, folder });
                fails(['audit', 'x'], /x/, { ...keyword, folder }, 2);
                fails(['audit'], /audit/i, { ...keyword, folder }, 2);
        });
        test('makes no database', () => {
                const { folder } = fails(['audit', '5'], /no such database/, keyword);
                assert.deepEqual(fs.readdirSync(folder), []);
        });
});

describe('ask', () => {
        const shelf = { settings: { EMBEDDING_MODEL: '', KNOWLEDGE_DIR: folderWith({ 'password.txt': 'Q: What must a new password look like?\nA: It has at least 12 characters.\n', 'refunds.md': '# Refunds\n\nThey take nine days.\n' }) } };

        test('gives the passage and where it stands', () => {
                const { json: answer } = json(['ask', 'What must a new password look like?'], shelf);
                assert.equal(answer.found, true);
                assert.equal(answer.answer, 'It has at least 12 characters.');
                assert.deepEqual(answer.sources.map((s) => [s.document, s.title]), [['password.txt', 'What must a new password look like?']]);
                const { stdout } = ok(['ask', 'What', 'must', 'a', 'new', 'password', 'look', 'like?'], shelf);
                assert.match(stdout, /at least 12 characters/);
                assert.match(stdout, /password\.txt/);
        });
        test('takes standard input', () => assert.match(ok(['ask'], { ...shelf, input: 'What must a new password look like?\n' }).stdout, /12 characters/));
        test('says when there is nothing', () => {
                const { json: answer } = json(['ask', 'zebra xylophone'], keyword);
                assert.equal(answer.found, false);
                assert.deepEqual(answer.sources, []);
                assert.ok(answer.answer.length > 20);
        });
        test('an empty question is refused', () => void fails(['ask', ' '], /empty/, keyword, 2));
        test('by meaning', { skip: noModel }, async () => assert.equal(json(['ask', 'I forgot my passphrase'], { folder: await seededFolder() }).json.method, 'semantic'));
});

describe('knowledge', () => {
        test('list names each document, and what is wrong with it', () => {
                const folder = folderWith({ 'a.txt': 'Q: How?\nA: Like this.\n', 'b.md': '# Title\n\nText.\n' });
                fs.symlinkSync('/nonexistent', path.join(folder, 'bad.txt'));
                const options = { settings: { EMBEDDING_MODEL: '', KNOWLEDGE_DIR: folder } };
                const { documents } = json(['knowledge', 'list'], options).json;
                assert.deepEqual(documents.map((d) => d.document).sort(), ['a.txt', 'b.md', 'bad.txt']);
                assert.ok(documents.find((d) => d.document === 'bad.txt').problem);
                assert.equal(documents.find((d) => d.document === 'a.txt').passages, 1);
                assert.match(ok(['knowledge', 'list'], options).stdout, /^ +2 {2}passages in 3 documents, 1 problem\n/m);
        });
        test('list of the example knowledge base has at least 8 articles each and no problem', () => {
                const { documents } = json(['knowledge', 'list'], keyword).json;
                for (const name of ['password_reset.txt', 'billing_issues.txt', 'account_management.txt', 'technical_support.txt']) {
                        const d = documents.find((row) => row.document === name);
                        assert.ok(d.passages >= 8, name);
                        assert.equal(d.problem, null);
                }
        });
        test('search shows the nearest with scores', () => {
                const { json: found } = json(['knowledge', 'search', 'reset link expired', '--max', '3'], keyword);
                assert.ok(found.findings.length >= 1 && found.findings.length <= 3);
                assert.equal(found.findings[0].document, 'password_reset.txt');
                assert.match(ok(['knowledge', 'search', 'reset link expired'], keyword).stdout, /password_reset\.txt/);
        });
        test('index computes vectors, and a second time has them', { skip: noModel }, () => {
                const folder = newFolder();
                const first = json(['knowledge', 'index'], { folder }).json;
                assert.equal(first.semantic, true);
                assert.ok(first.passages >= 32);
                const second = json(['knowledge', 'index'], { folder }).json;
                assert.deepEqual(second, first);
        });
        test('index without a model fails, and says why', () => void fails(['knowledge', 'index'], /nonexistent/, { settings: { EMBEDDING_MODEL: '/nonexistent' } }));
        test('what it does not know is refused', () => {
                fails(['knowledge', 'dance'], /dance/, keyword, 2);
                fails(['knowledge'], /knowledge/, keyword, 2);
                fails(['knowledge', 'search', 'two', 'words'], /words/, keyword, 2);
        });
});

describe('doctor', () => {
        test('with all well, says so', { skip: noModel }, () => {
                const { checks, ok: well } = json(['doctor']).json;
                assert.equal(well, true, JSON.stringify(checks.filter((c) => c.verdict === 'problem')));
                assert.ok(checks.length >= 6);
        });
        test('with parts that are not, names each and what to do', () => {
                const run = command(['doctor', '--json'], { settings: { EMBEDDING_MODEL: '/nonexistent/model', KNOWLEDGE_DIR: '/nonexistent/knowledge', FRESHDESK_API_KEY: 'abcdefgh', FRESHDESK_URL: 'http://127.0.0.1:9', FRESHDESK_TIMEOUT: 2 } });
                assert.equal(run.status, 1, run.stderr);
                const { checks, ok: well } = JSON.parse(run.stdout);
                assert.equal(well, false);
                for (const name of ['model', 'knowledge', 'freshdesk']) {
                        const check = checks.find((c) => c.check.toLowerCase() === name);
                        assert.equal(check.verdict, 'problem', name);
                        assert.ok(check.advice.length > 20, name);
                }
                assert.ok(!run.stdout.includes('abcdefgh'));
        });
        test('asks Freshdesk who we are', async () => {
                const standin = await Standin.start();
                try {
                        const run = await commandAsync(['doctor', '--json'], { standin, settings: { EMBEDDING_MODEL: '' } });
                        const check = JSON.parse(run.stdout).checks.find((c) => c.check.toLowerCase() === 'freshdesk');
                        assert.equal(check.verdict, 'ok', JSON.stringify(check));
                        assert.equal(standin.called('me').length, 1);
                        assert.deepEqual(standin.effects, []);
                        standin.key = 'another';
                        const refused = await commandAsync(['doctor', '--json'], { standin: { url: standin.url, key: 'wrong-key' }, settings: { EMBEDDING_MODEL: '' } });
                        assert.equal(refused.status, 1);
                        assert.match(JSON.parse(refused.stdout).checks.find((c) => c.check.toLowerCase() === 'freshdesk').detail, /401/);
                } finally {
                        await standin.stop();
                }
        });
        test('with malformed settings, names the setting', () => {
                const run = command(['doctor'], { settings: { PORT: 'eighty' } });
                assert.equal(run.status, 1);
                assert.match(run.stdout + run.stderr, /PORT/);
        });
});

describe('beside a running server', () => {
        test('commands use the same database', async () => {
                const firstline = await Firstline.start({ EMBEDDING_MODEL: '' });
                try {
                        const { json: posted } = await firstline.post('/process-ticket', examples.crash);
                        const options = { ...keyword, folder: firstline.folder };
                        const trail = json(['audit', String(posted.ticket_id)], options).json;
                        assert.ok(trail.audit.length >= 5);
                        const own = json(['process', '--subject', examples.billing.subject, '--description', examples.billing.description], options).json;
                        await firstline.ticket(own.ticket_id, (t) => t.state === 'recorded');
                        await firstline.end();
                } finally {
                        if (!firstline.exit)
                                await firstline.kill();
                }
        });
});

test('an answer that nobody can take is no success', { skip: !fs.existsSync('/dev/full') && '/dev/full is not there' }, () => {
        const run = spawnSync('/bin/sh', ['-c', '"$1" settings > /dev/full', 'sh', binary], { cwd: newFolder(), encoding: 'utf8' });
        assert.equal(run.status, 1);
        assert.match(run.stderr, /space|output/i);
});
