// A backup while the server works, and putting it back: what is refused leaves everything as it was.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';

import { binary, command, commandAsync, examples, Firstline, folderWith, newFolder, noDatabaseTool, sql } from './firstline.js';
import { act } from './scene.js';

const options = { freshdesk: false, EMBEDDING_MODEL: '', WORKERS: 2 };
const event = (id) => ({ id, ...examples.crash, description: `${examples.crash.description} ${id}` });
const digest = (file) => crypto.createHash('sha256').update(fs.readFileSync(file)).digest('hex');
const mode = (file) => fs.statSync(file).mode & 0o777;
// Everything in a folder, by name: what must not have changed.
const picture = (folder) => Object.fromEntries(fs.readdirSync(folder).sort().map((name) => [name, fs.lstatSync(path.join(folder, name)).isFile() ? digest(path.join(folder, name)) : '-']));

function refuses(args, words, folder) {
        const before_ = picture(folder);
        const { status, stderr, signal } = command(args, { folder });
        assert.equal(signal, null);
        assert.equal(status, 1, stderr);
        assert.match(stderr, words);
        assert.deepEqual(picture(folder), before_, 'nothing was touched');
        return stderr;
}

describe('backup', () => {
        test('while tickets come in: one moment, whole, checked, for its owner only', () => act(options, async (firstline) => {
                let coming = true, accepted = 0;
                const flood = (async () => {
                        for (let id = 1; coming; id++)
                                accepted += (await firstline.webhook(event(id))).status === 202;
                })();
                const file = path.join(firstline.folder, 'backup.db');
                const found = [];
                for (let i = 0; i < 5; i++) {
                        const run = await commandAsync(['backup', '--json', '--force', file], { folder: firstline.folder });
                        assert.equal(run.status, 0, run.stderr);
                        found.push(JSON.parse(run.stdout));
                }
                coming = false;
                await flood;
                const last = found.at(-1);
                assert.ok(last.tickets > 0 && last.tickets <= accepted);
                assert.equal(last.tickets, last.events);
                assert.ok(last.audit_rows >= last.tickets);
                assert.equal(mode(file), 0o600);
                assert.equal(fs.statSync(file).size, last.bytes);
                assert.deepEqual(fs.readdirSync(firstline.folder).filter((n) => n.startsWith('backup')), ['backup.db'], 'and nothing beside it');
                if (!noDatabaseTool) {
                        assert.equal(sql(file, 'PRAGMA integrity_check').trim(), 'ok');
                        assert.equal(Number(sql(file, 'SELECT count(*) FROM ticket')), last.tickets);
                }
        }));

        test('a file that is there stays, unless told otherwise', () => act({ ...options, start: false }, async (firstline) => {
                await firstline.launch();
                await firstline.webhook(event(1));
                const folder = folderWith({ 'mine.db': 'mine' }), file = path.join(folder, 'mine.db');
                const run = (...args) => command(['backup', ...args], { folder: firstline.folder });
                assert.match(run(file).stderr, /there already/);
                assert.equal(fs.readFileSync(file, 'utf8'), 'mine');
                assert.equal(run('--force', file).status, 0);
                assert.deepEqual(fs.readdirSync(folder), ['mine.db']);
                assert.equal(mode(file), 0o600);
        }));

        test('never over the database, its log, a folder, a pipe; nor through a link', () => act(options, async (firstline) => {
                await firstline.webhook(event(1));
                await firstline.settled(1);
                const { folder, database } = firstline;
                const other = folderWith({ victim: 'precious' });
                fs.symlinkSync(database, path.join(other, 'to-database'));
                fs.linkSync(database, path.join(other, 'same'));
                fs.symlinkSync(path.join(other, 'victim'), path.join(other, 'link'));
                fs.symlinkSync(path.join(other, 'victim'), path.join(other, 'new.db.part'));
                spawnSync('mkfifo', [path.join(other, 'pipe')]);
                const before_ = digest(path.join(other, 'victim'));
                for (const [to, words] of [[database, /itself/], [`${database}-wal`, /itself/], [path.join(other, 'to-database'), /itself/], [path.join(other, 'same'), /itself/],
                        [path.join(other, 'pipe'), /not a regular file/], [path.join(other, 'new.db'), /part is there and is not/], [path.join(other, 'no/where.db'), /create its folder/]]) {
                        const run = command(['backup', '--force', to], { folder });
                        assert.equal(run.status, 1, `${to}: ${run.stderr}`);
                        assert.match(run.stderr, words);
                }
                assert.match(command(['backup', path.join(other, 'link')], { folder }).stderr, /not a regular file/);
                assert.equal(command(['backup', '--force', path.join(other, 'link')], { folder }).status, 0);
                assert.ok(fs.lstatSync(path.join(other, 'link')).isFile(), 'the link itself was replaced');
                assert.equal(digest(path.join(other, 'victim')), before_);
                assert.equal((await firstline.webhook(event(2))).status, 202);
        }));

        test('into a folder: named by the time, and only the newest are kept', () => {
                const data = newFolder(), folder = folderWith({ 'firstline-20200101T000000Z.db': 'old', 'firstline-20210101T000000Z.db': 'old', 'firstline-notes.db': 'mine' });
                assert.equal(command(['process', '--subject', 'x', '--description', 'y'], { folder: data, settings: { EMBEDDING_MODEL: '' } }).status, 0);
                const run = command(['backup', '--json', '--keep', '2', folder], { folder: data });
                assert.equal(run.status, 0, run.stderr);
                const { file } = JSON.parse(run.stdout);
                assert.match(path.basename(file), /^firstline-\d{8}T\d{6}Z\.db$/);
                assert.deepEqual(fs.readdirSync(folder).sort(), ['firstline-20210101T000000Z.db', path.basename(file), 'firstline-notes.db'].sort());
                assert.match(command(['backup', '--keep', '2', path.join(data, 'one.db')], { folder: data }).stderr, /goes with a folder/);
        });

        test('no database: it says so and makes none', () => {
                const folder = newFolder();
                refuses(['backup', path.join(folder, 'b.db')], /no such database/, folder);
        });

        test('no room: it says so, and leaves nothing', { skip: spawnSync('prlimit', ['--version']).status !== 0 && 'prlimit is not there' }, () => act(options, async (firstline) => {
                await firstline.webhook({ ...event(1), description: 'x'.repeat(400_000) });
                await firstline.settled(1);
                const folder = newFolder();
                const run = spawnSync('prlimit', ['--fsize=100000', binary, 'backup', path.join(folder, 'b.db')], { encoding: 'utf8', env: { PATH: process.env.PATH, DATABASE_URL: `sqlite:${firstline.database}` } });
                assert.equal(run.status, 1, run.stderr);
                assert.match(run.stderr, /full|no space|may not grow/);
                assert.deepEqual(fs.readdirSync(folder), []);
        }));
});

