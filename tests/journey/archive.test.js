// Past tickets out of Freshdesk: fetched page by page within its allowance, gone on with after an end, learned from and rehearsed with.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';

import { binary, commandAsync, defaults, emptied, environment, folderWith, newFolder, noModel } from './firstline.js';
import { Standin } from './standin.js';

const iso = (ms) => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
const at = (i) => ({ created_at: iso(Date.UTC(2026, 0, 2) + i * 60_000), updated_at: iso(Date.UTC(2026, 0, 2) + i * 60_000) });
const SINCE = '2026-01-01';

// Resolved tickets of two kinds, each answered by an agent, a minute apart.
function fill(standin, n) {
        for (let i = 1; i <= n; i++) {
                const broken = i % 2 === 1;
                standin.add({ id: i, status: 5, type: broken ? 'Incident' : 'Question', tags: broken ? ['vip', 'complex', 'technical'] : ['tier_1', 'password_reset'],
                        custom_fields: { cf_kind: broken ? 'exchange' : 'allergy' }, subject: broken ? `Item ${i} arrived broken` : 'Password',
                        description: broken ? `<p>The item number ${i} you sent arrived broken</p>` : `<p>I forgot my password ${i}, how do I reset it?</p>`, ...at(i) });
                standin.say(i, { from: 'agent', html: '<p>Open the sign-in page and choose "Forgot password?"</p>' });
                Object.assign(standin.tickets.get(i), at(i));
        }
}
async function withStandin(options, body) {
        const standin = await Standin.start(options);
        try {
                await body(standin);
        } finally {
                await standin.stop();
        }
}
const settingsOf = (standin, more = {}) => ({ EMBEDDING_MODEL: '', FRESHDESK_URL: standin.url, FRESHDESK_API_KEY: standin.key, FRESHDESK_SHARE: '1', ...more });

describe('rehearse --freshdesk', () => {
        test('goes by the labels in tags and by what agents answered, and leaves nothing behind', () => withStandin({}, async (standin) => {
                fill(standin, 120);
                standin.add({ id: 200, subject: 'Old', description: '<p>too old</p>', created_at: '2025-01-01T00:00:00Z', updated_at: '2025-01-01T00:00:00Z' });
                standin.add({ id: 201, spam: true, subject: 'Buy', ...at(500) });
                standin.add({ id: 202, status: 5, subject: 'Password', description: '<p>I forgot my password</p>', tags: ['firstline', 'complex', 'billing'], ...at(501) });
                const folder = newFolder();
                const run = await commandAsync(['rehearse', '--freshdesk', SINCE, '--json'], { folder, settings: settingsOf(standin) });
                assert.equal(run.status, 0, run.stderr);
                assert.doesNotMatch(run.stderr, /kept as evidence/, 'nobody asked for that');
                const report = JSON.parse(run.stdout);
                assert.equal(report.tickets, 121);
                assert.equal(report.labelled, 120, 'what Firstline tagged is no label');
                assert.ok(report.automatic.tickets > 0 && report.automatic.known > 0);
                assert.equal(standin.effects.length, 0, 'nothing is written to Freshdesk');
                assert.ok(standin.called('list').every((call) => call.query.include === 'description'));
                assert.equal(standin.called('conversations').length, 121);
                assert.deepEqual(fs.readdirSync(folder).filter((name) => /past/.test(name)), []);
        }));

        test('a run that was interrupted goes on where it was, and --limit ends it', () => withStandin({}, async (standin) => {
                fill(standin, 60);
                const folder = newFolder(), settings = settingsOf(standin), file = path.join(folder, 'kept.jsonl');
                const args = ['rehearse', '--freshdesk', SINCE, '--limit', '50', '--save', file, '--json'];
                standin.fault('conversations', { kind: 'delay', ms: 0, times: 20 });
                const gate = standin.fault('conversations', { kind: 'hold' });
                const child = spawn(binary, [...args, ...emptied(settings)], { cwd: folder, stdio: 'ignore', env: environment({ ...defaults(folder), ...settings }) });
                const ended = new Promise((resolve) => child.on('exit', resolve));
                await gate.reached;
                child.kill('SIGINT');
                gate.release();
                assert.equal(await ended, 1);
                const lines = () => fs.readFileSync(file, 'utf8').trim().split('\n').map((line) => JSON.parse(line).id);
                assert.equal(lines().length, 21);
                fs.appendFileSync(file, '{"id": 3, "sub'); // as a crash leaves it
                const run = await commandAsync(args, { folder, settings });
                assert.equal(run.status, 0, run.stderr);
                assert.equal(JSON.parse(run.stdout).tickets, 50);
                assert.deepEqual(lines(), Array.from({ length: 50 }, (_, i) => i + 1));
                assert.equal(standin.called('conversations').length, 50, 'none is read twice');
                assert.equal(fs.statSync(file).mode & 0o777, 0o600);
        }));

        test('waits for its turn when Freshdesk says so, and says what is wrong', () => withStandin({}, async (standin) => {
                fill(standin, 3);
                const folder = newFolder();
                standin.fault('list', { kind: 'limit', retry_after: 1 });
                const run = await commandAsync(['rehearse', '--freshdesk', SINCE, '--json'], { folder, settings: settingsOf(standin) });
                assert.equal(run.status, 0, run.stderr);
                assert.equal(JSON.parse(run.stdout).tickets, 3);
                for (const [args, settings, words, status] of [
                        [['--freshdesk', 'yesterday'], {}, /no date or time/, 2], [[], {}, /a file is needed, or --freshdesk/, 2], [['--freshdesk', SINCE, '--limit', '0'], {}, /--limit/, 2],
                        [['--freshdesk', '2036-01-01'], {}, /no ticket that was updated/, 1], [['--freshdesk', SINCE], { FRESHDESK_API_KEY: 'wrong' }, /401|key/i, 1],
                        [['--freshdesk', SINCE], { FRESHDESK_URL: '', FRESHDESK_API_KEY: '' }, /not set up/, 1]]) {
                        const bad = await commandAsync(['rehearse', ...args], { folder: newFolder(), settings: settingsOf(standin, settings) });
                        assert.equal(bad.status, status, bad.stderr);
                        assert.match(bad.stderr, words);
                }
        }));
});

describe('train --from freshdesk', { skip: noModel }, () => {
        test('learns by a mapping of custom fields, without a look at conversations', () => withStandin({}, async (standin) => {
                fill(standin, 40);
                const folder = folderWith({ 'mapping.tsv': 'column\tcf_kind\tintent\n' });
                fs.cpSync('config', path.join(folder, 'config'), { recursive: true });
                fs.writeFileSync(path.join(folder, 'config/intents.tsv'), 'exchange\ttier_2\tgeneral\nallergy\tcomplex\tgeneral\n');
                const { EMBEDDING_MODEL, ...settings } = settingsOf(standin, { CONFIG_DIR: path.join(folder, 'config') });
                const run = await commandAsync(['train', '--from', 'freshdesk', '--since', SINCE, '--mapping', path.join(folder, 'mapping.tsv'), '--dry-run', '--json'], { folder, settings });
                assert.equal(run.status, 0, run.stderr);
                const lesson = JSON.parse(run.stdout);
                assert.deepEqual([lesson.tickets, lesson.classes], [40, 2]);
                assert.equal(standin.called('conversations').length, 0);
        }));
});
