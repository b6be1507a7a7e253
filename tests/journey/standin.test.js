// The stand-in itself: a test against a stand-in that is unlike the real service proves nothing.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { AGENT_ID, Standin } from './standin.js';
import { randomFaults } from './standin_faults.js';

let desk;
before(async () => {
        desk = await Standin.start();
        desk.add({ id: 1, subject: 'S', description: '<div>D</div>', tags: ['a'] });
        desk.add({ id: 2, subject: 'spam', spam: true });
        for (let i = 0; i < 35; i++)
                desk.say(1, { html: `<p>message ${i}</p>` });
});
after(() => desk.stop());

const basic = (key) => ({ authorization: `Basic ${Buffer.from(`${key}:X`).toString('base64')}` });
async function call(method, path, body, headers = basic(desk.key)) {
        const response = await fetch(desk.url + '/api/v2' + path, { method, redirect: 'manual', body: body === undefined ? undefined : JSON.stringify(body),
                headers: { accept: 'application/json', ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers } });
        const text = await response.text();
        return { status: response.status, headers: response.headers, text, json: text ? JSON.parse(text) : undefined };
}

describe('it refuses as the real one does', () => {
        test('no key, or a wrong one: 401 in one shape of errors', async () => {
                for (const headers of [{}, basic('wrong')]) {
                        const { status, json } = await call('GET', '/tickets/1', undefined, headers);
                        assert.equal(status, 401);
                        assert.equal(json.code, 'invalid_credentials');
                }
        });
        test('a field it does not know, a status it does not have: 400 in the other', async () => {
                for (const [body, code, field] of [[{ colour: 1 }, 'invalid_field', 'colour'], [{ status: 99 }, 'invalid_value', 'status'],
                        [{ tags: 'x' }, 'invalid_value', 'tags'], [{ priority: 5 }, 'invalid_value', 'priority'], [{}, 'missing_field', 'base']]) {
                        const { status, json } = await call('PUT', '/tickets/1', body);
                        assert.equal(status, 400);
                        assert.equal(json.description, 'Validation failed');
                        assert.equal(json.errors[0].code, code);
                        assert.equal(json.errors[0].field, field);
                }
                assert.equal((await call('POST', '/tickets/1/reply', {})).json.errors[0].code, 'missing_field');
                assert.equal((await call('POST', '/tickets/1/reply', { body: 'x', private: true })).json.errors[0].code, 'invalid_field');
        });
        test('what is not there: 404 without a body', async () => {
                for (const path of ['/tickets/99', '/nonsense', '/tickets/99/conversations']) {
                        const { status, text } = await call('GET', path);
                        assert.equal(status, 404);
                        assert.equal(text, '');
                }
        });
        test('writing to spam, and other methods: 405', async () => {
                assert.equal((await call('PUT', '/tickets/2', { status: 4 })).status, 405);
                assert.equal((await call('POST', '/tickets/2/reply', { body: 'x' })).status, 405);
                assert.equal((await call('PUT', '/agents/me', { a: 1 })).status, 405);
        });
        test('what it cannot read or give: 400, 415, 406', async () => {
                const put = (body, headers) => fetch(`${desk.url}/api/v2/tickets/1`, { method: 'PUT', body, headers: { ...basic(desk.key), ...headers } });
                assert.equal((await put('{', { 'content-type': 'application/json' })).status, 400);
                assert.equal((await put('<a/>', { 'content-type': 'application/xml' })).status, 415);
                assert.equal((await call('GET', '/tickets/1', undefined, { ...basic(desk.key), accept: 'text/html' })).status, 406);
        });
        test('more than the allowance of a minute: 429 with Retry-After', async () => {
                const small = await Standin.start({ limits: { agents: 2 } });
                const ask = async (path) => (await fetch(`${small.url}/api/v2${path}`, { headers: basic(small.key) }));
                try {
                        small.minute = () => 1;
                        assert.deepEqual([(await ask('/agents/me')).status, (await ask('/agents/me')).status], [200, 200]);
                        const third = await ask('/agents/me');
                        assert.equal(third.status, 429);
                        assert.equal(third.headers.get('retry-after'), '60');
                        assert.equal((await ask('/tickets')).status, 200, 'another family');
                        small.minute = () => 2;
                        assert.equal((await ask('/agents/me')).status, 200);
                } finally {
                        await small.stop();
                }
        });
});

