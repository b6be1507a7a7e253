// The process may open no more files: nothing ends, nothing is forgotten, and all goes on when it may again.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import { test } from 'node:test';

import { examples, SECRET, sign, until } from './firstline.js';
import { act } from './scene.js';

const CROWD = 40; // connections that want to be accepted

// Requests over one connection that was there before.
class Line {
        constructor(url) {
                this.url = new URL(url);
                this.agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
        }
        ask(method, path, body) {
                const text = body === undefined ? '' : JSON.stringify(body);
                const headers = body === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text), 'x-webhook-signature': sign(text, SECRET) };
                return new Promise((done, fail) => {
                        const request = http.request({ hostname: this.url.hostname, port: this.url.port, method, path, headers, agent: this.agent, timeout: 20_000 }, (response) => {
                                let answer = '';
                                response.setEncoding('utf8').on('data', (part) => (answer += part)).on('end', () => done({ status: response.statusCode, json: JSON.parse(answer) }));
                        });
                        request.on('error', fail).on('timeout', () => request.destroy(new Error('no answer'))).end(text);
                });
        }
        end() {
                this.agent.destroy();
        }
}

test('out of file descriptors: what is open goes on, what is accepted is done, and the rest comes back', { skip: spawnSync('prlimit', ['--version']).status !== 0 && 'prlimit is not there' }, () =>
        act({ EMBEDDING_MODEL: '', WORKERS: 2, KNOWLEDGE_RELOAD: 1 }, async (firstline, standin) => {
                const { pid } = firstline.child;
                const open = () => fs.readdirSync(`/proc/${pid}/fd`).length;
                const limit = (n) => assert.equal(spawnSync('prlimit', ['--pid', String(pid), `--nofile=${n}:`]).status, 0);
                const usual = /Max open files\s+(\d+)/.exec(fs.readFileSync(`/proc/${pid}/limits`, 'utf8'))[1];
                const line = new Line(firstline.url);
                const before = (await line.ask('GET', '/health')).json.knowledge;
                standin.add({ id: 1, subject: examples.crash.subject, description: `<div>${examples.crash.description}</div>` });

                limit(open());
                const crowd = Array.from({ length: CROWD }, () => net.connect(line.url.port, line.url.hostname).on('error', () => {}));
                assert.equal((await line.ask('POST', '/webhook', { ticket: { id: 1 } })).status, 202, 'an event is taken');
                await until(async () => (await line.ask('GET', '/tickets/1')).json.audit.some((row) => row.step === 'read_failed'), { what: 'a call that cannot be made' });
                await line.ask('POST', '/knowledge/reload', {});
                const health = (await line.ask('GET', '/health')).json;
                assert.equal(health.database.status, 'ok');
                assert.equal(health.knowledge.passages, before.passages, 'documents that cannot be looked at now are not gone');
                assert.equal((await line.ask('POST', '/ask', { question: 'How do I reset my password?' })).status, 200);

                limit(usual);
                for (const socket of crowd)
                        socket.destroy();
                const ticket = await firstline.ticket(1, (t) => t.state === 'delivered');
                assert.equal(ticket.delivered, true);
                assert.equal(standin.notes(1).length, 1);
                assert.equal((await firstline.get('/health/ready')).status, 200, 'a new connection is accepted');
                line.end();
        }));