describe('restore', () => {
        let folder, file, database;

        before(async () => {
                await act(options, async (firstline) => {
                        for (let id = 1; id <= 3; id++)
                                await firstline.webhook(event(id));
                        for (let id = 1; id <= 3; id++)
                                await firstline.settled(id);
                        folder = firstline.folder;
                        database = firstline.database;
                        file = path.join(newFolder(), 'backup.db');
                        assert.equal(command(['backup', file], { folder }).status, 0);
                        await firstline.webhook(event(4));
                        await firstline.settled(4);
                });
        });
        after(() => fs.rmSync(folder, { recursive: true, force: true }));

        const copyOf = (change) => {
                const copy = path.join(newFolder(), 'copy.db');
                fs.copyFileSync(file, copy);
                change?.(copy);
                return copy;
        };
        const tickets = (where) => act({ ...options, folder: where, WORKERS: 0 }, async (firstline) => {
                tickets.found = (await firstline.get('/stats')).json.total_tickets;
        }).then(() => tickets.found);

        test('what is no backup is refused before anything is touched', { skip: noDatabaseTool }, () => {
                const cut = (copy, n) => fs.truncateSync(copy, n);
                const scribble = (copy) => {
                        const fd = fs.openSync(copy, 'r+');
                        const { size } = fs.statSync(copy);
                        fs.writeSync(fd, Buffer.alloc(8192, 0xa5), 0, 8192, Math.floor(size / 2 / 4096) * 4096);
                        fs.closeSync(fd);
                };
                for (const [what, words] of [
                        [path.join(folder, 'nothing.db'), /No such file/],
                        [folder, /not a file|directory/],
                        [copyOf((c) => fs.writeFileSync(c, '')), /empty/],
                        [copyOf((c) => fs.writeFileSync(c, 'Dear diary, '.repeat(1000))), /not a database/],
                        [copyOf((c) => cut(c, 50)), /not a database/],
                        [copyOf((c) => cut(c, fs.statSync(c).size - 4096)), /cut off/],
                        [copyOf((c) => cut(c, fs.statSync(c).size - 1)), /cut off/],
                        [copyOf(scribble), /damaged|malformed/],
                        [copyOf((c) => sql(c, 'PRAGMA user_version = 999')), /newer/],
                        [copyOf((c) => sql(c, 'PRAGMA application_id = 1')), /another program/],
                        [copyOf((c) => sql(c, 'DROP INDEX ticket_state')), /missing/],
                        [copyOf((c) => sql(c, 'CREATE TRIGGER t AFTER INSERT ON event BEGIN DELETE FROM audit; END')), /trigger/],
                        [copyOf((c) => fs.writeFileSync(`${c}-wal`, 'x'.repeat(5000))), /log beside it/],
                        [database, /itself/],
                ])
                        refuses(['restore', what], words, folder);
        });

        test('a link to the database is the database; a link in the place of its copy is not followed', () => {
                const other = folderWith({ victim: 'precious' });
                fs.symlinkSync(database, path.join(other, 'backup.db'));
                refuses(['restore', path.join(other, 'backup.db')], /itself/, folder);
                fs.symlinkSync(path.join(other, 'victim'), `${database}.restoring`);
                refuses(['restore', file], /restoring is there and is not/, folder);
                assert.equal(fs.readFileSync(path.join(other, 'victim'), 'utf8'), 'precious');
                fs.unlinkSync(`${database}.restoring`);
        });

        test('not while a server uses the database, idle as it may be', () => act({ ...options, folder, WORKERS: 0 }, async (firstline) => {
                const run = command(['restore', file], { folder });
                assert.equal(run.status, 1);
                assert.match(run.stderr, new RegExp(`process ${firstline.child.pid} uses`));
                assert.equal((await firstline.get('/stats')).json.total_tickets, 4);
                assert.equal((await firstline.webhook(event(1))).json.status, 'duplicate');
        }));

        test('not over the database of another program', { skip: noDatabaseTool }, () => {
                const other = newFolder();
                sql(path.join(other, 'firstline.db'), 'CREATE TABLE recipes(name TEXT)', "INSERT INTO recipes VALUES('soup')");
                refuses(['restore', file], /another program/, other);
        });

        test('it takes the place of the database; the old one is kept, and both are whole', async () => {
                const run = command(['restore', '--json', file], { folder });
                assert.equal(run.status, 0, run.stderr);
                const { aside, tickets: held } = JSON.parse(run.stdout);
                assert.equal(held, 3);
                assert.equal(path.dirname(aside), folder);
                assert.equal(mode(database), 0o600);
                assert.deepEqual(fs.readdirSync(folder).filter((n) => n.startsWith('firstline.db')).sort(), ['firstline.db', path.basename(aside)]);
                assert.equal(await tickets(folder), 3);
                const again = command(['restore', '--json', aside], { folder });
                assert.equal(again.status, 0, again.stderr);
                assert.equal(await tickets(folder), 4);
        });

        test('over a database that is damaged, with the log of one that was killed', async () => {
                const broken = newFolder(), there = path.join(broken, 'firstline.db');
                fs.writeFileSync(there, Buffer.alloc(20_000, 0x5a));
                fs.writeFileSync(`${there}-wal`, 'a log');
                const run = command(['restore', '--json', file], { folder: broken });
                assert.equal(run.status, 0, run.stderr);
                const { aside } = JSON.parse(run.stdout);
                assert.equal(fs.readFileSync(`${aside}-wal`, 'utf8'), 'a log');
                assert.ok(!fs.existsSync(`${there}-wal`));
                assert.equal(await tickets(broken), 3);
        });

        test('where there is none yet, and where the place is a link', async () => {
                const empty = newFolder();
                fs.writeFileSync(path.join(empty, 'firstline.db-wal'), 'of a database that is gone');
                const first = command(['restore', '--json', file], { folder: empty });
                assert.equal(first.status, 0, first.stderr);
                assert.equal(JSON.parse(first.stdout).aside, null);
                assert.equal(await tickets(empty), 3);
                const linked = newFolder();
                fs.symlinkSync(path.join(empty, 'firstline.db'), path.join(linked, 'firstline.db'));
                assert.equal(command(['restore', file], { folder: linked }).status, 0);
                assert.ok(fs.lstatSync(path.join(linked, 'firstline.db')).isSymbolicLink());
                assert.equal(fs.readdirSync(empty).filter((n) => n.includes('.before-')).length, 1);
        });
});

