// Past tickets through the journey, as far as the decision: what is reported, what is kept, and what is never sent.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';

import { binary, command, dataFolder, defaults, emptied, environment, folderWith, newFolder, noModel, until } from './firstline.js';

const keyword = { EMBEDDING_MODEL: '' };
const tickets = [
        'subject,description,tier,category,answer,article,language',
        '"Password reset","I forgot my password, how do I reset it?",tier_1,password_reset,,,en',
        '"Charged twice","I was charged twice\nthis month, ""refund"" please",tier_2,billing,,,en',
        '"Crash","The application crashes with an error and I am calling my lawyer",complex,technical,,,de',
        '"<script>alert(1)</script>","Where do I find \u001b[31mthe <b>moon</b> invoice price?",tier_1,billing,,,en',
        ',,,,,,',
].join('\n');

function run(args, options = {}) {
        return command(args, { settings: keyword, ...options });
}
function report(args, status = 0) {
        const { stdout, stderr, status: is } = run([...args, '--json']);
        assert.equal(is, status, stderr);
        return JSON.parse(stdout);
}

describe('evaluate', () => {
        const file = path.join(folderWith({ 'tickets.csv': tickets }), 'tickets.csv');

        test('counts what is right, by tier, category, language and length', () => {
                const r = report(['evaluate', file]);
                assert.equal(r.tickets, 4);
                assert.equal(r.labelled, 4);
                assert.equal(r.without_text, 1);
                assert.deepEqual(r.quality.tiers.map((t) => [t.tier, t.tickets]), [['tier_1', 2], ['tier_2', 1], ['complex', 1]]);
                for (const tier of r.quality.tiers)
                        assert.equal(tier.tickets, Object.values(tier.said).reduce((a, b) => a + b));
                assert.equal(r.quality.bins.reduce((n, b) => n + b.tickets, 0), 4);
                assert.equal(r.quality.languages.en.tickets, 3);
                assert.equal(r.quality.languages.de.tickets, 1);
                assert.ok(r.quality.accuracy >= 0.5 && r.quality.accuracy <= 1);
                assert.deepEqual(Object.keys(r.quality.lengths), ['under 10 words', '10 to 29 words'], 'the shortest first, though the file begins with another');
                assert.equal(r.gaps, undefined, 'what is written about knowledge belongs to the rehearsal');
                assert.equal(r.thresholds, undefined);
        });
        test('reads lines of JSON, and intents by a table', () => {
                const folder = folderWith({
                        'tickets.jsonl': '{"subject":"Password reset","description":"I forgot my password","label":"forgot"}\n\n' +
                                '{"text":"My card was stolen","intent":"stolen","number":1}\n{"text":"Hello","intent":"unknown"}\n',
                        'intents.csv': 'intent,tier,category\nforgot,tier_1,password_reset\nstolen,complex,security\n',
                });
                const r = report(['evaluate', path.join(folder, 'tickets.jsonl'), '--intents', path.join(folder, 'intents.csv')]);
                assert.equal(r.tickets, 3);
                assert.equal(r.labelled, 2);
        });
        test('reads the desk\'s own intents and a mapping as training does, and says which labels it cannot read', () => {
                const folder = folderWith({ 'past.csv': 'words,kind\nI forgot my password,forgot\nMy card was stolen,stolen\nHello,unheard of\n', 'tickets.csv': 'text,tier,category\nI forgot it,tier_1,moon\nWhere is it,gold,\n',
                        'no_category.csv': 'text,tier\nI forgot my password,tier_1\n', 'gold.csv': 'text,tier\nI forgot it,gold\n',
                        'map.tsv': 'column\twords\tdescription\ncolumn\tkind\tintent\n', 'bad.tsv': 'tier\tfoo\ttier_9\n', 'far.tsv': 'column\tKind of ticket\tintent\n' });
                fs.cpSync('config', path.join(folder, 'config'), { recursive: true });
                fs.writeFileSync(path.join(folder, 'config/intents.tsv'), 'forgot\ttier_1\tpassword_reset\nstolen\tcomplex\tsecurity\n');
                const at = (name) => path.join(folder, name), own = { settings: { ...keyword, CONFIG_DIR: at('config') } };
                const args = ['evaluate', at('past.csv'), '--mapping', at('map.tsv'), '--json'];
                const { stdout, stderr } = run(args, own);
                const r = JSON.parse(stdout || '{}');
                assert.equal(r.labelled, 2, stderr);
                assert.equal(r.unread_labels, 1);
                assert.equal(r.first_unread, 'line 4: the intent "unheard of" is not in the table of intents');
                const named = JSON.parse(run([...args, '--intents', at('config/intents.tsv')]).stdout);
                assert.deepEqual(named.quality, r.quality, 'the same table, named');

                const moon = report(['evaluate', at('tickets.csv')]);
                assert.equal(moon.quality.category_accuracy, null, 'a category that nobody has is no mistake');
                assert.match(run(['evaluate', at('tickets.csv')]).stdout, /^Not read +2 of the labels \(line 2: the category "moon" is not in categories\.tsv\)$/m);
                assert.equal(report(['evaluate', at('no_category.csv')]).unread_labels, 0);
                assert.match(run(['evaluate', at('gold.csv')]).stderr, /says of no ticket what tier it is, by a column tier or intent; line 2: "gold" is not a tier/);
                assert.match(run(['evaluate', at('past.csv'), '--mapping', at('bad.tsv')]).stderr, /bad\.tsv, line 1: "tier_9" is not a tier/);
                assert.match(run(['rehearse', at('past.csv'), '--mapping', at('far.tsv')]).stderr, /past\.csv has no column "Kind of ticket", which the mapping names in line 1/);
        });
        test('tries thresholds: four tickets are no evidence', () => {
                const { thresholds } = report(['evaluate', file, '--max-wrong', '0.05']);
                assert.equal(thresholds.max_wrong, 0.05);
                assert.equal(thresholds.splits.splits, 200);
                assert.equal(thresholds.splits.broken, 0);
                for (const c of thresholds.categories)
                        assert.equal(c.automatic, false);
        });
        test('shows tables, and a page without script in which all text is escaped', () => {
                const page = path.join(newFolder(), 'report.html');
                const { stdout, status, stderr } = run(['rehearse', file, '--html', page]);
                assert.equal(status, 0, stderr);
                assert.match(stdout, /^Accuracy {4}/m);
                assert.match(stdout, /complex missed/);
                assert.doesNotMatch(stdout, /\u001b/);
                const html = fs.readFileSync(page, 'utf8');
                assert.match(html, /<svg /);
                assert.doesNotMatch(html, /<script|javascript:|https?:/i);
                assert.match(html, /default-src 'none'/);
        });
        test('writes a page over an earlier report or an empty file, and over nothing else', () => {
                const folder = folderWith({ 'tickets.csv': tickets, 'notes.txt': 'mine', 'page.html': '<!doctype html>\n<p>mine</p>', 'empty.html': '' });
                const at = (name) => path.join(folder, name);
                for (const name of ['tickets.csv', 'notes.txt', 'page.html']) {
                        const before = fs.readFileSync(at(name), 'utf8');
                        const { status, stderr, stdout } = run(['evaluate', at('tickets.csv'), '--html', at(name)]);
                        assert.equal(status, 1, name);
                        assert.match(stderr, /is there already and is no report of Firstline: give --html another name/);
                        assert.equal(stdout, '');
                        assert.equal(fs.readFileSync(at(name), 'utf8'), before);
                }
                fs.writeFileSync(at('other.html.state'), 'mine');
                assert.match(run(['rehearse', at('tickets.csv'), '--html', at('other.html')]).stderr, /other\.html\.state is there already and is no state of a rehearsal/);
                assert.equal(fs.readFileSync(at('other.html.state'), 'utf8'), 'mine');
                for (const name of ['empty.html', 'new.html', 'new.html'])
                        assert.equal(run(['evaluate', at('tickets.csv'), '--html', at(name)]).status, 0);
                assert.match(fs.readFileSync(at('new.html'), 'utf8'), /<h1>How well tickets are understood/);
                const kept = command(['rehearse', at('tickets.csv'), '--keep', '--html', 'own.db'], { folder, settings: { ...keyword, DATABASE_URL: 'sqlite:own.db' } });
                assert.equal(kept.status, 1, 'the database that the command itself makes');
                assert.match(fs.readFileSync(at('own.db'), 'latin1'), /^SQLite format 3/);
        });
        test('shows each point of the coverage once', () => {
                const same = Array.from({ length: 40 }, (_, i) => `How do I reset my password in the year ${2000 + i}?,tier_1`).join('\n');
                const { stdout } = run(['evaluate', path.join(folderWith({ 'same.csv': `subject,tier\n${same}\n` }), 'same.csv')]);
                const lines = /at most\n((?: +\d\.\d{3} .*\n)+)/.exec(stdout)[1].trim().split('\n');
                assert.equal(new Set(lines).size, lines.length, stdout);
        });
        test('says what is wrong with a file', () => {
                const folder = folderWith({ 'no.csv': 'a,b\n1,2\n', 'bad.jsonl': '{"text":"a"}\n{"text":\n', 'empty.csv': 'subject\n',
                        'latin.csv': Buffer.from('subject\nr\xe9sum\xe9\n', 'latin1'), 'plain.csv': 'subject\nHello\n' });
                for (const [name, words] of [['no.csv', /no column/], ['bad.jsonl', /line 2/], ['empty.csv', /no ticket/], ['latin.csv', /UTF-8/],
                        ['plain.csv', /what tier/], ['missing.csv', /missing\.csv/]]) {
                        const { status, stderr, stdout } = run(['evaluate', path.join(folder, name)]);
                        assert.equal(status, 1, name);
                        assert.match(stderr, words);
                        assert.equal(stdout, '');
                }
                assert.equal(run(['evaluate', file, '--max-wrong', 'much']).status, 2);
        });
});

