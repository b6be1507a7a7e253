// The real program, started for a test: a folder of its own, settings by environment, a free port; its log is kept, and its end is awaited.
//
//      const firstline = await Firstline.start({ standin, MODE: 'draft' });
//      await firstline.webhook({ ticket: { id: 12 } });
//      const ticket = await firstline.ticket(12, (t) => t.state === 'delivered');
//      await firstline.end();
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import crypto from 'node:crypto';
import { EventEmitter } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';

import { checkAnswer } from './contract.js';
import { binary, buildFolder, defaults, emptied, environment, modelFolder, newFolder, noModel, READY_MS, root, running, SECRET, sign, until, WAIT_MS } from './ground.js';

export * from './database.js';
export * from './ground.js';

const LOG_SHOWN = 40; // lines, when a test has failed

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
                for (const name of fs.readdirSync(buildFolder).filter((n) => /^journey-[0-9a-f]{16}\.db$/.test(n) && n !== path.basename(file)))
                        fs.rmSync(path.join(buildFolder, name), { force: true });
                const first = await Firstline.start({ fresh: true, WORKERS: 0 });
                await first.end();
                fs.copyFileSync(first.database, `${file}.${process.pid}`);
                fs.renameSync(`${file}.${process.pid}`, file);
        }
        return file;
}
let seeded = null;

// For whoever starts several files of tests at once.
export async function prepare() {
        if (!noModel)
                await (seeded ??= seed());
}

// A folder with a database that has the vectors, for commands.
export async function seededFolder() {
        const folder = newFolder();
        seeded ??= seed();
        fs.copyFileSync(await seeded, path.join(folder, 'firstline.db'));
        return folder;
}

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
                await this.logged(/ready on (https?:\/\/\S+)/, READY_MS);
                this.learnAddress();
                return this;
        }

        // From the line that says where it listens.
        learnAddress() {
                this.url = /ready on (https?:\/\/\S+)/.exec(this.log.slice(this.logFrom))[1].replace(/[^\d/]+$/, '').replace(/\/$/, '');
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

        async request(method, where, { body, headers = {}, token, timeout_ms = READY_MS } = {}) {
                const json = body !== undefined && typeof body !== 'string' && !Buffer.isBuffer(body);
                const response = await fetch(this.url + where, {
                        method, redirect: 'manual', signal: AbortSignal.timeout(timeout_ms),
                        body: json ? JSON.stringify(body) : body,
                        headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...(token ? { authorization: `Bearer ${token}` } : {}), ...headers },
                });
                // A stream of events has no end: that it began is what is asked here.
                const stream = response.headers.get('content-type') === 'text/event-stream';
                const text = stream ? (await response.body?.cancel(), '') : await response.text();
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
        webhook(body, { headers, secret = SECRET, timeout_ms } = {}) {
                const text = typeof body === 'string' ? body : JSON.stringify(body);
                return this.request('POST', '/webhook', { body: text, timeout_ms, headers: headers ?? { 'x-webhook-signature': sign(text, secret) } });
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
