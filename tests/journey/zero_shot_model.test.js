// A zero-shot model of the user's own: heard beside the rung below, seen everywhere, and left out, saying so, when it is not there.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';

import { command, folderWith, newFolder, noModel } from './firstline.js';
import { act } from './scene.js';

// ---- a genuine model of a few hundred bytes: words are directions, and a text and a sentence that share one score higher

const varint = (v) => (v < 0x80 ? [v] : [(v & 0x7f) | 0x80, ...varint(Math.floor(v / 128))]);
const number = (field, v) => Buffer.from([...varint(field << 3), ...varint(v)]);
const bytes = (field, ...parts) => {
        const data = Buffer.concat(parts.map((part) => Buffer.from(part)));
        return Buffer.concat([Buffer.from([...varint((field << 3) | 2), ...varint(data.length)]), data]);
};
const value = (field, name, type, dimensions) =>
        bytes(field, bytes(1, name), bytes(2, bytes(1, number(1, type), bytes(2, ...dimensions.map((d) => bytes(1, bytes(2, d)))))));
const node = (input, output, kind, ...attributes) =>
        bytes(1, ...input.map((name) => bytes(1, name)), bytes(2, output), bytes(4, kind), ...attributes);
const axes = bytes(5, bytes(1, 'axes'), number(8, 1), number(20, 7));
const keep = (on) => bytes(5, bytes(1, 'keepdims'), number(3, on), number(20, 2));

function onnx(table) {
        const graph = Buffer.concat([
                node(['table', 'input_ids'], 'rows', 'Gather'),
                node(['rows'], 'mean', 'ReduceMean', axes, keep(0)),
                node(['mean'], 'logits', 'ReduceSumSquare', axes, keep(1)),
                bytes(2, 'tiny'),
                bytes(5, number(1, table.length), number(1, table[0].length), number(2, 1), bytes(8, 'table'), bytes(9, Buffer.from(new Float32Array(table.flat()).buffer))),
                value(11, 'input_ids', 7, ['texts', 'tokens']),
                value(12, 'logits', 1, ['texts', 'values']),
        ]);
        return Buffer.concat([number(1, 7), bytes(7, graph), bytes(8, bytes(1, ''), number(2, 13))]);
}

const words = ['forgot', 'refund', 'broken'];
function modelFolder() {
        const folder = newFolder();
        const table = [[0, 0, 0], ...words.map((_, i) => words.map((__, k) => (i === k ? 9 : 0)))];
        fs.writeFileSync(path.join(folder, 'model.onnx'), onnx(table));
        fs.writeFileSync(path.join(folder, 'config.json'), '{"model_type":"bert","id2label":{"0":"LABEL_0"}}');
        fs.writeFileSync(path.join(folder, 'tokenizer.json'), JSON.stringify({
                normalizer: { type: 'Lowercase' }, pre_tokenizer: { type: 'Whitespace' },
                model: { type: 'WordPiece', unk_token: '?', vocab: Object.fromEntries(['?', ...words].map((w, i) => [w, i])) },
        }));
        return folder;
}

function configFolder() {
        const folder = folderWith({});
        fs.cpSync('config', path.join(folder, 'config'), { recursive: true });
        fs.writeFileSync(path.join(folder, 'config/hypotheses.tsv'), 'tier\ttier_1\tforgot\ntier\ttier_2\trefund\ntier\tcomplex\tbroken\n');
        return path.join(folder, 'config');
}

const ticket = { subject: 'refund', description: 'refund refund' };

describe('a zero-shot model', { skip: noModel }, () => {
        test('is heard beside the rung below, and each says its own in the answer, the audit trail and the metrics', () => {
                const settings = { ZERO_SHOT_MODEL: modelFolder(), ZERO_SHOT_WEIGHT: '0.9', ZERO_SHOT_BUDGET: '600000', CONFIG_DIR: configFolder() };
                return act({ freshdesk: false, ...settings }, async (firstline) => {
                        const health = await firstline.health();
                        assert.equal(health.zero_shot.status, 'ok', JSON.stringify(health.zero_shot));
                        assert.equal(health.model.method, 'zero_shot_model');
                        const { json: classified } = await firstline.post('/classify', ticket);
                        assert.equal(classified.method, 'zero_shot_model');
                        assert.equal(classified.tier, 'tier_2');
                        const { json: explained } = await firstline.post('/classify', { ...ticket, explain: true });
                        assert.deepEqual(explained.explain.rungs.map((rung) => rung.method), ['zero_shot_model', 'zero_shot_model', 'zero_shot', 'keyword']);

                        const { json: outcome } = await firstline.post('/process-ticket', ticket);
                        const { audit } = await firstline.ticket(outcome.ticket_id);
                        const { detail } = audit.find((row) => row.step === 'classified');
                        assert.deepEqual(detail.opinions.map((o) => o.method), ['zero_shot_model', 'zero_shot']);
                        assert.match(detail.zero_shot_model, /^[0-9a-f]{16}$/);
                        const { text } = await firstline.get('/metrics');
                        assert.match(text, /^firstline_triage_total\{method="zero_shot_model"\} [1-9]/m);
                        const replayed = command(['replay', `${outcome.ticket_id}`, '--json'], { folder: firstline.folder, settings });
                        assert.equal(JSON.parse(replayed.stdout).same, true, replayed.stdout + replayed.stderr);
                });
        });

        test('that is not there costs its rung only, and health, doctor and the audit trail say so', () => {
                const settings = { ZERO_SHOT_MODEL: '/nowhere/model' };
                return act({ freshdesk: false, ...settings }, async (firstline) => {
                        const health = await firstline.health();
                        assert.equal(health.status, 'degraded');
                        assert.equal(health.zero_shot.status, 'down');
                        assert.match(health.zero_shot.detail, /\/nowhere\/model.*ZERO_SHOT_MODEL/);
                        const { json: classified } = await firstline.post('/classify', ticket);
                        assert.equal(classified.method, 'zero_shot');
                        const doctor = command(['doctor'], { folder: firstline.folder, settings });
                        assert.match(doctor.stdout, /zero-shot.*\/nowhere\/model/);
                });
        });
});
