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
