// Secrets are nowhere but where they were put, the files are their owner's alone, and the process can do no more than it needs to.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';

import { binary, command, folderWith, newFolder, sanitized, sign } from './firstline.js';
import { act } from './scene.js';

const SECRETS = {
        ADMIN_TOKEN: 'token-for-writing-7f3a', ADMIN_TOKEN_READ: 'token-for-reading-91bc', WEBHOOK_SECRET: 'webhook-secret-0d4e',
        WEBHOOK_SECRET_OLD: 'webhook-secret-before-5c6d', FRESHDESK_API_KEY: 'freshdesk-key-2ab8',
};
const values = Object.values(SECRETS);
const option = (name) => `--${name.toLowerCase().replaceAll('_', '-')}`;

function absent(where, text, but = []) {
        for (const secret of values)
                if (!but.includes(secret))
                        assert.ok(!text.includes(secret), `${secret} is in ${where}`);
}

// Everything that a person or another program on the machine may come to see.
async function look(firstline) {
        const proc = `/proc/${firstline.child.pid}`;
        absent('the process list', fs.readFileSync(`${proc}/cmdline`, 'latin1'));
        absent('the name of the process', fs.readFileSync(`${proc}/comm`, 'latin1'));
        absent('the log', firstline.log);
        for (const name of fs.readdirSync(firstline.folder))
                absent(name, fs.readFileSync(path.join(firstline.folder, name), 'latin1'));
        for (const where of ['/health', '/stats', '/tickets', '/tickets/12', '/metrics', '/knowledge', '/openapi.json', '/', '/nowhere'])
                absent(where, (await firstline.get(where, { token: SECRETS.ADMIN_TOKEN })).text);
}

// What may go wrong with a secret in it.
async function provoke(firstline) {
        const text = JSON.stringify({ id: 12, subject: 'S', description: 'D' });
        assert.equal((await firstline.webhook(text, { headers: { 'x-webhook-secret': SECRETS.WEBHOOK_SECRET } })).status, 202);
        assert.equal((await firstline.webhook(text, { headers: { 'x-webhook-signature': sign(text, SECRETS.WEBHOOK_SECRET_OLD) } })).status, 200);
        for (const secret of values) {
                await firstline.get(`/tickets?q=${secret}`, { token: secret });
                await firstline.get(`/${secret}`);
                await firstline.post('/webhook', `{"${secret}`, { headers: { authorization: `Basic ${Buffer.from(`x:${secret}`).toString('base64')}` } });
                await firstline.get('/stats', { headers: { authorization: `Basic ${secret}` } });
        }
}

describe('a secret', () => {
        for (const [what, options] of [
                ['in the environment', SECRETS],
                ['on the command line', { args: Object.entries(SECRETS).flatMap(([name, value], i) => (i % 2 ? [`${option(name)}=${value}`] : [option(name), value])) }],
                ['in files', Object.fromEntries(Object.entries(SECRETS).flatMap(([name, value]) => [[name, null], [`${name}_FILE`, path.join(folderWith({ [name]: `${value}\n` }), name)]]))],
                ['handed over by systemd', { ...Object.fromEntries(Object.keys(SECRETS).map((name) => [name, null])), CREDENTIALS_DIRECTORY: folderWith(SECRETS) }],
        ])
                test(`${what} counts, and is seen nowhere`, async () => {
                        await act({ EMBEDDING_MODEL: '', WORKERS: 1, ...options, ...(what === 'on the command line' ? { WEBHOOK_SECRET: null } : {}) }, async (firstline, standin) => {
                                standin.faults?.({});
                                assert.equal((await firstline.get('/stats')).status, 401);
                                assert.equal((await firstline.get('/stats', { token: SECRETS.ADMIN_TOKEN_READ })).status, 200);
                                await provoke(firstline);
                                await look(firstline);
                        });
                });

        test('that is malformed is not shown either', () => {
                for (const args of [['--admin-token=short-3fd1'], ['--admin-token', 'short-3fd1'], ['--admin-tokens=short-3fd1'], ['--freshdesk-api-key', 'short-3fd1\u0001']]) {
                        const { status, stdout, stderr } = command(['serve', ...args]);
                        assert.notEqual(status, 0, args.join(' '));
                        assert.ok(!`${stdout}${stderr}`.includes('short-3fd1'), stderr);
                }
        });

        test('is masked by the commands that show the settings', () => {
                for (const args of [['settings'], ['settings', '--json'], ['doctor'], ['doctor', '--json']]) {
                        const { stdout, stderr } = command(args, { settings: { ...SECRETS, FRESHDESK_URL: 'http://127.0.0.1:1', EMBEDDING_MODEL: '' } });
                        absent(args.join(' '), stdout + stderr);
                }
        });
});

