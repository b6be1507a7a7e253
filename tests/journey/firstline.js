// The real program, started for a test: a folder of its own, settings by environment, a free port; its log is kept, and its end is awaited.
//
//      const firstline = await Firstline.start({ standin, MODE: 'draft' });
//      await firstline.webhook({ ticket: { id: 12 } });
//      const ticket = await firstline.ticket(12, (t) => t.state === 'delivered');
//      await firstline.end();
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import crypto from 'node:crypto';
import { EventEmitter } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { checkAnswer } from './contract.js';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
export const buildFolder = path.resolve(root, process.env.BUILD_DIR ?? 'build');
export const binary = path.join(buildFolder, 'firstline');
export const modelFolder = path.join(root, 'models/all-MiniLM-L6-v2');
export const dataFolder = path.resolve(root, '../shared/data');
export const SECRET = 'a-secret-for-the-journey';

const READY_MS = 60_000; // with sanitizers, a new database and a cold cache
const WAIT_MS = 30_000; // until something that was set in motion must have come about
const LOG_SHOWN = 40; // lines, when a test has failed
const LOOK_AGAIN_MS = 25;

export const noModel = !fs.existsSync(path.join(modelFolder, 'tokenizer.json')) && 'models/all-MiniLM-L6-v2 is not there';
// Built with sanitizers: slower, and with its own ideas about address space.
export const sanitized = fs.existsSync(path.join(buildFolder, 'meson-info/intro-buildoptions.json')) &&
        /"name": "b_sanitize"[^}]*"value": (?!"none"|\[\])/.test(fs.readFileSync(path.join(buildFolder, 'meson-info/intro-buildoptions.json'), 'utf8'));

const folders = new Set();
const running = new Set();
process.on('exit', () => {
        for (const child of running)
                child.kill('SIGKILL');
        for (const folder of folders)
                fs.rmSync(folder, { recursive: true, force: true });
});

export function newFolder(prefix = 'firstline-') {
        const folder = fs.mkdtempSync(path.join(os.tmpdir(), prefix));
        folders.add(folder);
        return folder;
}

// A folder with these files: { 'name.txt': 'text' }.
export function folderWith(files) {
        const folder = newFolder('firstline-files-');
        for (const [name, content] of Object.entries(files)) {
                fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
                fs.writeFileSync(path.join(folder, name), content);
        }
        return folder;
}

// Asks until the condition gives something true; returns that. Bounded, and the error says what was seen last.
export async function until(condition, { what = 'the condition', timeout_ms = WAIT_MS } = {}) {
        const deadline = Date.now() + timeout_ms;
        let last;
        for (;;) {
                try {
                        last = await condition();
                        if (last)
                                return last;
                } catch (error) {
                        last = error;
                }
                if (Date.now() > deadline)
                        throw new Error(`${what} did not come about within ${timeout_ms / 1000} s; last: ${last instanceof Error ? last.stack : JSON.stringify(last)}`);
                await new Promise((done) => setTimeout(done, LOOK_AGAIN_MS));
        }
}

// Nothing of the tester's own environment but what a program needs, so that no FRESHDESK_... of a real account is ever used.
function environment(settings) {
        const env = { PATH: process.env.PATH, HOME: process.env.HOME ?? '/', LANG: 'C.UTF-8' };
        for (const name of ['ASAN_OPTIONS', 'UBSAN_OPTIONS', 'LSAN_OPTIONS', 'LD_LIBRARY_PATH'])
                if (process.env[name])
                        env[name] = process.env[name];
        for (const [name, value] of Object.entries(settings))
                if (value !== undefined && value !== null && value !== '')
                        env[name] = String(value);
        return env;
}

// An empty variable of the environment counts as not set, so that a setting can be emptied only on the command line.
const emptied = (settings) => Object.keys(settings).filter((name) => settings[name] === '').map((name) => `--${name.toLowerCase().replaceAll('_', '-')}=`);

function defaults(folder, standin) {
        return {
                HOST: '127.0.0.1', PORT: 0, LOG_LEVEL: 'DEBUG', LOG_FORMAT: 'human', WEBHOOK_SECRET: SECRET,
                DATABASE_URL: `sqlite:${path.join(folder, 'firstline.db')}`,
                KNOWLEDGE_DIR: path.join(root, 'knowledge'), CONFIG_DIR: path.join(root, 'config'),
                EMBEDDING_MODEL: noModel ? '' : modelFolder,
                ...(standin ? { FRESHDESK_URL: standin.url, FRESHDESK_API_KEY: standin.key, FRESHDESK_TIMEOUT: 5 } : {}),
        };
}

