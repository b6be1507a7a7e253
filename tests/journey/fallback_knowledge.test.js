// A knowledge base with nothing in it, or with things in it that are no documents: what can be read is read, what cannot is named, and the
// service goes on. Changes are noticed while it runs.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';

import { examples, folderWith, newFolder } from './firstline.js';
import { act } from './scene.js';

const reset = 'Q: How do I reset my password?\nA: Open the sign-in page and choose the violet button. It sends you a link.\n';
const question = { question: 'How do I reset my password?' };
const options = { freshdesk: false, KNOWLEDGE_RELOAD: 1, EMBEDDING_MODEL: '', KNOWLEDGE_FLOOR: 0.3 };

async function answers(firstline, words = /violet button/) {
        const { status, json } = await firstline.post('/ask', question);
        assert.equal(status, 200);
        assert.equal(json.found, true, JSON.stringify(json));
        assert.match(json.answer, words);
        return json;
}

// Nothing is found, in plain words, and tickets go to people.
async function findsNothing(firstline) {
        const { status, json } = await firstline.post('/ask', question);
        assert.equal(status, 200);
        assert.equal(json.found, false);
        assert.deepEqual(json.sources, []);
        assert.ok(json.answer.length > 20, json.answer);
        const { json: outcome } = await firstline.post('/process-ticket', examples.password);
        assert.equal(outcome.action, 'escalate');
        assert.match(outcome.reason, /knowledge base|sure/);
        const { json: stats } = await firstline.get('/stats');
        assert.equal(stats.auto_resolved, 0);
}

describe('a knowledge base with nothing in it', () => {
        for (const [what, folder] of [['is a folder that is missing', () => path.join(newFolder(), 'missing')], ['is an empty folder', () => newFolder()],
                ['is a file', () => path.join(folderWith({ x: 'x' }), 'x')], ['has only files of other kinds', () => folderWith({ 'a.pdf': '%PDF', 'b.png': 'x', 'README': reset })]])
                test(what, () => act({ ...options, KNOWLEDGE_DIR: folder() }, async (firstline) => {
                        const health = await firstline.health();
                        assert.equal(health.status, 'degraded');
                        assert.equal(health.knowledge.status, 'down');
                        assert.equal(health.knowledge.passages, 0);
                        assert.ok(health.knowledge.detail.length > 10);
                        await findsNothing(firstline);
                        const metrics = await firstline.metrics();
                        assert.equal(metrics['firstline_part_up{part="knowledge"}'], 0);
                        assert.ok(metrics['firstline_retrieval_found_total{found="no"}'] >= 1);
                }));
});

describe('one bad document does not spoil the others', () => {
        const bad = {
                'a link that leads nowhere': (folder) => fs.symlinkSync('/nonexistent', path.join(folder, 'bad.txt')),
                '50 MB': (folder) => fs.writeFileSync(path.join(folder, 'bad.txt'), Buffer.alloc(50 << 20, 'word ')),
                'a binary': (folder) => fs.writeFileSync(path.join(folder, 'bad.txt'), fs.readFileSync(process.execPath).subarray(0, 1 << 20)),
                'an empty document': (folder) => fs.writeFileSync(path.join(folder, 'bad.txt'), ''),
        };
        for (const [what, make] of Object.entries(bad)) {
                test(what, () => {
                        const folder = folderWith({ 'good.txt': reset });
                        make(folder);
                        return act({ ...options, KNOWLEDGE_DIR: folder }, async (firstline) => {
                                const health = await firstline.health();
                                assert.equal(health.knowledge.status, 'degraded');
                                assert.match(health.knowledge.detail, /bad\.txt/);
                                assert.equal(health.knowledge.problems, 1);
                                await answers(firstline);
                                assert.equal((await firstline.metrics())['firstline_knowledge_items{kind="problems"}'], 1);
                        });
                });
        }

        test('a folder with a document\'s name is looked into', () => {
                const folder = folderWith({ 'good.txt': reset, 'inside.txt/refunds.md': '# Refunds\n\nRefunds take nine days.\n' });
                return act({ ...options, KNOWLEDGE_DIR: folder }, async (firstline) => {
                        await answers(firstline);
                        const { json } = await firstline.post('/ask', { question: 'Refunds take nine days?' });
                        assert.equal(json.sources[0].document, 'inside.txt/refunds.md');
                });
        });

        test('invalid UTF-8 is repaired, and read', () => {
                const folder = folderWith({ 'latin.txt': Buffer.from('Q: How do I reset my password?\nA: Choose the violet button, d\xe9j\xe0 vu.\n', 'latin1') });
                return act({ ...options, KNOWLEDGE_DIR: folder }, async (firstline) => {
                        const { answer } = await answers(firstline);
                        assert.match(answer, /d\ufffdj\ufffd vu/);
                });
        });

        test('a pipe does not stop the start', async () => {
                const folder = folderWith({ 'good.txt': reset });
                assert.equal(spawnSync('mkfifo', [path.join(folder, 'pipe.txt')]).status, 0);
                await act({ ...options, KNOWLEDGE_DIR: folder }, (firstline) => answers(firstline));
        });

        test('a link back to its own folder does not go round for ever', () => {
                const folder = folderWith({ 'good.txt': reset, 'sub/more.txt': 'Q: Where is the moon?\nA: Above.\n' });
                fs.symlinkSync('..', path.join(folder, 'sub/up'));
                return act({ ...options, KNOWLEDGE_DIR: folder }, async (firstline) => {
                        await answers(firstline);
                        assert.ok((await firstline.health()).knowledge.documents < 100);
                });
        });
});

describe('while it runs', () => {
        const settles = async (firstline, condition) => firstline.health((h) => condition(h.knowledge));

        test('a document that is added, changed or taken away is noticed', () => {
                const folder = newFolder();
                return act({ ...options, KNOWLEDGE_DIR: folder }, async (firstline) => {
                        await findsNothing(firstline);
                        const file = path.join(folder, 'password.txt');
                        fs.writeFileSync(file, reset);
                        const { version } = (await settles(firstline, (k) => k.documents === 1)).knowledge;
                        await answers(firstline);
                        fs.writeFileSync(file, reset.replace('violet', 'orange'));
                        await settles(firstline, (k) => k.version !== version);
                        await answers(firstline, /orange button/);
                        fs.rmSync(file);
                        const health = await settles(firstline, (k) => k.documents === 0);
                        assert.equal(health.status, 'degraded');
                        await findsNothing(firstline);
                });
        });

        test('a folder that goes and comes back', () => {
                const parent = newFolder();
                const folder = path.join(parent, 'knowledge');
                fs.mkdirSync(folder);
                fs.writeFileSync(path.join(folder, 'password.txt'), reset);
                return act({ ...options, KNOWLEDGE_DIR: folder }, async (firstline) => {
                        await answers(firstline);
                        fs.renameSync(folder, `${folder}-away`);
                        await settles(firstline, (k) => k.status === 'down' || k.problems > 0 || k.documents === 0);
                        fs.renameSync(`${folder}-away`, folder);
                        await settles(firstline, (k) => k.status === 'ok');
                        await answers(firstline);
                });
        });

        test('a document that goes bad leaves the others', () => {
                const folder = folderWith({ 'good.txt': reset, 'other.txt': 'Q: Where is the moon?\nA: Above.\n' });
                return act({ ...options, KNOWLEDGE_DIR: folder }, async (firstline) => {
                        fs.writeFileSync(path.join(folder, 'other.txt'), Buffer.alloc(50 << 20, 'word '));
                        await settles(firstline, (k) => k.problems === 1);
                        await answers(firstline);
                });
        });
});