test('whom it was asked to forget after the backup stays forgotten', { skip: noDatabaseTool }, async () => {
        const folder = newFolder(), database = path.join(folder, 'firstline.db'), file = path.join(newFolder(), 'b.db');
        const run = (...args) => {
                const { status, stdout, stderr } = command(args, { folder });
                assert.equal(status, 0, stderr);
                return { ...JSON.parse(stdout), stderr };
        };
        const holds = (word) => fs.readdirSync(folder).filter((name) => !name.includes('.before-')).some((name) => fs.readFileSync(path.join(folder, name), 'latin1').toLowerCase().includes(word));
        const ticket = (id, email, words, name = 'Somebody') => ({ ticket: { id, subject: `${examples.crash.subject} ${words}s`, description: `${examples.crash.description} ${words}d`, requester: { id: 500 + id, name, email } } });
        await act({ ...options, folder }, async (firstline) => {
                for (const one of [ticket(1, 'Robin.Roe@example.com', 'xylographa'), ticket(2, 'kim@example.com', 'xylographb, as robin.roe@example.com told me,'), ticket(3, 'lee@example.com', 'xylographc'), ticket(4, 'sam@example.com', 'xylographe')])
                        assert.equal((await firstline.webhook(one)).status, 202);
                for (const id of [1, 2, 3, 4])
                        await firstline.ticket(id, (t) => t.state === 'recorded');
                assert.equal(command(['backup', file], { folder }).status, 0);
                await firstline.webhook(ticket(5, 'robin.roe@example.com', 'xylographf'));
                await firstline.ticket(5, (t) => t.state === 'recorded');
        });
        assert.equal(run('erase', '--json', '--requester', 'robin.roe@EXAMPLE.com').tickets, 2);
        run('erase', '--json', '--ticket', '3');
        const forgotten = ['xylographa', 'xylographc', 'robin.roe'];
        for (const word of forgotten)
                assert.ok(!holds(word), word);

        for (const time of ['the first time', 'and when it is restored once more']) {
                const done = run('restore', '--json', file);
                assert.equal(done.erasures_known, true);
                assert.equal(done.erasures, 2, time);
                assert.equal(done.erased_again, 2, time);
                assert.ok(done.mentions >= 1, time);
                assert.doesNotMatch(done.stderr, /firstline erase/);
                for (const word of forgotten)
                        assert.ok(!holds(word), `${word}, ${time}`);
                for (const word of ['xylographb', 'kim@example.com', 'xylographe'])
                        assert.ok(holds(word), `${word}, ${time}`);
                assert.deepEqual(fs.readdirSync(folder).filter((name) => /restoring|-wal|-shm/.test(name)), []);
                assert.equal(sql(database, "SELECT group_concat(json_extract(detail, '$.by')) FROM audit WHERE step = 'erased'").trim(), 'restore,restore');
                assert.equal(sql(database, 'SELECT count(*) FROM erasure').trim(), '2');
        }
        await act({ ...options, folder }, async (firstline) => {
                assert.ok((await firstline.ticket(1)).erased_at);
                assert.equal((await firstline.ticket(4)).requester, 'sam@example.com');
        });
        assert.equal(run('erase', '--json', '--requester', 'robin.roe@example.com').tickets, 0);

        // Where nothing can be known of it, that is said, with what to do.
        fs.writeFileSync(database, Buffer.alloc(20_000, 0x5a));
        const blind = run('restore', '--json', file);
        assert.equal(blind.erasures_known, false);
        assert.match(blind.stderr, /firstline erase --requester/);
        assert.ok(holds('xylographa'));
});

