// Who may post to /webhook: every proof that is taken, every one that is not, and nothing is stored for those.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import http from 'node:http';
import os from 'node:os';
import { describe } from 'node:test';

import { SECRET, sign } from './firstline.js';
import { scene } from './scene.js';

const TOKEN = 'a-token-of-an-administrator';
const hmac = (text, secret = SECRET) => crypto.createHmac('sha256', secret).update(text).digest();
const basic = (password, user = 'freshdesk') => `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

// [what, headers for a body]
const accepted = [
        ['hex in X-Freshdesk-Signature', (b) => ({ 'x-freshdesk-signature': sign(b) })],
        ['hex in X-Webhook-Signature', (b) => ({ 'x-webhook-signature': sign(b) })],
        ['hex in X-Hub-Signature-256', (b) => ({ 'x-hub-signature-256': sign(b) })],
        ['upper-case hex', (b) => ({ 'x-webhook-signature': sign(b).toUpperCase() })],
        ['sha256= and hex', (b) => ({ 'x-hub-signature-256': `sha256=${sign(b)}` })],
        ['base64', (b) => ({ 'x-freshdesk-signature': hmac(b).toString('base64') })],
        ['sha256= and base64', (b) => ({ 'x-webhook-signature': `sha256=${hmac(b).toString('base64')}` })],
        ['all three signatures', (b) => ({ 'x-freshdesk-signature': sign(b), 'x-webhook-signature': hmac(b).toString('base64'), 'x-hub-signature-256': `sha256=${sign(b)}` })],
        ['the secret in X-Webhook-Secret', () => ({ 'x-webhook-secret': SECRET })],
        ['the secret as Basic password', () => ({ authorization: basic(SECRET) })],
        ['the secret as Basic password without a user', () => ({ authorization: basic(SECRET, '') })],
        ['a signature, with an Authorization of a proxy', (b) => ({ 'x-webhook-signature': sign(b), authorization: 'Bearer of-somebody-else' })],
];
const refused = [
        ['nothing', () => ({})],
        ['an empty signature', () => ({ 'x-webhook-signature': '' })],
        ['a signature by another secret', (b) => ({ 'x-webhook-signature': sign(b, 'another') })],
        ['a signature of another body', (b) => ({ 'x-webhook-signature': sign(`${b} `) })],
        ['a signature that is cut', (b) => ({ 'x-webhook-signature': sign(b).slice(0, -2) })],
        ['a signature with more behind it', (b) => ({ 'x-webhook-signature': `${sign(b)}00` })],
        ['a SHA-1', (b) => ({ 'x-hub-signature-256': `sha1=${crypto.createHmac('sha1', SECRET).update(b).digest('hex')}` })],
        ['a right and a wrong signature', (b) => ({ 'x-webhook-signature': sign(b), 'x-hub-signature-256': `sha256=${sign(b, 'another')}` })],
        ['a wrong signature and the right secret', (b) => ({ 'x-webhook-signature': sign(b, 'another'), 'x-webhook-secret': SECRET })],
        ['a wrong secret', () => ({ 'x-webhook-secret': `${SECRET}x` })],
        ['half the secret', () => ({ 'x-webhook-secret': SECRET.slice(0, 10) })],
        ['the secret as signature', () => ({ 'x-webhook-signature': SECRET })],
        ['the secret as Basic user', () => ({ authorization: basic('x', SECRET) })],
        ['a wrong Basic password', () => ({ authorization: basic('wrong') })],
        ['Basic without a colon', () => ({ authorization: `Basic ${Buffer.from(SECRET).toString('base64')}` })],
        ['Basic that is no base64', () => ({ authorization: 'Basic !!!' })],
        ['the secret as Bearer', () => ({ authorization: `Bearer ${SECRET}` })],
        ['the token of an administrator', () => ({ authorization: `Bearer ${TOKEN}` })],
        ['the secret in the query', () => ({}), '/webhook?secret=' + SECRET],
        ['a header of 7,000 characters', () => ({ 'x-webhook-signature': 'a'.repeat(7000) })],
];

describe('with a secret', () => {
        const { check } = scene({ freshdesk: false, WORKERS: 0, EMBEDDING_MODEL: '', ADMIN_TOKEN: TOKEN });
        let id = 1000;
        const body = () => JSON.stringify({ id: ++id, subject: 'S', description: 'D' });
        const total = async (firstline) => (await firstline.get('/stats', { token: TOKEN })).json.total_tickets;

        for (const [what, headers] of accepted)
                check(`${what} is proof`, async (firstline) => {
                        const text = body();
                        const { status, json } = await firstline.webhook(text, { headers: headers(text) });
                        assert.equal(status, 202, JSON.stringify(json));
                        assert.equal(json.ticket_id, id);
                });

        for (const [what, headers, where] of refused)
                check(`${what} is not`, async (firstline) => {
                        const text = body();
                        const before = await total(firstline);
                        const { status, json } = await firstline.request('POST', where ?? '/webhook', { body: text, headers: headers(text) });
                        assert.equal(status, 401);
                        assert.equal(json.error.code, 'unauthorized');
                        assert.ok(!json.error.message.includes(SECRET));
                        assert.equal(await total(firstline), before, 'nothing is stored');
                        assert.equal((await firstline.get(`/tickets/${id}`, { token: TOKEN })).status, 404);
                });

        check('without proof nothing is said of what is wrong with the body', async (firstline) => {
                for (const text of ['', '{', '[]', '{"id":"x"}']) {
                        const { status } = await firstline.webhook(text, { headers: { 'content-type': 'application/json' } });
                        assert.equal(status, 401);
                }
        });

        check('refusals are counted', async (firstline) => {
                const { text } = await firstline.get('/metrics', { token: TOKEN });
                const count = Number(/firstline_webhook_events_total\{result="refused"\} (\d+)/.exec(text)[1]);
                assert.ok(count >= refused.length);
        });

        check('the secret is not in the log', async (firstline) => assert.ok(!firstline.log.includes(SECRET)));
});

describe('without a secret', () => {
        const { check } = scene({ freshdesk: false, WORKERS: 0, EMBEDDING_MODEL: '', WEBHOOK_SECRET: '' });

        check('this machine may post', async (firstline) => {
                const { status } = await firstline.webhook({ id: 1, subject: 'S', description: 'D' }, { headers: {} });
                assert.equal(status, 202);
        });
});

describe('while one secret takes the place of another', () => {
        const OLD = 'the-secret-that-was-before';
        const { check } = scene({ freshdesk: false, WORKERS: 0, EMBEDDING_MODEL: '', WEBHOOK_SECRET_OLD: OLD });
        let id = 2000;

        for (const [what, headers] of [
                ['a signature', (b, s) => ({ 'x-webhook-signature': sign(b, s) })],
                ['a base64 signature', (b, s) => ({ 'x-freshdesk-signature': hmac(b, s).toString('base64') })],
                ['sha256= and hex', (b, s) => ({ 'x-hub-signature-256': `sha256=${sign(b, s)}` })],
                ['the header X-Webhook-Secret', (b, s) => ({ 'x-webhook-secret': s })],
                ['a Basic password', (b, s) => ({ authorization: basic(s) })],
        ])
                check(`${what} proves with either`, async (firstline) => {
                        for (const [secret, status] of [[SECRET, 202], [OLD, 202], ['neither', 401]]) {
                                const text = JSON.stringify({ id: ++id, subject: 'S', description: 'D' });
                                assert.equal((await firstline.webhook(text, { headers: headers(text, secret) })).status, status, secret);
                        }
                        assert.ok(!firstline.log.includes(OLD));
                });
});

const timed = (text, at = Math.floor(Date.now() / 1000), secret = SECRET) => ({ 'x-webhook-timestamp': String(at), 'x-webhook-signature': sign(`${at}.${text}`, secret) });

describe('with a timestamp', () => {
        const { check } = scene({ freshdesk: false, WORKERS: 0, EMBEDDING_MODEL: '', DUPLICATE_WINDOW: 0 });
        const now = () => Math.floor(Date.now() / 1000);
        const text = (id) => JSON.stringify({ ticket: { id, subject: 'S', description: 'D' }, triggered_event: '{note_type:public}' });

        check('it must be covered, and near', async (firstline) => {
                for (const [what, headers, status] of [
                        ['in seconds', timed(text(1)), 202],
                        ['as ISO 8601', timed(text(2), new Date().toISOString()), 202],
                        ['an hour ago', timed(text(3), now() - 3600), 401],
                        ['in an hour', timed(text(3), now() + 3600), 401],
                        ['not covered', { 'x-webhook-timestamp': String(now()), 'x-webhook-signature': sign(text(3)) }, 401],
                        ['beside the bare secret', { 'x-webhook-timestamp': String(now()), 'x-webhook-secret': SECRET }, 401],
                        ['no time', timed(text(3), 'noon'), 401],
                        ['none', { 'x-webhook-signature': sign(text(4)) }, 202],
                ]) {
                        const { status: got, json } = await firstline.webhook(text(what === 'as ISO 8601' ? 2 : what === 'in seconds' ? 1 : what === 'none' ? 4 : 3), { headers });
                        assert.equal(got, status, `${what}: ${JSON.stringify(json)}`);
                }
        });

        check('the same signature again is a repeat, a new one is not', async (firstline) => {
                const first = timed(text(9), now() - 1), second = timed(text(9), now());
                const accepted = await firstline.webhook(text(9), { headers: first });
                assert.equal(accepted.status, 202);
                const again = await firstline.webhook(text(9), { headers: first });
                assert.equal(again.status, 200);
                assert.deepEqual([again.json.status, again.json.ticket_id], ['duplicate', 9]);
                assert.equal((await firstline.webhook(text(9), { headers: second })).status, 202);
        });
});

describe('where a timestamp is demanded', () => {
        const { check } = scene({ freshdesk: false, WORKERS: 0, EMBEDDING_MODEL: '', WEBHOOK_TIMESTAMP: true });

        check('nothing else is proof', async (firstline) => {
                const text = JSON.stringify({ id: 1, subject: 'S', description: 'D' });
                for (const headers of [{ 'x-webhook-signature': sign(text) }, { 'x-webhook-secret': SECRET }, { authorization: basic(SECRET) }])
                        assert.equal((await firstline.webhook(text, { headers })).status, 401);
                assert.equal((await firstline.webhook(text, { headers: timed(text) })).status, 202);
        });
});

describe('only from some addresses', () => {
        const proxies = { WEBHOOK_ALLOW: '192.0.2.0/24, 2001:db8::/32', TRUSTED_PROXIES: '127.0.0.1' };
        const { check } = scene({ freshdesk: false, WORKERS: 0, EMBEDDING_MODEL: '', ...proxies });
        const text = JSON.stringify({ id: 1, subject: 'S', description: 'D' });

        check('the sender is who the trusted proxy heard it from', async (firstline) => {
                for (const [headers, status] of [
                        [{}, 403],
                        [{ 'x-forwarded-for': '192.0.2.7' }, 202],
                        [{ 'x-forwarded-for': '203.0.113.1, 192.0.2.7' }, 200],
                        [{ 'x-forwarded-for': '192.0.2.7, 203.0.113.1' }, 403],
                        [{ 'x-forwarded-for': '192.0.2.7', forwarded: 'for=203.0.113.1' }, 403],
                        [{ forwarded: 'for="[2001:db8::1]:80";proto=https' }, 200],
                        [{ 'x-forwarded-for': 'unknown' }, 403],
                ]) {
                        const answer = await firstline.webhook(text, { headers: { 'x-webhook-secret': SECRET, ...headers } });
                        assert.equal(answer.status, status, JSON.stringify(headers));
                        if (status === 403)
                                assert.equal(answer.json.error.code, 'forbidden');
                }
        });

        check('a proxy on this machine does not make its clients this machine', async (firstline) => {
                assert.equal((await firstline.get('/stats', { headers: { 'x-forwarded-for': '203.0.113.1' } })).status, 403);
                assert.equal((await firstline.get('/stats', { headers: { 'x-forwarded-for': '127.0.0.1' } })).status, 200);
                assert.equal((await firstline.get('/stats')).status, 200);
        });
});

describe('only from some addresses, without a proxy', () => {
        const { check } = scene({ freshdesk: false, WORKERS: 0, EMBEDDING_MODEL: '', WEBHOOK_ALLOW: '192.0.2.0/24' });

        check('what a header says of the sender counts for nothing', async (firstline) => {
                for (const headers of [{}, { 'x-forwarded-for': '192.0.2.7' }, { forwarded: 'for=192.0.2.7' }])
                        assert.equal((await firstline.webhook({ id: 1, subject: 'S' }, { headers: { 'x-webhook-secret': SECRET, ...headers } })).status, 403);
                assert.equal((await firstline.get('/stats')).json.total_tickets, 0);
        });
});

describe('a token that may only look', () => {
        const READER = 'a-token-of-somebody-who-looks';
        const { check } = scene({ freshdesk: false, WORKERS: 0, EMBEDDING_MODEL: '', ADMIN_TOKEN: TOKEN, ADMIN_TOKEN_READ: READER });

        check('reads, and asks what changes nothing', async (firstline) => {
                for (const where of ['/tickets', '/stats', '/metrics', '/knowledge', '/settings', '/errors', '/support', '/session'])
                        assert.equal((await firstline.get(where, { token: READER })).status, 200, where);
                assert.equal((await firstline.request('HEAD', '/stats', { token: READER })).status, 200);
                assert.equal((await firstline.post('/classify', { subject: 'Password reset' }, { token: READER })).status, 200);
                assert.equal((await firstline.post('/ask', { question: 'How do I reset my password?' }, { token: READER })).status, 200);
        });

        check('writes nothing', async (firstline) => {
                for (const [where, body] of [['/process-ticket', { subject: 'S' }], ['/knowledge/reload'], ['/tickets/1/reprocess']]) {
                        const { status, json } = await firstline.post(where, body, { token: READER });
                        assert.equal(status, 403, where);
                        assert.equal(json.error.code, 'forbidden');
                        assert.match(json.error.message, /ADMIN_TOKEN_READ may only look/);
                        assert.notEqual((await firstline.post(where, body, { token: TOKEN })).status, 403, where);
                }
                assert.equal((await firstline.post('/webhook', { id: 1, subject: 'S' }, { token: READER })).status, 401);
                for (const token of [`${READER}x`, READER.slice(1), ''])
                        assert.equal((await firstline.get('/stats', { token })).status, 401);
                assert.ok(!firstline.log.includes(READER));
        });
});

const outside = Object.values(os.networkInterfaces()).flat().find((a) => a.family === 'IPv4' && !a.internal)?.address;

describe('without a secret, on an address that others can reach', { skip: !outside && 'this machine has no address but loopback' }, () => {
        const { check } = scene({ freshdesk: false, WORKERS: 0, EMBEDDING_MODEL: '', WEBHOOK_SECRET: '', HOST: '0.0.0.0', ADMIN_TOKEN: TOKEN });

        check('only loopback may post', async (firstline) => {
                const { port } = new URL(firstline.url);
                const post = (host, headers = {}) => new Promise((done, fail) => {
                        const request = http.request({ host, port, path: '/webhook', method: 'POST', headers: { 'content-type': 'application/json', ...headers } },
                                (response) => (response.resume(), done(response.statusCode)));
                        request.on('error', fail);
                        request.end(JSON.stringify({ id: 7, subject: 'S', description: host + JSON.stringify(headers) }));
                });
                assert.equal(await post('127.0.0.1'), 202);
                assert.equal(await post(outside), 401);
                assert.equal(await post(outside, { host: `127.0.0.1:${port}`, 'x-forwarded-for': '127.0.0.1' }), 401, 'what a header says of the sender counts for nothing');
        });
});
