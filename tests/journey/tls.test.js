// https: what the server shows, what it refuses to show, and that everything that guards plain HTTP guards this as well. And outwards: a Freshdesk that
// cannot prove who it is gets neither a key nor a word.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import https from 'node:https';
import path from 'node:path';
import { describe, test } from 'node:test';
import tls from 'node:tls';

import { newCertificate } from './certificate.js';
import { checkAnswer } from './contract.js';
import { command, examples, Firstline, folderWith, newFolder, SECRET, sign, WAIT_MS } from './firstline.js';

const mine = newCertificate();
const quick = { EMBEDDING_MODEL: '', WORKERS: 0 };

function files({ certificate, key } = mine, mode = 0o600) {
        const folder = folderWith({ 'certificate.pem': certificate, 'key.pem': key });
        fs.chmodSync(path.join(folder, 'key.pem'), mode);
        return { TLS_CERTIFICATE: path.join(folder, 'certificate.pem'), TLS_KEY: path.join(folder, 'key.pem') };
}

function ask(firstline, method, where, { body, headers = {} } = {}) {
        return new Promise((done, fail) => {
                const request = https.request(firstline.url + where, { method, ca: mine.certificate, agent: false, headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers } }, (response) => {
                        let text = '';
                        response.setEncoding('utf8').on('data', (some) => (text += some)).on('end', () => {
                                const answer = { status: response.statusCode, headers: new Headers(response.headers), text, json: text.startsWith('{') ? JSON.parse(text) : undefined };
                                checkAnswer(method, where, answer);
                                done(answer);
                        });
                });
                request.on('error', fail).end(body);
        });
}

// Bytes inside TLS, until it closes.
function raw(firstline, ...pieces) {
        return new Promise((done, fail) => {
                const { hostname, port } = new URL(firstline.url);
                const socket = tls.connect({ host: hostname, port: Number(port), ca: mine.certificate, servername: 'localhost' });
                const timer = setTimeout(() => socket.destroy(new Error('the connection was not closed')), WAIT_MS);
                let text = '';
                socket.setEncoding('latin1').on('data', (some) => (text += some));
                socket.on('secureConnect', () => pieces.forEach((piece) => socket.write(piece)));
                socket.on('error', (error) => (error.message.includes('not closed') ? fail(error) : done(text)));
                socket.on('close', () => (clearTimeout(timer), done(text)));
        });
}

async function withServer(options, body) {
        const firstline = await Firstline.start({ ...quick, ...options });
        try {
                await body(firstline);
                await firstline.end();
        } finally {
                if (!firstline.exit)
                        await firstline.kill();
        }
}