// A new database must embed some 1,500 example lines, which takes seconds. Once made, it is kept beside the program under a name that
// tells what it was made from, and each test starts from a copy. Only vectors are in it: no ticket, no event.
async function seed() {
        const hash = crypto.createHash('sha256');
        for (const folder of [path.join(root, 'config'), path.join(root, 'knowledge')])
                for (const name of fs.readdirSync(folder, { recursive: true }).sort())
                        if (fs.statSync(path.join(folder, name)).isFile())
                                hash.update(name).update(fs.readFileSync(path.join(folder, name)));
        const { mtimeMs, size } = fs.statSync(binary);
        hash.update(`${mtimeMs} ${size} ${modelFolder}`);
        const file = path.join(buildFolder, `journey-${hash.digest('hex').slice(0, 16)}.db`);
        if (!fs.existsSync(file)) {
                for (const name of fs.readdirSync(buildFolder).filter((n) => /^journey-[0-9a-f]{16}\.db$/.test(n)))
                        fs.rmSync(path.join(buildFolder, name), { force: true });
                const first = await Firstline.start({ fresh: true, WORKERS: 0 });
                await first.end();
                fs.copyFileSync(first.database, `${file}.${process.pid}`);
                fs.renameSync(`${file}.${process.pid}`, file);
        }
        return file;
}
let seeded = null;

// A folder with a database that has the vectors, for commands.
export async function seededFolder() {
        const folder = newFolder();
        seeded ??= seed();
        fs.copyFileSync(await seeded, path.join(folder, 'firstline.db'));
        return folder;
}

// One command to its end: { status, signal, stdout, stderr }.
export function command(args, { settings = {}, standin, folder = newFolder(), input, defaultSettings = true, timeout_ms = READY_MS } = {}) {
        const all = { ...(defaultSettings ? defaults(folder, standin) : {}), ...settings };
        const run = spawnSync(binary, [...args, ...emptied(all)], { cwd: folder, env: environment(all), input: input ?? '', encoding: 'utf8', timeout: timeout_ms, maxBuffer: 1 << 28 });
        if (run.error)
                throw run.error;
        return { status: run.status, signal: run.signal, stdout: run.stdout, stderr: run.stderr, folder };
}

// A port that is free now, for a server that cannot say which one it took.
export function freePort() {
        const server = net.createServer();
        return new Promise((done) => server.listen(0, '127.0.0.1', () => {
                const { port } = server.address();
                server.close(() => done(port));
        }));
}

// The same without blocking this process, for when the stand-in must answer it.
export function commandAsync(args, { settings = {}, standin, folder = newFolder(), timeout_ms = READY_MS } = {}) {
        const all = { ...defaults(folder, standin), ...settings };
        const child = spawn(binary, [...args, ...emptied(all)], { cwd: folder, env: environment(all), stdio: ['ignore', 'pipe', 'pipe'] });
        running.add(child);
        const timer = setTimeout(() => child.kill('SIGKILL'), timeout_ms);
        let stdout = '', stderr = '';
        child.stdout.setEncoding('utf8').on('data', (text) => (stdout += text));
        child.stderr.setEncoding('utf8').on('data', (text) => (stderr += text));
        return new Promise((done, fail) => {
                child.on('error', fail);
                child.on('close', (status, signal) => {
                        clearTimeout(timer);
                        running.delete(child);
                        done({ status, signal, stdout, stderr, folder });
                });
        });
}

// Another program at a database: runs the statements, gives the rows. With hold it keeps its locks until release().
const databaseTool = [buildFolder, path.join(root, 'build-san')].map((folder) => path.join(folder, 'tests/unit/database')).find((file) => fs.existsSync(file));
export const noDatabaseTool = !databaseTool && 'tests/unit/database is not built';

export function sql(file, ...statements) {
        const run = spawnSync(databaseTool, [file, ...statements], { encoding: 'utf8' });
        assert.equal(run.status, 0, run.stderr);
        return run.stdout;
}

