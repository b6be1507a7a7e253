// Without its model Firstline still reads tickets, by keywords: less sure, and it says so. Nothing about a model stops the start.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';

import { examples, modelFolder, newFolder, noModel, sanitized } from './firstline.js';
import { act } from './scene.js';

const tiers = { password: 'tier_1', billing: 'tier_2', crash: 'complex' };
const categories = { password: 'password_reset', billing: 'billing', crash: 'technical' };

// The default model with one of its files changed.
function brokenModel(change) {
        const folder = newFolder('firstline-model-');
        fs.mkdirSync(path.join(folder, 'onnx'));
        for (const name of ['config.json', 'tokenizer.json', 'onnx/model_quantized.onnx'])
                if (fs.existsSync(path.join(modelFolder, name)))
                        fs.symlinkSync(path.join(modelFolder, name), path.join(folder, name));
        const replace = (name, content) => {
                fs.rmSync(path.join(folder, name), { force: true });
                if (content !== null)
                        fs.writeFileSync(path.join(folder, name), content);
        };
        change(replace, folder);
        return folder;
}
const read = (name) => fs.readFileSync(path.join(modelFolder, name));

// Every example gets its tier by the method, and /health and /metrics tell of it.
async function worksBy(firstline, method, words) {
        const health = await firstline.health();
        assert.equal(health.status, method === 'keyword' ? 'degraded' : 'ok', JSON.stringify(health));
        assert.equal(health.model.status === 'ok', method !== 'keyword');
        assert.equal(health.model.method, method);
        if (words)
                assert.match(health.model.detail, words);
        for (const [name, example] of Object.entries(examples)) {
                const { status, json } = await firstline.post('/process-ticket', example);
                assert.equal(status, 200);
                assert.equal(json.method, method);
                assert.equal(json.tier, tiers[name], `${name}: ${JSON.stringify(json)}`);
                assert.equal(json.category, categories[name]);
                assert.ok(json.confidence >= 0 && json.confidence <= 1);
        }
        const metrics = await firstline.metrics();
        assert.equal(metrics[`firstline_triage_total{method="${method}"}`], 3);
        assert.equal(metrics['firstline_part_up{part="model"}'], method === 'keyword' ? 0 : 1);
        const { json } = await firstline.post('/ask', { question: 'How do I reset my password?' });
        assert.equal(json.method, method === 'keyword' ? 'keyword' : 'semantic');
        assert.equal(json.found, true);
        assert.equal(json.sources[0].document, 'password_reset.txt');
}

test('with its model, it works by meaning', { skip: noModel }, () => act({ freshdesk: false }, (firstline) => worksBy(firstline, 'zero_shot')));

test('without a folder, it works by keywords', () => act({ freshdesk: false, EMBEDDING_MODEL: '/nonexistent' }, (firstline) => worksBy(firstline, 'keyword', /\/nonexistent/)));

test('with no model wanted, it works by keywords, and that is well', () => act({ freshdesk: false, EMBEDDING_MODEL: '' }, async (firstline) => {
        const health = await firstline.health();
        assert.equal(health.status, 'ok');
        assert.equal(health.model.status, 'off');
        assert.equal((await firstline.post('/classify', examples.billing)).json.method, 'keyword');
}));

describe('with a model that is broken, it works by keywords', { skip: noModel }, () => {
        const broken = {
                'an empty folder': [(_, folder) => fs.rmSync(folder, { recursive: true }) ?? fs.mkdirSync(folder), /onnx/i],
                'a file in place of the folder': [(_, folder) => fs.rmSync(folder, { recursive: true }) ?? fs.writeFileSync(folder, 'x'), /./],
                'weights that are cut off': [(replace) => replace('onnx/model_quantized.onnx', read('onnx/model_quantized.onnx').subarray(0, 9_000_000)), /model_quantized/],
                'weights of no bytes': [(replace) => replace('onnx/model_quantized.onnx', ''), /model_quantized/],
                'weights that are text': [(replace) => replace('onnx/model_quantized.onnx', 'version https://example.invalid/spec/v1\noid sha256:00\nsize 1\n'), /model_quantized/],
                'weights that are noise': [(replace) => replace('onnx/model_quantized.onnx', Buffer.alloc(1 << 20, 0xa5)), /model_quantized/],
                'weights that lead nowhere': [(replace, folder) => replace('onnx/model_quantized.onnx', null) ?? fs.symlinkSync('/nonexistent', path.join(folder, 'onnx/model_quantized.onnx')), /./],
                'no tokenizer': [(replace) => replace('tokenizer.json', null), /tokenizer/],
                'a tokenizer that is no JSON': [(replace) => replace('tokenizer.json', '{"model":'), /tokenizer/],
                'a tokenizer of another kind': [(replace) => replace('tokenizer.json', '{"model":{"type":"BPE","vocab":{},"merges":[]}}'), /tokenizer/],
                'a tokenizer whose words the weights do not know': [(replace) => {
                        const tokenizer = JSON.parse(read('tokenizer.json'));
                        for (const [word, id] of Object.entries(tokenizer.model.vocab))
                                tokenizer.model.vocab[word] = id + 1_000_000;
                        replace('tokenizer.json', JSON.stringify(tokenizer));
                }, /./],
        };
        for (const [what, [change, words]] of Object.entries(broken))
                test(what, () => act({ freshdesk: false, EMBEDDING_MODEL: brokenModel(change) }, (firstline) => worksBy(firstline, 'keyword', words)));

        test('a runtime that is not there', () => act({ freshdesk: false, ONNX_RUNTIME: '/nonexistent/libonnxruntime.so' }, (firstline) => worksBy(firstline, 'keyword', /nonexistent/)));
        test('a runtime that is something else', () => act({ freshdesk: false, ONNX_RUNTIME: process.execPath }, (firstline) => worksBy(firstline, 'keyword')));

        const noLimit = sanitized && 'sanitizers need an address space of terabytes';
        test('not enough memory', { skip: noLimit }, () => act({ freshdesk: false, start: false }, async (firstline) => {
                // The largest limit that does not hold the model: how much that is depends on the machine's libraries.
                // Small stacks and one heap for all threads, so that it is the model that is too large.
                for (let megabytes = 200; megabytes >= 60; megabytes -= 20) {
                        firstline.wrap = `ulimit -s 256 && ulimit -v ${megabytes * 1024} && MALLOC_ARENA_MAX=1 exec "$@"`;
                        await firstline.launch();
                        const { model } = await firstline.health();
                        if (model.status !== 'ok')
                                return worksBy(firstline, 'keyword', /memory/);
                        await firstline.end();
                }
                assert.fail('it had its model within 60 MB');
        }));
});

test('a model that comes to be, is used after a restart', { skip: noModel }, () => {
        const folder = brokenModel((replace) => replace('tokenizer.json', null));
        return act({ freshdesk: false, EMBEDDING_MODEL: folder }, async (firstline) => {
                assert.equal((await firstline.health()).model.method, 'keyword');
                fs.copyFileSync(path.join(modelFolder, 'tokenizer.json'), path.join(folder, 'tokenizer.json'));
                await firstline.restart();
                await worksBy(firstline, 'zero_shot');
                assert.equal((await firstline.health()).knowledge.method, 'semantic', 'the knowledge base, too');
        });
});
