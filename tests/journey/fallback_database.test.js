// The one file that must survive: locked, read-only, full, in the wrong place, newer or no database at all. An event is taken only when it is
// on disk, a file that is not ours is left as it is, and all goes on when the trouble is over.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';

import { examples, Firstline, holdDatabase, newFolder, noDatabaseTool, sql, until } from './firstline.js';
import { act } from './scene.js';

const options = { freshdesk: false, EMBEDDING_MODEL: '', WORKERS: 1 };
const NOBODY = 65534;
const digest = (file) => crypto.createHash('sha256').update(fs.readFileSync(file)).digest('hex');
const event = (id, text = 'D') => ({ id, ...examples.crash, description: `${examples.crash.description} ${text}` });
const total = async (firstline) => (await firstline.get('/stats')).json.total_tickets;

// Events are refused with 503, health and metrics say so, and a ticket is still understood, without a false word.
async function doesWithout(firstline, id = 5000) {
        const { status, json, headers } = await firstline.webhook(event(id));
        assert.equal(status, 503, JSON.stringify(json));
        assert.equal(json.error.code, 'storage_unavailable');
        assert.ok(Number(headers.get('retry-after')) > 0);
        const health = await firstline.health((h) => h.database.status === 'down');
        assert.equal(health.status, 'degraded');
        assert.ok(health.database.detail.length > 10);
        assert.equal((await firstline.get('/health/live')).status, 200);
        assert.equal((await firstline.get('/health/ready')).status, 503);
        assert.ok((await firstline.metrics())['firstline_webhook_events_total{result="failed"}'] >= 1);
        const outcome = await firstline.post('/process-ticket', examples.password);
        assert.equal(outcome.status, 200);
        assert.equal(outcome.json.tier, 'tier_1');
        assert.equal(outcome.json.delivered, false);
        assert.match(outcome.json.reason, /neither recorded nor sent/);
}

async function takesAgain(firstline, id = 5000) {
        await until(async () => (await firstline.webhook(event(id))).status === 202, { what: 'the first event after the trouble' });
        await firstline.health((h) => h.database.status === 'ok');
        await firstline.settled(id);
        assert.equal((await firstline.get('/health/ready')).status, 200);
}

describe('locked by another program', { skip: noDatabaseTool }, () => {
        test('while it runs: events are refused until the lock is gone', () => act(options, async (firstline) => {
                assert.equal((await firstline.webhook(event(1))).status, 202);
                await firstline.settled(1);
                const release = await holdDatabase(firstline.database, 'BEGIN IMMEDIATE');
                await doesWithout(firstline);
                assert.equal(await total(firstline), 1, 'reading goes on');
                await release();
                await takesAgain(firstline);
                assert.equal(await total(firstline), 2, 'what was refused was not stored, what was accepted was');
        }));

        test('for a moment: nobody notices', () => act(options, async (firstline) => {
                const release = await holdDatabase(firstline.database, 'BEGIN IMMEDIATE');
                const answer = firstline.webhook(event(1));
                await release();
                assert.equal((await answer).status, 202);
        }));

        test('when it starts: it starts without, and opens it later', () => act({ ...options, start: false }, async (firstline) => {
                const release = await holdDatabase(firstline.database, 'PRAGMA locking_mode = EXCLUSIVE', 'BEGIN EXCLUSIVE', 'CREATE TABLE other(a)', 'ROLLBACK', 'BEGIN EXCLUSIVE');
                await firstline.launch();
                await doesWithout(firstline);
                await release();
                await takesAgain(firstline);
        }));
});