test('what was sent after the backup is not sent again by what is restored', { skip: noDatabaseTool }, () => act({ EMBEDDING_MODEL: '', WORKERS: 1 }, async (firstline, standin) => {
        standin.add({ id: 7, subject: examples.crash.subject, description: `<div>${examples.crash.description}</div>` });
        await firstline.freshdeskWebhook(7);
        await firstline.ticket(7, (t) => t.state === 'delivered');
        await firstline.end();
        // As if the backup had been made the moment after the decision.
        sql(firstline.database, "UPDATE job SET state = 'delivering', due_ms = 1", "UPDATE ticket SET state = 'delivering', delivered = 0",
                "UPDATE step SET state = 'waiting', attempts = 0, first_ms = NULL, done_ms = NULL, freshdesk_id = NULL");
        const file = path.join(newFolder(), 'b.db');
        assert.equal(command(['backup', file], { folder: firstline.folder }).status, 0);
        const run = command(['restore', '--json', file], { folder: firstline.folder });
        assert.equal(run.status, 0, run.stderr);
        assert.equal(JSON.parse(run.stdout).perhaps_sent, 2);
        await firstline.launch();
        const ticket = await firstline.ticket(7, (t) => t.state === 'delivered');
        assert.equal(ticket.audit.find((row) => row.step === 'sent' && row.detail.found_there)?.detail.step, 'note');
        assert.equal(standin.notes(7).length, 1);
}));
