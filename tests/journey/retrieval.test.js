// A help centre as knowledge base, and questions as people put them: the right article comes first for at least 94 of 100.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

import { dataFolder, folderWith, noModel } from './firstline.js';
import { act } from './scene.js';

const RIGHT_MIN = 0.94;
const AT_A_TIME = 8;
const file = path.join(dataFolder, 'stackfaq/threads.jsonl');
const skip = noModel || (!fs.existsSync(file) && '../shared/data/stackfaq is not there');

function threads() {
        return fs.readFileSync(file, 'utf8').split('\n').filter(Boolean).map((line) => JSON.parse(line));
}
const name = (t) => `article-${t.thread}.md`;
const article = (t) => `# ${t.question}\n\n${t.answers.join('\n\n')}\n`;

async function ask(firstline, queries) {
        const results = Array(queries.length);
        let next = 0;
        await Promise.all(Array.from({ length: AT_A_TIME }, async () => {
                while (next < queries.length) {
                        const i = next++;
                        const { status, json } = await firstline.post('/ask', { question: queries[i].question });
                        assert.equal(status, 200);
                        results[i] = json;
                }
        }));
        return results;
}

function share(queries, results, t) {
        const right = results.filter((r, i) => r.sources[0]?.document === queries[i].document).length;
        t.diagnostic(`${right} of ${queries.length} right (${(100 * right / queries.length).toFixed(1)} %)`);
        return right / queries.length;
}

test(`the right article is first for at least ${100 * RIGHT_MIN} % of the questions`, { skip }, (t) => {
        const all = threads();
        const queries = all.flatMap((thread) => thread.queries.map((question) => ({ question, document: name(thread) })));
        assert.ok(queries.length >= 600);
        return act({ freshdesk: false, LOG_LEVEL: 'INFO', KNOWLEDGE_DIR: folderWith(Object.fromEntries(all.map((thread) => [name(thread), article(thread)]))) }, async (firstline) => {
                assert.equal((await firstline.health()).knowledge.documents, all.length);
                const results = await ask(firstline, queries);
                assert.ok(results.every((r) => r.method === 'semantic'));
                assert.ok(share(queries, results, t) >= RIGHT_MIN);
        });
});

test('by keywords, what is found is mostly right', { skip }, (t) => {
        const all = threads();
        const queries = all.flatMap((thread) => thread.queries.slice(0, 2).map((question) => ({ question, document: name(thread) })));
        return act({ freshdesk: false, LOG_LEVEL: 'INFO', EMBEDDING_MODEL: '', KNOWLEDGE_DIR: folderWith(Object.fromEntries(all.map((thread) => [name(thread), article(thread)]))) }, async (firstline) => {
                const results = await ask(firstline, queries);
                assert.ok(results.every((r) => r.method === 'keyword' || (r.method === 'none' && !r.found)));
                const found = queries.filter((_, i) => results[i].found);
                const right = share(found, results.filter((r) => r.found), t);
                t.diagnostic(`found ${found.length} of ${queries.length}`);
                assert.ok(found.length >= queries.length / 3);
                assert.ok(right >= 0.75);
        });
});