describe('a database that cannot be opened', () => {
        const ticket = ['--subject', 'How do I reset my password?'];
        const uid = process.getuid() === 0 ? 65534 : undefined; // for root nothing is forbidden

        test('is no reason to tell the figures of another classifier', () => {
                const folder = folderWith({ 'tickets.csv': tickets, 'db/firstline.db': '' });
                for (const name of ['', 'db/firstline.db', 'db'])
                        fs.chmodSync(path.join(folder, name), name.endsWith('.db') ? 0o444 : 0o555);
                const settings = { ...keyword, DATABASE_URL: `sqlite:${path.join(folder, 'db/firstline.db')}`, ...(uid && { RUN_AS: uid }) };
                for (const args of [['evaluate', path.join(folder, 'tickets.csv')], ['rehearse', path.join(folder, 'tickets.csv')], ['risk'], ['feedback', '7', '--answer', 'right'],
                        ['classify', ...ticket], ['process', ...ticket], ['ask', 'reset my password']]) {
                        const { status, stdout, stderr } = command(args, { folder, settings });
                        assert.equal(status, 1, args[0]);
                        assert.equal(stdout, '');
                        assert.match(stderr, /^firstline: [^\n]*firstline\.db[^\n]*give this user the right to write it and its folder\n$/);
                }
                fs.chmodSync(folder, 0o755);
                fs.chmodSync(path.join(folder, 'db'), 0o755);
        });
        test('is said to be it in one line, whether it is damaged or behind a closed door', () => {
                const folder = folderWith({ 'damaged.db': 'not a database of ours', 'closed/firstline.db': '', 'other.db/none': '' });
                fs.chmodSync(folder, 0o755);
                fs.chmodSync(path.join(folder, 'closed'), 0o000);
                for (const [name, words] of [['damaged.db', /not a database/], ['closed/firstline.db', /cannot be reached: give this user the right to enter its folder/], ['other.db', /is not a file/]])
                        for (const args of [['classify', ...ticket], ['process', ...ticket], ['ask', 'reset my password'], ['audit', '7']]) {
                                const settings = { ...keyword, DATABASE_URL: `sqlite:${path.join(folder, name)}`, ...(uid && name.startsWith('closed') && { RUN_AS: uid }) };
                                const { status, stdout, stderr } = command(args, { folder, settings });
                                assert.equal(status, 1, `${name} ${args[0]}`);
                                assert.equal(stdout, '');
                                assert.match(stderr, words);
                                assert.equal(stderr.split('\n').length, 2, stderr);
                        }
                fs.chmodSync(path.join(folder, 'closed'), 0o755);
        });
        test('keeps a search from its vectors, and says so', { skip: noModel }, () => {
                const folder = folderWith({ 'firstline.db': 'not a database of ours' });
                const { status, stdout, stderr } = command(['knowledge', 'search', 'reset my password'], { folder });
                assert.equal(status, 1);
                assert.equal(stdout, '');
                assert.match(stderr, /not a database/);
        });
        test('and one that is not there is not missed by who only looks', () => {
                for (const args of [['classify', ...ticket], ['ask', 'reset my password']]) {
                        const { status, stderr, folder } = run(args);
                        assert.equal(status, 0, stderr);
                        assert.doesNotMatch(stderr, /ERROR|WARNING|firstline\.db/);
                        assert.deepEqual(fs.readdirSync(folder), []);
                }
        });
        test('and one that is not there is not made by a word about a ticket', () => {
                for (const args of [['feedback', '777', '--answer', 'right'], ['risk'], ['train', '--from', 'database']]) {
                        const { status, stderr, folder } = run(args);
                        assert.equal(status, 1);
                        assert.match(stderr, /no such database; see DATABASE_URL/);
                        assert.deepEqual(fs.readdirSync(folder), []);
                }
        });
});

