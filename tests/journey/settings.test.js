// Settings: where they come from, which one counts, what is masked, and that a wrong one stops the start and is named.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';

import { command, Firstline, folderWith, freePort, root, until } from './firstline.js';

const show = (options = {}) => {
        const { args = [], ...rest } = options;
        const run = command(['settings', '--json', ...args], { defaultSettings: false, ...rest });
        assert.equal(run.status, 0, run.stderr);
        return JSON.parse(run.stdout);
};

describe('a setting', () => {
        test('has a default', () => {
                const all = show();
                assert.deepEqual(all.PORT, { value: 8080, source: 'default' });
                assert.equal(all.HOST.value, '127.0.0.1');
                assert.equal(all.MODE.value, 'auto');
                assert.equal(all.DATABASE_URL.value, 'sqlite:firstline.db');
                for (const name of ['FRESHDESK_DOMAIN', 'FRESHDESK_API_KEY', 'WEBHOOK_SECRET', 'WEBHOOK_URL', 'LOG_LEVEL', 'ADMIN_TOKEN', 'KNOWLEDGE_DIR', 'EMBEDDING_MODEL', 'FRESHDESK_URL', 'WORKERS'])
                        assert.ok(name in all, name);
        });

        test('comes from .env, before that from the environment, before that from the command line', () => {
                const folder = folderWith({ '.env': 'PORT=1001\nMODE=draft\nTEAM_NAME="The Team"\n# a remark\nWORKERS=2\n' });
                const all = show({ folder, settings: { MODE: 'shadow', WORKERS: 3 }, args: ['--workers', '5'] });
                assert.deepEqual(all.PORT, { value: 1001, source: '.env' });
                assert.deepEqual(all.MODE, { value: 'shadow', source: 'environment' });
                assert.deepEqual(all.WORKERS, { value: 5, source: 'command line' });
                assert.equal(all.TEAM_NAME.value, 'The Team');
        });

        test('that is secret is never printed', () => {
                const secrets = { FRESHDESK_API_KEY: 'fd-key-123456', WEBHOOK_SECRET: 'hook-secret-123', ADMIN_TOKEN: 'token-0123456789abcdef' };
                for (const args of [['settings'], ['settings', '--json']]) {
                        const { stdout, stderr, status } = command(args, { defaultSettings: false, settings: secrets });
                        assert.equal(status, 0);
                        for (const secret of Object.values(secrets))
                                assert.ok(!(stdout + stderr).includes(secret));
                        assert.ok(stdout.includes('********'));
                }
        });

        test('that others may have in their environment is no business of ours', () => {
                const { status } = command(['settings'], { defaultSettings: false, settings: { UNKNOWN_THING: '1' } });
                assert.equal(status, 0);
        });
});