export async function holdDatabase(file, ...statements) {
        const child = spawn(databaseTool, [file, ...statements, '-'], { stdio: ['pipe', 'pipe', 'inherit'] });
        running.add(child);
        const closed = new Promise((done) => child.on('close', done));
        await new Promise((done, fail) => {
                child.stdout.setEncoding('utf8').on('data', (text) => /held/.test(text) && done());
                child.on('close', () => fail(new Error('the database could not be held')));
        });
        return async function release() {
                child.stdin.end();
                await closed;
                running.delete(child);
        };
}

export const sign = (body, secret = SECRET) => crypto.createHmac('sha256', secret).update(body).digest('hex');

export class Firstline {
        // Options in capitals are settings; the others: standin, folder, wrap (a shell line around "$@"), args, uid, fresh (a database
        // without vectors).
        constructor(options = {}) {
                this.settings = {};
                this.standin = options.standin ?? null;
                this.folder = options.folder ?? newFolder();
                this.wrap = options.wrap ?? null;
                this.args = options.args ?? [];
                this.uid = options.uid;
                this.fresh = options.fresh ?? (noModel || ['EMBEDDING_MODEL', 'CONFIG_DIR', 'DATABASE_URL'].some((name) => name in options));
                for (const [name, value] of Object.entries(options))
                        if (/^[A-Z_]+$/.test(name))
                                this.settings[name] = value;
                this.log = '';
                this.events = new EventEmitter().setMaxListeners(0);
        }

        static async start(options) {
                const firstline = new Firstline(options);
                await firstline.launch();
                return firstline;
        }

        get database() {
                return path.join(this.folder, 'firstline.db');
        }

        // Starts and waits for the line that says where it listens.
        async launch() {
                if (!this.fresh && !fs.existsSync(this.database)) {
                        seeded ??= seed();
                        fs.copyFileSync(await seeded, this.database);
                        fs.chmodSync(this.database, 0o600);
                }
                this.spawnIt();
                await this.logged(/ready on (http:\/\/\S+)/, READY_MS);
                this.url = /ready on (http:\/\/\S+)/.exec(this.log.slice(this.logFrom))[1].replace(/[^\d/]+$/, '').replace(/\/$/, '');
                return this;
        }

        // Starts and waits for the end: for what must not start.
        async launchInVain(timeout_ms = READY_MS) {
                this.spawnIt();
                const timer = setTimeout(() => this.child.kill('SIGKILL'), timeout_ms);
                const end = await this.ended;
                clearTimeout(timer);
                return { ...end, log: this.log.slice(this.logFrom) };
        }

        spawnIt() {
                const all = { ...defaults(this.folder, this.standin), ...this.settings };
                const env = environment(all);
                const argv = [binary, 'serve', ...emptied(all), ...this.args];
                const [file, ...args] = this.wrap ? ['/bin/sh', '-c', this.wrap, 'sh', ...argv] : argv;
                this.logFrom = this.log.length;
                this.exit = null;
                this.child = spawn(file, args, { cwd: this.folder, env, stdio: ['ignore', 'pipe', 'pipe'], ...(this.uid === undefined ? {} : { uid: this.uid, gid: this.uid }) });
                running.add(this.child);
                for (const stream of [this.child.stdout, this.child.stderr])
                        stream.setEncoding('utf8').on('data', (text) => {
                                this.log += text;
                                this.events.emit('change');
                        });
                const child = this.child;
                this.ended = new Promise((done) => child.on('close', (status, signal) => {
                        running.delete(child);
                        this.exit = { status, signal };
                        this.events.emit('change');
                        done(this.exit);
                }));
                child.on('error', (error) => {
                        this.log += `${error}\n`;
                        this.events.emit('change');
                });
        }

        // Waits for a line in the log of this start. Fails as soon as the process has ended.
        async logged(pattern, timeout_ms = WAIT_MS) {
                const deadline = Date.now() + timeout_ms;
                while (!pattern.test(this.log.slice(this.logFrom))) {
                        const left = deadline - Date.now();
                        if (this.exit || left <= 0)
                                throw new Error(`no line like ${pattern} ${this.exit ? `before its end ${JSON.stringify(this.exit)}` : 'in time'}\n${this.tail()}`);
                        await new Promise((wake) => {
                                const timer = setTimeout(wake, Math.min(left, 1000));
                                this.events.once('change', () => (clearTimeout(timer), wake()));
                        });
                }
        }