describe('a server with a certificate', () => {
        test('serves over TLS what it serves without', async () => {
                await withServer({ ...files(), REQUEST_TIMEOUT: 2, LOG_LEVEL: 'INFO' }, async (firstline) => {
                        assert.match(firstline.url, /^https:/);
                        assert.equal((await ask(firstline, 'GET', '/health')).status, 200);
                        assert.equal((await ask(firstline, 'POST', '/classify', { body: JSON.stringify(examples.password) })).status, 200);
                        const big = JSON.stringify({ subject: 'Password reset', description: 'I cannot log in. '.repeat(25_000) });
                        assert.equal((await ask(firstline, 'POST', '/classify', { body: big })).status, 200);
                        const huge = JSON.stringify({ subject: 'x'.repeat(600_000) });
                        assert.equal((await ask(firstline, 'POST', '/classify', { body: huge })).status, 413);
                        const event = JSON.stringify({ id: 12, subject: 'S', description: 'D' });
                        assert.equal((await ask(firstline, 'POST', '/webhook', { body: event, headers: { 'x-webhook-signature': sign(event) } })).status, 202);
                        assert.equal((await ask(firstline, 'POST', '/webhook', { body: event, headers: { 'x-webhook-secret': `${SECRET}x` } })).status, 401);
                        // A page of our own may ask, one of another scheme may not.
                        assert.equal((await ask(firstline, 'GET', '/stats', { headers: { origin: firstline.url } })).status, 200);
                        assert.equal((await ask(firstline, 'GET', '/stats', { headers: { origin: firstline.url.replace('https', 'http') } })).status, 403);

                        const second = 'GET /stats HTTP/1.1\r\nHost: localhost\r\n\r\n';
                        for (const [what, request] of [
                                ['a length and chunks', 'POST /classify HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
                                ['two lengths', 'POST /classify HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\nContent-Length: 4\r\n\r\n'],
                                ['a continued line', 'POST /classify HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n'],
                                ['bare line feeds', 'GET /health HTTP/1.1\nHost: localhost\n\n'],
                                ['a NUL', 'GET /health HTTP/1.1\r\nHost: localhost\r\nX: a\0b\r\n\r\n'],
                                ['no Host', 'GET /health HTTP/1.1\r\n\r\n'],
                        ]) {
                                const text = await raw(firstline, request + second);
                                assert.match(text, /^HTTP\/1\.1 400 [^]*"invalid_request"/, what);
                                assert.doesNotMatch(text, /total_tickets/, `${what}: the second request was answered`);
                        }
                        // What libmicrohttpd cannot read is said in our words here as well.
                        for (const [status, request] of [
                                [505, 'GET / HTTP/9.9\r\nHost: localhost\r\n\r\n'],
                                [400, 'POST /classify HTTP/1.1\r\nHost: localhost\r\nContent-Length: x\r\n\r\n{}'],
                                [400, 'POST /classify HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n'],
                                [413, `POST /classify HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n${`10000\r\n${'x'.repeat(65_536)}\r\n`.repeat(100)}`],
                        ])
                                assert.match(await raw(firstline, request), new RegExp(`^HTTP/1\\.1 ${status} [^]*"error":\\{"code":`), request.slice(0, 200));
                        // And what it would close without a word.
                        for (const [status, words, bytes] of [[400, /method/, 'SSH-2.0-client\r\n'], [400, /method/, '\x16\x03\x01\x02\x00\x01\x00\x01'], [400, /method/, '{"id": 1}\r\n\r\n'], [400, /method/, 'A'.repeat(70_000)],
                                [400, /HTTP\/1\.1/, 'GET /health\r\n\r\n'], [505, /HTTP\/1\.1/, 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n']])
                                for (const pieces of [[bytes + second], ['\r\n', bytes + second], [...bytes.slice(0, 40), bytes.slice(40) + second]]) {
                                        const text = await raw(firstline, ...pieces.map((piece) => Buffer.from(piece, 'latin1')));
                                        assert.match(text, new RegExp(`^HTTP/1\\.1 ${status} [^]*"error":\\{"code":`), `${bytes.slice(0, 40)}: ${text}`);
                                        assert.match(JSON.parse(text.slice(text.indexOf('\r\n\r\n'))).error.message, words);
                                }
                        const many = 300;
                        const text = await raw(firstline, Array.from({ length: many }, (_, i) => `GET /nowhere/${i} HTTP/1.1\r\nHost: localhost\r\n${i === many - 1 ? 'Connection: close\r\n' : ''}\r\n`).join(''));
                        assert.equal(text.match(/HTTP\/1\.1 404 /g).length, many);
                        // Slow ones are cut off, wherever they are slow; nothing can be said to them.
                        await Promise.all([raw(firstline, ''), raw(firstline, 'GET /hea'), raw(firstline, 'POST /classify HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n{')]);
                        assert.equal((await ask(firstline, 'GET', '/health')).status, 200);
                });
        });

        test('speaks TLS 1.2 and 1.3, nothing older, and no plain HTTP', async () => {
                await withServer(files(), async (firstline) => {
                        const { port } = new URL(firstline.url);
                        const version = (options) => new Promise((done) => {
                                const socket = tls.connect({ host: '127.0.0.1', port: Number(port), ca: mine.certificate, servername: 'localhost', ...options }, () => (done(socket.getProtocol()), socket.destroy()));
                                socket.on('error', (error) => done(error.code));
                        });
                        assert.equal(await version({ maxVersion: 'TLSv1.3' }), 'TLSv1.3');
                        assert.equal(await version({ maxVersion: 'TLSv1.2' }), 'TLSv1.2');
                        for (const old of ['TLSv1.1', 'TLSv1'])
                                assert.doesNotMatch(String(await version({ minVersion: old, maxVersion: old, ciphers: 'DEFAULT@SECLEVEL=0' })), /^TLSv/, old);
                        await assert.rejects(fetch(firstline.url.replace('https', 'http') + '/health'));
                        assert.equal((await ask(firstline, 'GET', '/health')).status, 200);
                });
        });

        test('shows a renewed certificate after SIGHUP, and keeps the old one when the new one is broken', async () => {
                const settings = files();
                const renewed = newCertificate();
                await withServer(settings, async (firstline) => {
                        const { port } = new URL(firstline.url);
                        const connect = () => new Promise((done, fail) => {
                                const socket = tls.connect({ host: '127.0.0.1', port: Number(port), rejectUnauthorized: false, servername: 'localhost' }, () => done(socket));
                                socket.on('error', fail);
                        });
                        const shown = async () => {
                                const socket = await connect();
                                const { raw: bytes } = socket.getPeerCertificate();
                                socket.destroy();
                                return `-----BEGIN CERTIFICATE-----\n${bytes.toString('base64').match(/.{1,64}/g).join('\n')}\n-----END CERTIFICATE-----\n`;
                        };
                        const hangUp = async (words) => {
                                firstline.logFrom = firstline.log.length;
                                firstline.child.kill('SIGHUP');
                                await firstline.logged(words);
                        };
                        assert.equal(await shown(), mine.certificate);
                        const open = await connect(); // a connection that outlives the renewal
                        fs.writeFileSync(settings.TLS_CERTIFICATE, renewed.certificate);
                        await hangUp(/ERROR .*certificate stays as it was: .*the key is not the certificate's/);
                        assert.equal(await shown(), mine.certificate);
                        fs.writeFileSync(settings.TLS_KEY, renewed.key);
                        await hangUp(/INFO .*certificate was read again/);
                        assert.equal(await shown(), renewed.certificate);
                        for (const [bad, words] of [['', /certificate is not one in PEM/], [newCertificate({ from: -9, until: -1 }).certificate, /key is not the certificate's/]]) {
                                fs.writeFileSync(settings.TLS_CERTIFICATE, bad);
                                await hangUp(words);
                                assert.equal(await shown(), renewed.certificate);
                        }
                        fs.rmSync(settings.TLS_CERTIFICATE);
                        await hangUp(/ERROR .*certificate stays as it was: .*No such file/);
                        assert.equal(await shown(), renewed.certificate);
                        let text = '';
                        open.setEncoding('latin1').on('data', (some) => (text += some)).write('GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
                        await new Promise((done) => open.on('close', done));
                        assert.match(text, /^HTTP\/1\.1 200 /);
                });
        });

        test('says when others may read its key, and when it will be worthless', async () => {
                await withServer(files(newCertificate({ until: 3 }), 0o644), async (firstline) => {
                        assert.match(firstline.log, /WARN .*TLS_KEY: chmod 600/);
                        assert.match(firstline.log, /WARN .*certificate expires on 20/);
                });
                await withServer(files(), async (firstline) => assert.doesNotMatch(firstline.log, /TLS_KEY|expires/));
        });
});

describe('a certificate that is wrong', () => {
        const other = newCertificate();
        for (const [what, settings, words] of [
                ['without its key', { TLS_CERTIFICATE: files().TLS_CERTIFICATE }, /TLS_CERTIFICATE is set and TLS_KEY is not/],
                ['a key without a certificate', { TLS_KEY: files().TLS_KEY }, /TLS_KEY is set and TLS_CERTIFICATE is not/],
                ['a file that is not there', { ...files(), TLS_CERTIFICATE: '/nonexistent/certificate.pem' }, /TLS_CERTIFICATE.*\/nonexistent\/certificate\.pem: No such file/],
                ['a folder', { ...files(), TLS_KEY: newFolder() }, /is a folder/],
                ['the key of another', files({ certificate: mine.certificate, key: other.key }), /the key is not the certificate's/],
                ['no PEM', files({ certificate: 'certificate', key: mine.key }), /certificate is not one in PEM/],
                ['a key that is none', files({ certificate: mine.certificate, key: 'key' }), /key is not one in PEM/],
                ['the two the wrong way round', files({ certificate: mine.key, key: mine.certificate }), /not one in PEM/],
                ['one that has expired', files(newCertificate({ from: -30, until: -1 })), /has expired on 20/],
                ['one that is not valid yet', files(newCertificate({ from: 1, until: 30 })), /not valid before 20/],
        ])
                test(`${what}: the start is refused, naming it, and doctor says the same`, () => {
                        const serve = command(['serve'], { settings: { ...quick, ...settings } });
                        assert.equal(serve.status, 1);
                        assert.match(serve.stderr, words);
                        assert.ok(!serve.stderr.includes('PRIVATE KEY--'));
                        const doctor = command(['doctor', '--json'], { settings: { ...quick, ...settings } });
                        const row = JSON.parse(doctor.stdout).checks.find((check) => check.check === 'tls');
                        assert.equal(row.verdict, 'problem');
                        assert.match(row.detail, words);
                });
});

describe('a Freshdesk', () => {
        const server = (options, handle) => new Promise((done) => {
                const s = https.createServer({ cert: mine.certificate, key: mine.key, ...options }, handle).listen(0, '127.0.0.1', () => done(s));
        });

        test('whose certificate nobody vouches for gets no request', async () => {
                let requests = 0;
                const freshdesk = await server({}, (request, response) => (requests++, response.end('{}')));
                const FRESHDESK_URL = `https://localhost:${freshdesk.address().port}`;
                const firstline = await Firstline.start({ ...quick, FRESHDESK_URL, FRESHDESK_API_KEY: 'a-key-not-to-be-told', FRESHDESK_TIMEOUT: 5, WORKERS: 1 });
                try {
                        await firstline.webhook({ ticket: { id: 5, subject: 'S', description: 'D' } });
                        await firstline.logged(/certificate is not trusted/);
                        assert.equal(requests, 0);
                        assert.ok(!firstline.log.includes('a-key-not-to-be-told'));
                        await firstline.end();
                } finally {
                        if (!firstline.exit)
                                await firstline.kill();
                        freshdesk.close();
                        freshdesk.closeAllConnections();
                }
        });
});