describe('what is wrong stops the start and is named', () => {
        const wrong = {
                'a number that is none': [{ settings: { PORT: 'eighty' } }, /PORT/],
                'a number with more behind it': [{ settings: { PORT: '80x' } }, /PORT/],
                'a number that is too large': [{ settings: { PORT: '65536' } }, /PORT/],
                'a number below its least': [{ settings: { BODY_MAX: '0' } }, /BODY_MAX/],
                'a share that is no share': [{ settings: { MIN_CONFIDENCE: '1.5' } }, /MIN_CONFIDENCE/],
                'a word that is no choice': [{ settings: { MODE: 'automatic' } }, /MODE.*auto/s],
                'a yes that is none': [{ settings: { ACKNOWLEDGE: 'perhaps' } }, /ACKNOWLEDGE/],
                'a level that is none': [{ settings: { LOG_LEVEL: 'verbose' } }, /LOG_LEVEL/],
                'an unknown name in .env': [{ folder: () => folderWith({ '.env': 'PORT=0\nFRESHDESK_APIKEY=x\n' }) }, /FRESHDESK_APIKEY/],
                'a line in .env that is none': [{ folder: () => folderWith({ '.env': 'PORT=0\nthis is no setting\n' }) }, /\.env.*2|line 2/],
                'a malformed one in .env': [{ folder: () => folderWith({ '.env': 'WORKERS=many\n' }) }, /WORKERS/],
                'an unknown option': [{ args: ['--colour', 'red'] }, /--colour/],
                'an option without its value': [{ args: ['--port'] }, /--port/],
                'a malformed option': [{ args: ['--port', 'x'] }, /PORT|--port/],
                'a host that others can reach, without a token': [{ settings: { HOST: '0.0.0.0' } }, /ADMIN_TOKEN/],
                'a token that is too short': [{ settings: { ADMIN_TOKEN: 'short' } }, /ADMIN_TOKEN/],
                'a key without an address': [{ settings: { FRESHDESK_API_KEY: 'abcdefgh' } }, /FRESHDESK_DOMAIN/],
                'a domain that is none': [{ settings: { FRESHDESK_API_KEY: 'abcdefgh', FRESHDESK_DOMAIN: 'evil.example/x' } }, /FRESHDESK_DOMAIN/],
                'an address with credentials': [{ settings: { FRESHDESK_API_KEY: 'abcdefgh', FRESHDESK_URL: 'http://me:pass1234@127.0.0.1:1' } }, /FRESHDESK_URL/],
                'an address of another kind': [{ settings: { FRESHDESK_API_KEY: 'abcdefgh', FRESHDESK_URL: 'ftp://127.0.0.1' } }, /FRESHDESK_URL/],
                'a folder of configuration that is missing': [{ settings: { CONFIG_DIR: '/nonexistent' } }, /nonexistent/],
        };
        for (const [what, [{ settings, folder, args = [] }, words]] of Object.entries(wrong))
                test(what, async () => {
                        const firstline = new Firstline({ ...(folder ? { folder: folder() } : {}), args, EMBEDDING_MODEL: '', PORT: null, LOG_LEVEL: null, WORKERS: null, ...settings });
                        const { status, signal, log } = await firstline.launchInVain();
                        assert.equal(signal, null, log);
                        assert.ok(status === 1 || status === 2, `${status}\n${log}`);
                        assert.match(log, words);
                        assert.ok(!log.includes('pass1234'));
                        assert.ok(!log.includes('abcdefgh'));
                        assert.ok(log.trim().split('\n').length <= 4, `few words\n${log}`);
                });

        for (const [name, content, words] of [['categories.tsv', 'with space\tx\n', /categories\.tsv/], ['keywords.tsv', 'tier_9\tbilling\t1\tx\n', /keywords\.tsv/], ['examples.tsv', 'tier_1\n', /examples\.tsv/], ['templates/answer.html', '{{nobody_knows_this}}', /answer\.html/]])
                test(`a malformed ${name}`, async () => {
                        const folder = folderWith({});
                        fs.cpSync(path.join(root, 'config'), folder, { recursive: true });
                        fs.writeFileSync(path.join(folder, name), content);
                        const { status, log } = await new Firstline({ CONFIG_DIR: folder, EMBEDDING_MODEL: '' }).launchInVain();
                        assert.equal(status, 1, log);
                        assert.match(log, words);
                        assert.match(log, /:1\b|line 1/, 'and the line');
                });
});

test('.env.example is what the table says', () => {
        const { stdout, status } = command(['settings', '--example'], { defaultSettings: false });
        assert.equal(status, 0);
        assert.equal(stdout, fs.readFileSync(path.join(root, '.env.example'), 'utf8'));
        const all = show({ folder: folderWith({ '.env': stdout }) });
        assert.ok(Object.keys(all).length > 20, 'and can be read as it is');
});

describe('the log', () => {
        const lines = (firstline) => firstline.log.trim().split('\n').filter(Boolean);

        test('as JSON is one object a line, with time and level', async () => {
                const firstline = await Firstline.start({ LOG_FORMAT: 'json', LOG_LEVEL: 'DEBUG', EMBEDDING_MODEL: '', freshdesk: false });
                await firstline.post('/process-ticket', { subject: 'a\nb\u001b[31m', description: '"quoted"\r\n{"level":"error"}' });
                await firstline.end();
                for (const line of lines(firstline)) {
                        const row = JSON.parse(line);
                        assert.ok(row.level, line);
                        assert.ok(Object.values(row).some((v) => /^\d{4}-\d\d-\d\dT/.test(v)), line);
                }
        });

        test('of level ERROR is silent while all is well', async () => {
                const port = await freePort();
                const firstline = new Firstline({ LOG_LEVEL: 'ERROR', EMBEDDING_MODEL: '', PORT: port });
                firstline.spawnIt();
                await until(async () => (await fetch(`http://127.0.0.1:${port}/health/live`)).ok);
                await firstline.end();
                assert.equal(firstline.log, '');
        });
});