        tail(lines = LOG_SHOWN) {
                return this.log.trimEnd().split('\n').slice(-lines).join('\n');
        }

        // Ends as an administrator would: it must end by itself, well, and without a word from the sanitizers.
        async end() {
                if (!this.child || this.exit)
                        return this.exit;
                this.child.kill('SIGTERM');
                const timer = setTimeout(() => this.child.kill('SIGKILL'), WAIT_MS);
                const exit = await this.ended;
                clearTimeout(timer);
                assert.deepEqual(exit, { status: 0, signal: null }, `it did not end well\n${this.tail()}`);
                assert.doesNotMatch(this.log, /ERROR: (Address|Leak|Undefined)|runtime error:/);
                return exit;
        }

        // As power loss would.
        async kill() {
                this.child.kill('SIGKILL');
                return this.ended;
        }

        async restart() {
                if (!this.exit)
                        await this.end();
                return this.launch();
        }

        // ---- requests

        async request(method, where, { body, headers = {}, token } = {}) {
                const json = body !== undefined && typeof body !== 'string' && !Buffer.isBuffer(body);
                const response = await fetch(this.url + where, {
                        method, redirect: 'manual',
                        body: json ? JSON.stringify(body) : body,
                        headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...(token ? { authorization: `Bearer ${token}` } : {}), ...headers },
                });
                const text = await response.text();
                let parsed;
                try {
                        parsed = JSON.parse(text);
                } catch {
                        parsed = undefined;
                }
                const answer = { status: response.status, headers: response.headers, text, json: parsed };
                checkAnswer(method, where, answer);
                return answer;
        }
        get(where, options) {
                return this.request('GET', where, options);
        }
        post(where, body, options) {
                return this.request('POST', where, { body, ...options });
        }

        // Signed as a sender that can sign would, unless told otherwise.
        webhook(body, { headers, secret = SECRET } = {}) {
                const text = typeof body === 'string' ? body : JSON.stringify(body);
                return this.request('POST', '/webhook', { body: text, headers: headers ?? { 'x-webhook-signature': sign(text, secret) } });
        }
        // As an automation rule of Freshdesk's with the simple layout would.
        freshdeskWebhook(id, fields = {}) {
                return this.webhook({ freshdesk_webhook: { ticket_id: String(id), triggered_event: '{ticket_action:created}', ...fields } },
                        { headers: { 'x-webhook-secret': SECRET } });
        }

        // The ticket once the condition holds of it.
        ticket(id, condition = () => true, options) {
                return until(async () => {
                        const { status, json } = await this.get(`/tickets/${id}`);
                        if (status !== 200)
                                throw new Error(`GET /tickets/${id}: ${status} ${JSON.stringify(json)}`);
                        if (condition(json))
                                return json;
                        throw new Error(`ticket ${id}: ${JSON.stringify({ ...json, audit: json.audit?.map((row) => row.step) })}`);
                }, { what: `ticket ${id}`, ...options });
        }
        settled(id, options) {
                return this.ticket(id, (t) => ['delivered', 'recorded', 'failed', 'dropped'].includes(t.state), options);
        }

        async health(condition, options) {
                if (!condition)
                        return (await this.get('/health')).json;
                return until(async () => {
                        const { json } = await this.get('/health');
                        if (condition(json))
                                return json;
                        throw new Error(`health: ${JSON.stringify(json)}`);
                }, { what: 'health', ...options });
        }

        // { 'name{label="value"}': number }
        async metrics() {
                const { status, text } = await this.get('/metrics');
                assert.equal(status, 200);
                const found = {};
                for (const line of text.split('\n')) {
                        const match = /^([a-zA-Z_:][\w:]*(?:\{[^}]*\})?) (\S+)$/.exec(line);
                        if (match)
                                found[match[1]] = Number(match[2]);
                }
                return found;
        }
}

export const examples = {
        password: { subject: 'Password reset not working', description: "I clicked the reset link but it doesn't work" },
        billing: { subject: 'Billing question', description: 'I was charged twice this month' },
        crash: { subject: 'System crash', description: 'The application keeps crashing with error code 500' },
};