describe('not to be written', () => {
        test('the file is read-only: it starts without, and opens it later', () => {
                const folder = newFolder();
                fs.chmodSync(folder, 0o755);
                const uid = process.getuid() === 0 ? NOBODY : undefined; // for root nothing is read-only
                return act({ ...options, folder, uid, start: false }, async (firstline) => {
                        const file = firstline.database;
                        fs.writeFileSync(file, '');
                        fs.chmodSync(file, 0o444);
                        fs.chmodSync(folder, 0o555);
                        await firstline.launch();
                        await doesWithout(firstline);
                        if (uid !== undefined)
                                for (const name of [folder, file])
                                        fs.chownSync(name, uid, uid);
                        fs.chmodSync(folder, 0o755);
                        fs.chmodSync(file, 0o600);
                        await takesAgain(firstline);
                });
        });

        test('its folder is missing: it starts without, and opens it later', () => {
                const folder = path.join(newFolder(), 'not/there');
                return act({ ...options, DATABASE_URL: `sqlite:${folder}/firstline.db` }, async (firstline) => {
                        await doesWithout(firstline);
                        fs.mkdirSync(folder, { recursive: true });
                        await takesAgain(firstline);
                });
        });

        test('the disk is full: what is on disk is accepted, what is not is refused, and nothing else', { skip: spawnSync('prlimit', ['--version']).status !== 0 && 'prlimit is not there' }, () =>
                act({ ...options, WORKERS: 0, wrap: 'trap "" XFSZ; exec "$@"' }, async (firstline) => {
                        const limit = (bytes) => assert.equal(spawnSync('prlimit', ['--pid', String(firstline.child.pid), `--fsize=${bytes}:`]).status, 0);
                        const sizes = fs.readdirSync(firstline.folder).filter((n) => n.startsWith('firstline.db')).map((n) => fs.statSync(path.join(firstline.folder, n)).size);
                        limit(Math.max(...sizes) + 200_000);
                        const statuses = [];
                        let id = 0;
                        // Large ones first, then small ones into what is left, until none fits.
                        for (const text of ['x'.repeat(20_000), 'x'])
                                do
                                        statuses.push((await firstline.webhook(event(++id, text))).status);
                                while (statuses.at(-1) !== 503 && id < 200);
                        assert.ok(statuses.includes(202) && statuses.includes(503), `${statuses}`);
                        await doesWithout(firstline);
                        limit('unlimited');
                        assert.equal((await firstline.webhook(event(9999))).status, 202);
                        await firstline.health((h) => h.database.status === 'ok');
                        const accepted = statuses.filter((s) => s === 202).length + 1;
                        assert.equal(await total(firstline), accepted);
                        await firstline.restart();
                        assert.equal(await total(firstline), accepted, 'and after a restart');
                }));
});

describe('not ours', { skip: noDatabaseTool }, () => {
        async function refuses(firstline, words) {
                const file = firstline.database;
                const before = digest(file);
                const { status, log } = await firstline.launchInVain();
                assert.notEqual(status, 0);
                assert.equal(status === null, false, `it was killed\n${log}`);
                assert.match(log, words);
                assert.match(log, /firstline\.db/);
                assert.equal(digest(file), before, 'not a byte was changed');
        }

        test('of a newer version: it refuses to start', async () => {
                const firstline = await Firstline.start(options);
                assert.equal((await firstline.webhook(event(1))).status, 202);
                await firstline.settled(1);
                await firstline.end();
                const version = Number(sql(firstline.database, 'PRAGMA user_version'));
                assert.ok(version >= 1);
                sql(firstline.database, 'PRAGMA user_version = 999', 'PRAGMA wal_checkpoint(TRUNCATE)');
                await refuses(firstline, /newer/);
                sql(firstline.database, `PRAGMA user_version = ${version}`, 'PRAGMA wal_checkpoint(TRUNCATE)');
                await firstline.launch();
                assert.equal(await total(firstline), 1);
                await firstline.end();
        });

        test('no database: it refuses to start', async () => {
                const firstline = new Firstline(options);
                fs.writeFileSync(firstline.database, 'Dear diary, '.repeat(1000));
                await refuses(firstline, /not a database|no database/i);
        });

        test('of another program: it refuses to start', async () => {
                const firstline = new Firstline(options);
                sql(firstline.database, 'CREATE TABLE recipes(name TEXT)', "INSERT INTO recipes VALUES('soup')");
                await refuses(firstline, /other|another|not .*Firstline/i);
        });

        test('an address that is none: it refuses to start, naming the setting', async () => {
                for (const url of ['postgres://localhost/x', 'firstline.db', 'sqlite:']) {
                        const firstline = new Firstline({ ...options, DATABASE_URL: url });
                        const { status, log } = await firstline.launchInVain();
                        assert.notEqual(status, 0);
                        assert.match(log, /DATABASE_URL|sqlite:/);
                }
        });
});

test('only its owner can read it', () => act(options, async (firstline) => {
        await firstline.webhook(event(1));
        for (const name of fs.readdirSync(firstline.folder).filter((n) => n.startsWith('firstline.db')))
                assert.equal(fs.statSync(path.join(firstline.folder, name)).mode & 0o777, 0o600, name);
}));
