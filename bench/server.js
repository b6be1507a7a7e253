// The real program as the measurements start it: a folder and a database of its own, a free port, its log in a file.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));
export const buildFolder = path.resolve(root, process.env.BUILD_DIR ?? 'build');
export const SECRET = 'a-secret-for-measuring';

const READY_MS = 120_000; // a new database embeds its example lines first
const LOOK_AGAIN_MS = 2; // between looks while the start is timed
const STOP_MS = 30_000;

const folders = new Set();
const running = new Set();
process.on('exit', () => {
        for (const child of running)
                child.kill('SIGKILL');
        for (const folder of folders)
                fs.rmSync(folder, { recursive: true, force: true });
});

export function newFolder() {
        const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'firstline-bench-'));
        folders.add(folder);
        return folder;
}

export const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

async function answers(url) {
        try {
                return (await fetch(url, { signal: AbortSignal.timeout(1000) })).status === 200;
        } catch {
                return false;
        }
}

export class Server {
        constructor(folder, settings) {
                this.folder = folder;
                this.settings = settings;
        }

        // ready_ms: from starting the program to the first 200 of /health/ready.
        static async start({ folder = newFolder(), ...settings } = {}) {
                const server = new Server(folder, settings);
                const log = path.join(folder, 'log');
                const out = fs.openSync(log, 'w');
                const from = performance.now();
                server.child = spawn(path.join(buildFolder, 'firstline'), ['serve'], {
                        cwd: folder, stdio: ['ignore', out, out],
                        env: {
                                PATH: process.env.PATH, HOME: process.env.HOME ?? '/', LANG: 'C.UTF-8', HOST: '127.0.0.1', PORT: '0',
                                WEBHOOK_SECRET: SECRET, DATABASE_URL: `sqlite:${path.join(folder, 'firstline.db')}`,
                                KNOWLEDGE_DIR: path.join(root, 'knowledge'), CONFIG_DIR: path.join(root, 'config'),
                                EMBEDDING_MODEL: path.join(root, 'models/all-MiniLM-L6-v2'), ...settings,
                        },
                });
                fs.closeSync(out);
                running.add(server.child);
                server.ended = new Promise((done) => server.child.on('close', (...how) => (running.delete(server.child), done(how))));
                while (!server.url && performance.now() - from < READY_MS && server.child.exitCode === null) {
                        const found = /ready on (http:\/\/[\d.]+:(\d+))/.exec(fs.readFileSync(log, 'utf8'));
                        if (found) {
                                server.url = found[1];
                                server.port = found[2];
                        } else {
                                await sleep(LOOK_AGAIN_MS);
                        }
                }
                while (server.url && !(await answers(`${server.url}/health/ready`)) && performance.now() - from < READY_MS)
                        await sleep(LOOK_AGAIN_MS);
                server.ready_ms = performance.now() - from;
                if (!server.url || server.ready_ms >= READY_MS)
                        throw new Error(`the server did not start:\n${fs.readFileSync(log, 'utf8').slice(-2000)}`);
                return server;
        }

        async get(where) {
                return (await fetch(this.url + where)).json();
        }

        // Resident memory in MB (10^6 bytes), now and at its largest.
        memory() {
                const status = fs.readFileSync(`/proc/${this.child.pid}/status`, 'utf8');
                const of = (name) => Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)[1]) * 1024 / 1e6;
                return { now: of('VmRSS'), largest: of('VmHWM') };
        }

        async stop() {
                this.child.kill('SIGTERM');
                const timer = setTimeout(() => this.child.kill('SIGKILL'), STOP_MS);
                await this.ended;
                clearTimeout(timer);
        }
}