describe('rehearse', () => {
        const file = path.join(folderWith({ 'tickets.csv': tickets }), 'tickets.csv');

        test('needs no labels, and leaves nothing behind', () => {
                const folder = folderWith({ 'plain.csv': 'subject\nI forgot my password\nWhere is the moon?\n' });
                const { stdout, status, stderr } = command(['rehearse', path.join(folder, 'plain.csv'), '--json'], { settings: keyword, folder });
                assert.equal(status, 0, stderr);
                const r = JSON.parse(stdout);
                assert.equal(r.tickets, 2);
                assert.equal(r.automatic.share_wrong, null);
                assert.equal(Object.values(r.actions).reduce((a, b) => a + b), 2);
                assert.deepEqual(fs.readdirSync(folder), ['plain.csv']);
        });
        test('the labelled article tells a wrong answer, and the exit status a share that is too large', () => {
                const folder = folderWith({ 'past.csv': 'subject,tier,article\n"How do I reset my password?",tier_1,somewhere.txt\n' });
                const past = path.join(folder, 'past.csv');
                const r = report(['rehearse', past, '--max-wrong', '0.1'], 1);
                assert.equal(r.automatic.tickets, 1);
                assert.equal(r.automatic.wrong_answer, 1);
                assert.equal(r.automatic.hours_saved, 0);
                assert.equal(r.articles[0].wrong, 1);
                assert.equal(report(['rehearse', past]).automatic.share_wrong, 1);
        });
        test('a limit on what is wrong is not kept by tickets of which nothing is known', () => {
                const folder = folderWith({ 'plain.csv': 'subject\nHow do I reset my password?\n', 'none.csv': 'subject,tier\nI am calling my lawyer about the crash,complex\n',
                        'right.csv': 'subject,tier\nHow do I reset my password?,tier_1\n', 'wrong.csv': 'subject,tier\nHow do I reset my password?,complex\n' });
                for (const [name, status, words] of [['plain.csv', 3, /--max-wrong 0\.1 is not shown: neither labels nor agents' answers/], ['none.csv', 3, /no ticket would have been answered/],
                        ['right.csv', 0, /0 of 1 is no proof of --max-wrong 0\.1: with 95 % certainty at most 0\.950/], ['wrong.csv', 1, /wrong: 1 of 1 answer whose truth is known, more than 0\.1/]]) {
                        const is = run(['rehearse', path.join(folder, name), '--max-wrong', '0.1']);
                        assert.equal(is.status, status, `${name}: ${is.stderr}`);
                        assert.match(is.stderr, words);
                        assert.equal(run(['rehearse', path.join(folder, name)]).status, 0, name);
                }
        });
        test('hours saved are answers times minutes', () => {
                const r = report(['rehearse', file, '--minutes', '60']);
                assert.equal(r.automatic.hours_saved, r.automatic.tickets - r.automatic.wrong);
        });
        test('a run that was interrupted goes on where it was, and comes to the same', async () => {
                const lines = Array.from({ length: 20000 }, (_, i) => `"How do I reset password ${i}?",${i % 2 ? 'tier_1' : 'complex'}`);
                const folder = folderWith({ 'many.csv': `subject,tier\n${lines.join('\n')}\n` });
                const args = ['rehearse', path.join(folder, 'many.csv'), '--json', '--html'];
                const page = path.join(folder, 'page.html');
                const child = spawn(binary, [...args, page, ...emptied(keyword)], { cwd: folder, stdio: 'ignore',
                        env: environment({ ...defaults(folder), ...keyword }) });
                const ended = new Promise((resolve) => child.on('exit', resolve));
                await until(() => fs.existsSync(`${page}.state`) && fs.statSync(`${page}.state`).size > 2000, { what: 'some tickets are done' });
                child.kill('SIGINT');
                assert.equal(await ended, 1);
                assert.ok(!fs.existsSync(page));
                fs.appendFileSync(`${page}.state`, '{"i": 3, "ti'); // as a crash leaves it
                const again = JSON.parse(run([...args, page]).stdout);
                const whole = JSON.parse(run([...args, path.join(folder, 'other.html')]).stdout);
                assert.ok(again.resumed > 0 && again.resumed < 20000);
                assert.equal(whole.resumed, 0);
                for (const r of [again, whole])
                        delete r.resumed, delete r.seconds;
                assert.deepEqual(again, whole);
                assert.ok(!fs.existsSync(`${page}.state`));
        });
});

describe('questions that no article answers', { skip: noModel }, () => {
        test('are put together after the last ticket: that can be interrupted and gone on with, and its time counts', async () => {
                const rows = Array.from({ length: 600 }, (_, i) => `Which of your shops in town ${i} sells green shoes in size ${i % 50}?`);
                const folder = folderWith({ 'many.csv': `text\n${rows.join('\n')}\n`, 'kb/moon.txt': 'Q: How far is the moon?\nA: About 384,000 km.\n' });
                const settings = { KNOWLEDGE_DIR: path.join(folder, 'kb') }, page = path.join(folder, 'page.html');
                const args = ['rehearse', path.join(folder, 'many.csv'), '--json', '--html', page];
                const child = spawn(binary, [...args, ...emptied(settings)], { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'], env: environment({ ...defaults(folder), ...settings }) });
                let said = '';
                child.stderr.setEncoding('utf8').on('data', (text) => (said += text));
                const ended = new Promise((resolve) => child.on('close', resolve));
                const done = () => fs.existsSync(`${page}.state`) && fs.readFileSync(`${page}.state`, 'utf8').split('\n').length - 2;
                await until(() => done() === rows.length, { what: 'all tickets are done' });
                child.kill('SIGINT');
                assert.equal(await ended, 1);
                assert.match(said, /stopped after the last ticket, while the questions .* were put together; the same command goes on from there/);
                assert.ok(!fs.existsSync(page));
                const { stdout, stderr } = command(args, { folder, settings });
                const r = JSON.parse(stdout || '{}');
                assert.equal(r.resumed, rows.length, stderr);
                assert.ok(r.gaps.questions > rows.length / 2, `${r.gaps.questions}`);
                assert.ok(r.gaps.groups[0].tickets > 100);
                assert.ok(r.seconds > 0, 'all tickets were known: the questions took the time');
                assert.ok(!fs.existsSync(`${page}.state`));
        });
});

const stackfaq = path.join(dataFolder, 'stackfaq/threads.jsonl');
const clinc = path.join(dataFolder, 'clinc150/data_full.json');
const csv = (rows) => rows.map((row) => row.map((text) => `"${text.replaceAll('"', '""')}"`).join(',')).join('\n');

describe('requests that belong to no desk', { skip: noModel || (!fs.existsSync(clinc) && '../shared/data is not there') }, () => {
        const semantic = (file, settings) => {
                const run = command(['rehearse', file, '--json'], { settings, timeout_ms: 600_000 });
                assert.equal(run.status, 0, run.stderr);
                return JSON.parse(run.stdout).automatic;
        };
        test('at most 2 in 100 get an answer', () => {
                const all = JSON.parse(fs.readFileSync(clinc, 'utf8'));
                const rows = [...all.oos_test, ...all.oos_val, ...all.oos_train].map(([text]) => [text]);
                const { share, tickets } = semantic(path.join(folderWith({ 'oos.csv': csv([['text'], ...rows]) }), 'oos.csv'), {});
                assert.ok(share <= 0.02, `${tickets} of ${rows.length}`);
        });
        test('and at least 8 in 10 of the questions that a help centre can answer', () => {
                const threads = fs.readFileSync(stackfaq, 'utf8').trim().split('\n').map((line) => JSON.parse(line));
                const articles = folderWith(Object.fromEntries(threads.map((t) => [`${t.thread}.txt`, [t.question, ...t.answers].join('\n\n')])));
                const rows = threads.flatMap((t) => t.queries.map((query) => [query, `${t.thread}.txt`]));
                const { share, wrong_answer: wrong, tickets } = semantic(
                        path.join(folderWith({ 'asked.csv': csv([['text', 'article'], ...rows]) }), 'asked.csv'), { KNOWLEDGE_DIR: articles });
                assert.ok(share >= 0.8, `${tickets} of ${rows.length}`);
                assert.ok(wrong / tickets <= 0.03, `${wrong} of ${tickets}`);
        });
});

const banking = path.join(dataFolder, 'banking77');
test('a public set is read as it is', { skip: !fs.existsSync(banking) && '../shared/data is not there' }, () => {
        const r = report(['evaluate', path.join(banking, 'test.csv'), '--intents', path.join(banking, 'tiers.csv')]);
        assert.equal(r.labelled, 3080);
        assert.ok(r.quality.accuracy >= 0.5, 'by keywords alone');
});
