// Many at a time: whoever waits, floods or says nothing does not keep the others from being served.
import assert from 'node:assert/strict';
import net from 'node:net';
import os from 'node:os';
import { describe, test } from 'node:test';

import { examples, WAIT_MS } from './firstline.js';
import { act } from './scene.js';

const TOKEN = 'a-token-of-an-administrator';

// A connection that says what came and when it was closed.
function connect(host, port) {
        const socket = net.connect(port, host);
        const c = { socket, text: '', closed: new Promise((done) => socket.on('close', done)), open: new Promise((done) => socket.on('connect', done)) };
        socket.on('error', () => {}).setEncoding('latin1').on('data', (some) => (c.text += some));
        c.answered = () => new Promise((done, fail) => {
                const timer = setTimeout(() => fail(new Error('no answer in time')), WAIT_MS);
                const look = () => c.text.includes('\r\n\r\n') && (clearTimeout(timer), done(Number(c.text.split(' ')[1])));
                socket.on('data', look).on('close', () => (clearTimeout(timer), done(c.text ? Number(c.text.split(' ')[1]) : 0)));
                look();
        });
        return c;
}

describe('tickets that wait for Freshdesk', () => {
        test('leave the rest of the API quick', async () => {
                await act({ EMBEDDING_MODEL: '', FRESHDESK_TIMEOUT: 60, WORKERS: 1 }, async (firstline, standin) => {
                        const slow = Math.max(2 * os.availableParallelism(), 4) + 4; // more than there are threads
                        for (let id = 1; id <= slow; id++)
                                standin.add({ id, ...examples.password });
                        const gate = standin.fault('any', { kind: 'hold', times: 1000 });
                        let ended = 0;
                        const calls = Array.from({ length: slow }, (_, i) => firstline.post('/process-ticket', { id: i + 1, ...examples.password }).finally(() => ended++));
                        await gate.reached;
                        for (let again = 0; again < 5; again++) {
                                assert.equal((await firstline.get('/tickets')).status, 200);
                                assert.equal((await firstline.get('/stats')).status, 200);
                                assert.equal((await firstline.post('/ask', { question: 'How do I reset my password?' })).status, 200);
                                assert.equal((await firstline.post('/classify', examples.billing)).status, 200);
                                assert.equal((await firstline.get('/health')).status, 200);
                        }
                        assert.equal(ended, 0, 'they were to wait meanwhile');
                        standin.noFaults();
                        gate.release();
                        for (const { status } of await Promise.all(calls))
                                assert.equal(status, 200);
                });
        });

        test('are told to come back when too many of them wait', async () => {
                await act({ EMBEDDING_MODEL: '', FRESHDESK_TIMEOUT: 60, WORKERS: 0 }, async (firstline, standin) => {
                        const many = 256 + 4 * os.availableParallelism() + 40; // more than may wait
                        const gate = standin.fault('any', { kind: 'hold', times: 1000 });
                        let refused = 0, told = null;
                        const first = new Promise((done) => (told = done));
                        const calls = Array.from({ length: many }, (_, i) => firstline.post('/process-ticket', { id: i + 1, ...examples.password }).then((answer) => {
                                refused++;
                                told(answer);
                        }, () => {}));
                        const answer = await first;
                        assert.equal(answer.status, 503);
                        assert.equal(answer.json.error.code, 'overloaded');
                        assert.ok(Number(answer.headers.get('retry-after')) >= 1);
                        assert.equal((await firstline.get('/tickets')).status, 200);
                        assert.ok(refused < many - 200, 'most of them wait');
                        await firstline.kill();
                        gate.release();
                        await Promise.all(calls);
                });
        });
});

const outside = Object.values(os.networkInterfaces()).flat().find((a) => a.family === 'IPv4' && !a.internal)?.address;

describe('connections from one address', () => {
        test('are limited, and others are served', { skip: !outside && 'this machine has no address but loopback' }, async () => {
                await act({ freshdesk: false, EMBEDDING_MODEL: '', HOST: '0.0.0.0', ADMIN_TOKEN: TOKEN, CONNECTIONS_PER_ADDRESS: 5 }, async (firstline) => {
                        const port = Number(new URL(firstline.url).port);
                        const held = Array.from({ length: 5 }, () => connect(outside, port));
                        const ask = 'GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n';
                        for (const c of held) {
                                c.socket.write(ask);
                                assert.equal(await c.answered(), 200);
                        }
                        const sixth = connect(outside, port);
                        sixth.socket.write(ask);
                        await sixth.closed;
                        assert.equal(sixth.text, '');
                        await firstline.logged(/has 5 connections, and more are turned away/);
                        for (let i = 0; i < 20; i++) {
                                const here = connect('127.0.0.1', port);
                                here.socket.write(ask);
                                assert.equal(await here.answered(), 200, 'this machine is not counted');
                                held.push(here);
                        }
                        const { text } = await fetch(`http://127.0.0.1:${port}/metrics`, { headers: { authorization: `Bearer ${TOKEN}` } }).then(async (r) => ({ text: await r.text() }));
                        assert.match(text, /^firstline_http_connections_refused_total [1-9]/m);
                        for (const c of held)
                                c.socket.destroy();
                });
        });
});

describe('requests that are sent before the last one was answered', () => {
        test('are all answered, in their order, and then others are', async () => {
                await act({ freshdesk: false, EMBEDDING_MODEL: '', LOG_LEVEL: 'INFO' }, async (firstline) => {
                        const many = 2000;
                        const c = connect('127.0.0.1', Number(new URL(firstline.url).port));
                        c.socket.write(Array.from({ length: many }, (_, i) => `GET /nowhere/${i} HTTP/1.1\r\nHost: localhost\r\n${i === many - 1 ? 'Connection: close\r\n' : ''}\r\n`).join(''));
                        await c.closed;
                        assert.equal(c.text.match(/HTTP\/1\.1 404 /g).length, many);
                        assert.equal((await firstline.get('/health')).status, 200);
                });
        });
});