describe('it answers as the real one does', () => {
        test('nulls, unknown fields and limits in the headers; the requester when asked for', async () => {
                const { json, headers } = await call('GET', '/tickets/1');
                assert.equal(json.group_id, null);
                assert.equal(json.cc_emails, null);
                assert.ok('field_of_tomorrow' in json);
                assert.equal(json.requester, undefined);
                assert.ok(Number(headers.get('x-ratelimit-remaining')) > 0);
                assert.ok(headers.get('x-freshdesk-api-version'));
                assert.equal((await call('GET', '/tickets/1?include=requester')).json.requester.name, 'Robin Example');
        });
        test('the ten oldest messages in an include, thirty or a hundred a page elsewhere', async () => {
                assert.equal((await call('GET', '/tickets/1?include=conversations')).json.conversations.length, 10);
                const first = await call('GET', '/tickets/1/conversations');
                assert.equal(first.json.length, 30);
                assert.match(first.headers.get('link'), /page=2.*rel="next"/);
                const second = await call('GET', '/tickets/1/conversations?page=2');
                assert.equal(second.json.length, 5);
                assert.equal(second.headers.get('link'), null);
                assert.equal((await call('GET', '/tickets/1/conversations?per_page=100')).json.length, 35);
                assert.equal((await call('GET', '/tickets/1/conversations?per_page=101')).status, 400);
        });
        test('lists leave spam and descriptions out', async () => {
                const { json } = await call('GET', '/tickets?updated_since=2020-01-01T00:00:00Z&order_by=updated_at');
                assert.deepEqual(json.map((t) => t.id), [1]);
                assert.equal(json[0].description, undefined);
        });
        test('a reply is made by our agent and stands in the conversation; tags on an update replace', async () => {
                const made = await call('POST', '/tickets/1/reply', { body: '<p>Hi &amp; bye</p>' });
                assert.equal(made.status, 201);
                assert.equal(made.json.user_id, AGENT_ID);
                assert.equal(made.json.body_text, 'Hi & bye');
                const note = await call('POST', '/tickets/1/notes', { body: 'N' });
                assert.equal(note.json.private, true);
                assert.equal((await call('PUT', '/tickets/1', { tags: ['b'], status: 4 })).json.status, 4);
                assert.deepEqual(desk.tickets.get(1).tags, ['b']);
                assert.deepEqual(desk.effects.map((e) => e.kind), ['reply', 'note', 'update']);
        });
});

describe('its faults', () => {
        test('a cut before leaves nothing, a cut after leaves the effect', async () => {
                const before = desk.replies(1).length;
                desk.fault('reply', { kind: 'cut' });
                await assert.rejects(call('POST', '/tickets/1/reply', { body: 'x' }));
                assert.equal(desk.replies(1).length, before);
                desk.fault('reply', { kind: 'cut', after: true });
                await assert.rejects(call('POST', '/tickets/1/reply', { body: 'x' }));
                assert.equal(desk.replies(1).length, before + 1);
        });
        test('one call, then well again', async () => {
                desk.fault('me', { kind: 'status', status: 500 });
                assert.equal((await fetch(`${desk.url}/api/v2/agents/me`, { headers: basic(desk.key) })).status, 500);
                assert.equal((await call('GET', '/agents/me')).status, 200);
        });
        test('stopped, nobody listens; started again, all is as it was', async () => {
                await desk.stop();
                await assert.rejects(call('GET', '/agents/me'));
                await desk.listen();
                assert.equal((await call('GET', '/agents/me')).status, 200);
        });
        test('a seed draws the same faults again, and another seed others', () => {
                const draw = (seed) => {
                        const next = randomFaults(seed, 0.5);
                        return JSON.stringify(Array.from({ length: 200 }, (_, i) => next(['reply', 'ticket', 'update'][i % 3])));
                };
                assert.equal(draw(7), draw(7));
                assert.notEqual(draw(7), draw(8));
        });
});
