// The desk's own tickets take over: learned, adopted when better, taken up by the running server, taken back; and what agents say.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';

import { command, commandAsync, examples, folderWith, newFolder, noDatabaseTool, noModel, sql, until } from './firstline.js';
import { act } from './scene.js';

// A desk that is unlike others: here a broken thing is an ordinary exchange, and a question about gluten is for a person.
const things = ['kettle', 'lamp', 'chair', 'drill', 'scale', 'clock', 'heater', 'radio', 'mixer', 'fan', 'toaster', 'mirror'];
const foods = ['muesli', 'oat bar', 'almond bread', 'rice cake', 'lentil soup', 'corn flakes', 'cocoa', 'rye roll', 'granola', 'soy drink', 'nut cream', 'fig jam'];
const csv = ['words,kind', ...things.flatMap((x) => [`The ${x} you sent arrived broken,exchange`, `My new ${x} stopped working after a day,exchange`]),
        ...foods.flatMap((x) => [`Is there gluten in the ${x}?,allergy`, `Can I eat the ${x} with a nut allergy?,allergy`])].join('\n');
const mapping = 'column\twords\ttext\ncolumn\tkind\tintent\n';
const ticket = { subject: 'Broken', description: 'The vase you sent arrived broken' };

function deskFolder() {
        const folder = folderWith({ 'tickets.csv': csv, 'mapping.tsv': mapping });
        fs.cpSync('config', path.join(folder, 'config'), { recursive: true });
        fs.writeFileSync(path.join(folder, 'config/intents.tsv'), 'exchange\ttier_2\tgeneral\nallergy\tcomplex\tgeneral\n');
        return folder;
}
async function json(args, options) {
        const run = await commandAsync([...args, '--json'], options);
        assert.equal(run.status, 0, run.stderr);
        return JSON.parse(run.stdout);
}