describe('the process', () => {
        const status = (firstline) => fs.readFileSync(`/proc/${firstline.child.pid}/status`, 'utf8');

        test('keeps its files and its memory to itself', async () => {
                await act({ freshdesk: false, EMBEDDING_MODEL: '', ADMIN_TOKEN: SECRETS.ADMIN_TOKEN }, async (firstline) => {
                        assert.match(status(firstline), /^Umask:\s*0077$/m);
                        assert.match(status(firstline), /^NoNewPrivs:\s*1$/m);
                        assert.match(fs.readFileSync(`/proc/${firstline.child.pid}/limits`, 'utf8'), /^Max core file size\s+0\s+0/m);
                        for (const name of fs.readdirSync(firstline.folder))
                                assert.equal(fs.statSync(path.join(firstline.folder, name)).mode & 0o777, 0o600, name);
                });
        });

        const root = process.getuid() === 0;
        test('becomes the user of RUN_AS, and its memory is closed to others of that user', { skip: !root && 'only root can become another' }, async () => {
                const folder = newFolder();
                fs.chownSync(folder, 4711, 4712);
                await act({ freshdesk: false, EMBEDDING_MODEL: '', fresh: true, folder, RUN_AS: '4711:4712', KNOWLEDGE_DIR: folderWith({}), ADMIN_TOKEN: SECRETS.ADMIN_TOKEN }, async (firstline) => {
                        assert.match(status(firstline), /^Uid:\s*4711\s+4711\s+4711\s+4711$/m);
                        assert.match(status(firstline), /^Gid:\s*4712\s+4712\s+4712\s+4712$/m);
                        assert.match(status(firstline), /^Groups:\s*$/m);
                        assert.match(status(firstline), /^CapEff:\s*0+$/m);
                        assert.equal(fs.statSync(firstline.database).uid, 4711);
                        assert.doesNotMatch(firstline.log, /running as root/);
                        if (!sanitized) {
                                const peek = spawnSync('cat', [`/proc/${firstline.child.pid}/environ`], { uid: 4711, gid: 4712, encoding: 'latin1' });
                                assert.notEqual(peek.status, 0);
                                assert.equal(peek.stdout, '');
                        }
                });
        });

        test('says when it is root and nobody asked for another', { skip: !root && 'not root' }, async () => {
                await act({ freshdesk: false, EMBEDDING_MODEL: '' }, async (firstline) => assert.match(firstline.log, /running as root.*RUN_AS/));
        });

        test('is not made root by anybody', { skip: !root && 'only root can become another' }, () => {
                const run = spawnSync(binary, ['settings', '--run-as', 'root'], { uid: 4711, gid: 4711, encoding: 'utf8', cwd: '/' });
                assert.equal(run.status, 1);
                assert.match(run.stderr, /only root can become/);
        });

        test('works in its sandbox: model, knowledge read again, database', async () => {
                const knowledge = folderWith({ 'refunds.txt': 'Refunds\n\nA refund takes five days to arrive.\n' });
                await act({ freshdesk: false, KNOWLEDGE_DIR: knowledge, KNOWLEDGE_RELOAD: 0 }, async (firstline) => {
                        if (/no Landlock/.test(firstline.log))
                                return;
                        assert.match(firstline.log, /sandbox: only \S+ can be written, and no program started/);
                        assert.equal((await firstline.post('/process-ticket', { subject: 'Refund', description: 'How long does a refund take?' })).status, 200);
                        fs.writeFileSync(path.join(knowledge, 'new.txt'), 'Invoices\n\nInvoices are sent on the first of the month.\n');
                        assert.equal((await firstline.post('/knowledge/reload')).status, 200);
                        assert.equal((await firstline.get('/knowledge')).json.state?.documents ?? (await firstline.get('/knowledge')).json.documents, 2);
                });
        });

        test('runs without the sandbox where it is turned off', async () => {
                await act({ freshdesk: false, EMBEDDING_MODEL: '', SANDBOX: 'off' }, async (firstline) => assert.doesNotMatch(firstline.log, /sandbox/));
        });
});
