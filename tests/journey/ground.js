// What every journey stands on: where things are, folders that go away, waiting, settings, and commands run to their end.
import { spawn, spawnSync } from 'node:child_process';
import crypto from 'node:crypto';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
export const buildFolder = path.resolve(root, process.env.BUILD_DIR ?? 'build');
export const binary = path.join(buildFolder, 'firstline');
export const modelFolder = path.join(root, 'models/all-MiniLM-L6-v2');
export const dataFolder = path.resolve(root, '../shared/data');
export const SECRET = 'a-secret-for-the-journey';

export const READY_MS = 60_000; // with sanitizers, a new database and a cold cache
export const WAIT_MS = 30_000; // until something that was set in motion must have come about
const LOOK_AGAIN_MS = 25;
const PORT_FIRST = 10_000, PORTS = 22_000; // below those that systems give out by themselves, from 32768 on

export const noModel = !fs.existsSync(path.join(modelFolder, 'tokenizer.json')) && 'models/all-MiniLM-L6-v2 is not there';
// Built with sanitizers: slower, and with its own ideas about address space.
export const sanitized = fs.existsSync(path.join(buildFolder, 'meson-info/intro-buildoptions.json')) &&
        /"name": "b_sanitize"[^}]*"value": (?!"none"|\[\])/.test(fs.readFileSync(path.join(buildFolder, 'meson-info/intro-buildoptions.json'), 'utf8'));

const folders = new Set();
export const running = new Set(); // processes, ended with this one
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
export function environment(settings) {
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
export const emptied = (settings) => Object.keys(settings).filter((name) => settings[name] === '').map((name) => `--${name.toLowerCase().replaceAll('_', '-')}=`);

export function defaults(folder, standin) {
        return {
                HOST: '127.0.0.1', PORT: 0, LOG_LEVEL: 'DEBUG', LOG_FORMAT: 'human', WEBHOOK_SECRET: SECRET, SETTLE_TIME: 0, REPLIES_PER_REQUESTER: 10_000,
                DATABASE_URL: `sqlite:${path.join(folder, 'firstline.db')}`,
                KNOWLEDGE_DIR: path.join(root, 'knowledge'), CONFIG_DIR: path.join(root, 'config'),
                EMBEDDING_MODEL: noModel ? '' : modelFolder,
                ...(standin ? { FRESHDESK_URL: standin.url, FRESHDESK_API_KEY: standin.key, FRESHDESK_TIMEOUT: 5, FRESHDESK_LAG: 5, FRESHDESK_POLL: 0 } : {}),
        };
}

// One command to its end: { status, signal, stdout, stderr }.
export function command(args, { settings = {}, standin, folder = newFolder(), input, defaultSettings = true, timeout_ms = READY_MS } = {}) {
        const all = { ...(defaultSettings ? defaults(folder, standin) : {}), ...settings };
        const run = spawnSync(binary, [...args, ...emptied(all)], { cwd: folder, env: environment(all), input: input ?? '', encoding: 'utf8', timeout: timeout_ms, maxBuffer: 1 << 28 });
        if (run.error)
                throw run.error;
        return { status: run.status, signal: run.signal, stdout: run.stdout, stderr: run.stderr, folder };
}

// A port that is free now and will not be given to anybody who asks for any port: those lie above.
export async function freePort() {
        for (;;) {
                const port = PORT_FIRST + Math.floor(Math.random() * PORTS), server = net.createServer();
                const free = await new Promise((done) => server.once('error', () => done(false)).listen(port, '127.0.0.1', () => done(true)));
                if (!free)
                        continue;
                await new Promise((done) => server.close(done));
                return port;
        }
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

export const sign = (body, secret = SECRET) => crypto.createHmac('sha256', secret).update(body).digest('hex');

export const examples = {
        password: { subject: 'Password reset not working', description: "I clicked the reset link but it doesn't work" },
        billing: { subject: 'Billing question', description: 'I was charged twice this month' },
        crash: { subject: 'System crash', description: 'The application keeps crashing with error code 500' },
};