describe('training', { skip: noModel }, () => {
        test('is adopted by the running server when it is better, not adopted again, and rolled back', () => {
                const desk = deskFolder(), settings = { CONFIG_DIR: path.join(desk, 'config') };
                return act({ freshdesk: false, ...settings }, async (firstline) => {
                        const options = { folder: firstline.folder, settings };
                        const from = ['train', '--from', path.join(desk, 'tickets.csv'), '--mapping', path.join(desk, 'mapping.tsv')];
                        const classify = async () => (await firstline.post('/classify', ticket)).json;
                        assert.equal((await classify()).method, 'zero_shot');

                        const dry = await json([...from, '--dry-run'], options);
                        assert.equal(dry.adopted, false);
                        assert.deepEqual((await json(['model', 'list'], options)).classifiers, []);
                        assert.equal((await commandAsync(['model', 'list'], options)).stdout, 'Nothing was learned yet: firstline train\n');

                        const done = await json(from, options);
                        assert.equal(done.adopted, true, JSON.stringify(done));
                        assert.equal(done.tickets, 48);
                        assert.equal(done.classes, 2);
                        assert.ok(done.set_aside.tier_accuracy > done.before.tier_accuracy);
                        assert.equal(done.version, dry.version, 'the same tickets teach the same');

                        await until(async () => (await classify()).method === 'classifier', { what: 'the server takes it up' });
                        assert.equal((await classify()).tier, 'tier_2');
                        assert.equal((await firstline.health()).model.method, 'classifier');
                        const { json: outcome } = await firstline.post('/process-ticket', ticket);
                        const { audit } = await firstline.ticket(outcome.ticket_id);
                        const { detail } = audit.find((row) => row.step === 'classified');
                        assert.equal(detail.classifier, done.version);
                        assert.equal(detail.unlike, false);

                        const strange = (await firstline.post('/classify', { subject: '', description: 'sing me a ballad about the moons of jupiter' })).json;
                        assert.equal(strange.action, 'escalate');

                        const again = await json(from, options);
                        assert.equal(again.adopted, false, 'it has seen all of these tickets already');

                        const own = ['rehearse', path.join(desk, 'tickets.csv'), '--mapping', path.join(desk, 'mapping.tsv')];
                        const heard = await json(own, options);
                        assert.equal(heard.learned_from, 48, 'what it was learned from is no evidence');
                        assert.equal(heard.curve, undefined);
                        assert.equal(heard.automatic.bound, null);
                        assert.match((await commandAsync(own, options)).stdout, /^Learned +48 taught the classifier that is in use/m);
                        const kept = await commandAsync([...own, '--keep'], options);
                        assert.equal(kept.status, 1);
                        assert.match(kept.stderr, /what the classifier was learned from is no evidence/);

                        const before = (await json(['model', 'list'], options)).classifiers;
                        assert.equal((await json(['model', 'forget'], options)).forgotten, before.length - 1);
                        assert.deepEqual((await json(['model', 'list'], options)).classifiers.map((c) => c.id), before.filter((c) => c.in_use).map((c) => c.id));
                        assert.equal((await classify()).method, 'classifier', 'the one in use stays');

                        assert.equal((await json(['model', 'rollback'], options)).in_use, null);
                        await until(async () => (await classify()).method === 'zero_shot', { what: 'the server goes back' });
                        const refused = (args, words, status = 1, more = {}) => {
                                const run = command(['model', ...args], { ...options, settings: { ...settings, ...more } });
                                assert.equal(run.status, status, run.stderr);
                                assert.equal(run.stdout, '');
                                assert.match(run.stderr, words);
                        };
                        refused(['rollback'], /nothing to go back to/);

                        const { id } = before.find((c) => c.in_use);
                        refused(['use', String(id + 7)], /there is no classifier \d+; `firstline model list`/);
                        refused(['use', 'newest'], /newest is not a classifier's number/, 2);
                        refused(['use'], /usage: firstline model use NUMBER/, 2);
                        refused(['list', '3'], /usage: firstline model list/, 2);
                        refused(['use', String(id)], /EMBEDDING_MODEL is empty/, 1, { EMBEDDING_MODEL: '' });
                        assert.ok((await json(['model', 'list'], options)).classifiers.every((c) => !c.in_use));
                        assert.equal((await json(['model', 'use', String(id)], options)).in_use, id);
                        await until(async () => (await classify()).method === 'classifier', { what: 'the server goes forward again' });
                        assert.equal((await json(['model', 'rollback'], options)).in_use, null, 'and it can be taken back again');

                        const replayed = command(['replay', String(outcome.ticket_id), '--json'], options);
                        assert.equal(replayed.status, 1, 'without what was learned it comes out another way');
                        assert.deepEqual(JSON.parse(replayed.stdout).inputs.filter((row) => !row.same).map((row) => [row.name, row.then]), [['classifier', done.version]]);

                        if (noDatabaseTool)
                                return;
                        sql(firstline.database, "UPDATE classifier SET content = replace(content, 'allergy', 'energy')");
                        refused(['use', String(id)], /the classifier was altered/);
                        assert.ok((await json(['model', 'list'], options)).classifiers.every((c) => !c.in_use), 'what cannot be used is not');
                });
        });
        test('a starter is rebuilt for everybody to read, and by a dry run not at all', () => {
                const desk = deskFolder(), config = path.join(desk, 'config');
                const lines = fs.readFileSync('config/examples.tsv', 'utf8').split('\n').filter((line) => line && !line.startsWith('#')).filter((line, i) => i % 20 === 0);
                fs.writeFileSync(path.join(config, 'examples.tsv'), `${lines.join('\n')}\n`);
                fs.rmSync(path.join(config, 'classifier'), { recursive: true });
                fs.mkdirSync(path.join(desk, 'tickets'));
                fs.writeFileSync(path.join(desk, 'tickets/a.jsonl'), things.map((x) => `${JSON.stringify({ description: `My ${x} broke`, tier: 'complex', category: 'technical' })}\n`).join(''));
                const rebuild = (...more) => {
                        const run = command(['train', '--starter', path.join(desk, 'tickets'), '--config-dir', config, ...more]);
                        assert.equal(run.status, 0, run.stderr);
                        assert.match(run.stdout, new RegExp(`^Tickets +${things.length}, and ${lines.length} example lines$`, 'm'));
                        return run.stdout;
                };
                assert.match(rebuild('--dry-run'), /^Not kept +a dry run$/m);
                assert.ok(!fs.existsSync(path.join(config, 'classifier')));
                const file = /^Starter +(.*)$/m.exec(rebuild())[1];
                for (const [name, mode] of [[file, 0o644], [path.dirname(file), 0o755]])
                        assert.equal(fs.statSync(name).mode & 0o777, mode & ~process.umask(), name);
                const whole = fs.readFileSync(file, 'utf8');
                fs.writeFileSync(file, 'of an earlier version, or torn');
                rebuild();
                assert.equal(fs.readFileSync(file, 'utf8'), whole, 'byte for byte');
        });
        // Not byte for byte: int8 kernels differ between processors, and half a minute of computing is too long for here.
        test('the starter that comes with the program was learned from the tickets and lines that do', () => {
                const of = new Map(), add = (tier, category) => of.set(`${tier}/${category}`, (of.get(`${tier}/${category}`) ?? 0) + 1);
                for (const name of fs.readdirSync('training/tickets'))
                        for (const line of fs.readFileSync(`training/tickets/${name}`, 'utf8').split('\n').filter(Boolean)) {
                                const ticket = JSON.parse(line);
                                add(ticket.tier, ticket.category);
                        }
                for (const line of fs.readFileSync('config/examples.tsv', 'utf8').split('\n').filter((l) => l && !l.startsWith('#')))
                        add(...line.split('\t'));
                for (const name of fs.readdirSync('config/classifier')) {
                        const text = fs.readFileSync(`config/classifier/${name}`, 'utf8');
                        const rows = new Map([...text.matchAll(/^class\t([^\t]*)\t[^\t]*\t[^\t]*\t(\d+)$/gm)].map((m) => [m[1], Number(m[2])]));
                        assert.deepEqual([...rows].sort(), [...of].sort(), `${name}: firstline train --starter training/tickets`);
                }
        });
        test('refuses options that would change nothing', () => {
                for (const [args, words] of [[['train', '--from', 'a.csv', '--limit', '-3'], /--limit is for tickets that are fetched/], [['train', '--from', 'database', '--since', '2026'], /--since is for/],
                        [['train', '--from', 'database', '--mapping', 'm.tsv'], /--mapping is for a file/], [['rehearse', 'a.csv', '--save', 'b'], /--save is for/]]) {
                        const run = command(args);
                        assert.equal(run.status, 2, run.stderr);
                        assert.match(run.stderr, words);
                }
        });
        test('says what is wrong with a file', () => {
                const folder = folderWith({ 'a.csv': 'a,b\n1,2\n', 'b.csv': 'description,tier,category\nhelp,tier_1,general\n', 'c.csv': 'text,intent\nhelp,lost\nno,found\n' });
                for (const [args, words] of [[['--from', 'a.csv'], /no column/], [['--from', 'b.csv'], /at least 20/],
                        [['--from', 'c.csv'], /^firstline: 0 tickets; at least 20 are needed to learn from; 2 rows left out, the first, line 2: there is no intents\.tsv in CONFIG_DIR that says what the intent "lost" means$/m], [['--from', 'nowhere.csv'], /nowhere\.csv/], [[], /--from/]]) {
                        const run = command(['train', ...args.map((a) => (a.endsWith('.csv') ? path.join(folder, a) : a))], { folder: newFolder() });
                        assert.notEqual(run.status, 0);
                        assert.match(run.stderr, words);
                }
        });
});

describe('feedback', () => {
        test('is kept, is in the trail, and is what `train --from database` learns from', () => act({ freshdesk: false, EMBEDDING_MODEL: '' }, async (firstline) => {
                const { json: outcome } = await firstline.post('/process-ticket', examples.crash);
                const at = `/tickets/${outcome.ticket_id}/feedback`;
                const said = await firstline.post(at, { tier: 'tier_2', category: 'billing', answer: 'wrong', by: 'ada' });
                assert.equal(said.status, 201, said.text);
                assert.equal(said.json.ticket_id, outcome.ticket_id);
                const run = await commandAsync(['feedback', String(outcome.ticket_id), '--answer', 'right', '--json'], { folder: firstline.folder, settings: { EMBEDDING_MODEL: '' } });
                assert.equal(run.status, 0, run.stderr);
                assert.ok(JSON.parse(run.stdout).feedback_id > said.json.feedback_id);
                const { audit } = await firstline.ticket(outcome.ticket_id);
                assert.deepEqual(audit.filter((row) => row.step === 'feedback').map((row) => row.detail), [
                        { tier: 'tier_2', category: 'billing', answer: 'wrong', by: 'ada' },
                        { tier: null, category: null, answer: 'right', by: null },
                ]);
                for (const [where, body, status] of [[at, {}, 400], [at, { tier: 'tier_9' }, 400], [at, { category: 'nonsense' }, 400], [at, { answer: 'maybe' }, 400], [at, { tier: 2 }, 400],
                        ['/tickets/77/feedback', { answer: 'right' }, 404], ['/tickets/x/feedback', { answer: 'right' }, 400]])
                        assert.equal((await firstline.post(where, body)).status, status, JSON.stringify(body));
        }));
});
