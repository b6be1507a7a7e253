// The OpenAPI document: complete, and as the program answers. That each answer fits is checked at every request of every journey
// (contract.js); here every call is made once, and what the document says of itself is held against the tables in the source.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { describe, test } from 'node:test';

import { noAjv, openapi, seen } from './contract.js';
import { examples, root } from './firstline.js';
import { act, scene } from './scene.js';

const source = (name) => fs.readFileSync(path.join(root, 'src', name), 'utf8');
const routes = [...source('api/routes.c').matchAll(/\{"([A-Z]+)", "([^"]+)", ([^,]+), api_\w+\}/g)]
        .map(([, method, where, flags]) => ({ method, where, public: flags.includes('HTTP_PUBLIC'), json: flags.includes('HTTP_JSON'), reads: flags.includes('HTTP_READ') }));
const operations = Object.entries(openapi.paths).flatMap(([where, methods]) =>
        Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), where, operation })));
const named = ({ method, where }) => `${method} ${where}`;

const TOKEN = 'a-token-for-the-administrator';

// Headers that fetch does not let one set.
function ask(firstline, method, where, headers) {
        return new Promise((done, fail) => {
                const request = http.request(firstline.url + where, { method, headers, agent: false }, (response) => {
                        let text = '';
                        response.setEncoding('utf8').on('data', (some) => (text += some)).on('end', () => done({ status: response.statusCode, headers: response.headers, json: text && JSON.parse(text) }));
                });
                request.on('error', fail).end();
        });
}

describe('the document', () => {
        test('has the routes of the program, and no other', () => {
                assert.ok(routes.length >= 15);
                assert.deepEqual(operations.map(named).sort(), routes.map(named).sort());
        });

        test('says for each call what it is and whether it needs the token', () => {
                const ids = new Set();
                for (const { method, where, operation } of operations) {
                        const route = routes.find((r) => r.method === method && r.where === where);
                        const what = `${method} ${where}`;
                        assert.ok(operation.summary && operation.tags.length === 1, what);
                        assert.ok(!ids.has(operation.operationId), what);
                        ids.add(operation.operationId);
                        assert.equal(operation.security.some((way) => 'token' in way), !route.public, what);
                        assert.equal(operation.security.some((way) => 'reading_token' in way), route.reads, `${what}: ADMIN_TOKEN_READ`);
                        assert.ok(route.public || route.reads === (method === 'GET' || ['/classify', '/ask'].includes(where)), `${what}: who only looks needs no more than HTTP_READ`);
                        for (const status of route.public ? [] : ['401', '403'])
                                assert.ok(operation.responses[status], `${what} ${status}`);
                        for (const status of route.json ? ['400', '413', '415'] : [])
                                assert.ok(operation.responses[status] && operation.requestBody.required, `${what} ${status}`);
                        const inPath = [...where.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
                        assert.deepEqual((operation.parameters ?? []).filter((p) => p.in === 'path').map((p) => p.name), inPath, what);
                        for (const p of operation.parameters ?? [])
                                assert.ok(p.description && p.schema && (p.in !== 'path' || p.required), `${what} ${p.name}`);
                }
        });

        test('has every code of an error', () => {
                const codes = [...source('base/error_table.h').matchAll(/X\(\w+,\s*"(\w+)"/g)].map((match) => match[1]).filter((code) => code !== 'none');
                assert.deepEqual(openapi.components.schemas.Error.properties.error.properties.code.enum, codes);
        });

        test('refers to nothing that is not there, and describes nothing that nobody refers to', () => {
                const refs = new Set();
                JSON.stringify(openapi, (key, value) => (key === '$ref' ? (refs.add(value), value) : value));
                for (const ref of refs)
                        assert.ok(ref.slice(2).split('/').reduce((at, part) => at?.[part], openapi), ref);
                for (const name of Object.keys(openapi.components.schemas))
                        assert.ok(refs.has(`#/components/schemas/${name}`), name);
                for (const [, text] of JSON.stringify(openapi).matchAll(/"security":(\[[^\]]*\])/g))
                        for (const [, scheme] of text.matchAll(/"(\w+)":/g))
                                assert.ok(openapi.components.securitySchemes[scheme], scheme);
        });

        test('describes every field of its objects', () => {
                for (const [name, schema] of Object.entries(openapi.components.schemas))
                        for (const [field, property] of Object.entries(schema.properties ?? {}))
                                assert.ok(property.$ref || property.description, `${name}.${field}`);
        });
});

describe('each call answers as the document says', { skip: noAjv }, () => {
        const { check } = scene({});
        let id;

        check('tickets', async (firstline, standin) => {
                standin.add({ id: 7, ...examples.crash });
                const processed = await firstline.post('/process-ticket', examples.password);
                assert.equal(processed.status, 200);
                id = processed.json.ticket_id;
                assert.equal((await firstline.post('/classify', examples.billing)).status, 200);
                assert.equal((await firstline.webhook({ ticket: { id: 7, ...examples.crash } })).status, 202);
                assert.equal((await firstline.webhook({ ticket: { id: 7, ...examples.crash } })).status, 200);
                assert.equal((await firstline.get(`/tickets/${id}`)).status, 200);
                assert.equal((await firstline.get('/tickets/99')).status, 404);
                assert.equal((await firstline.post(`/tickets/${id}/reprocess`)).status, 202);
                assert.equal((await firstline.post('/tickets/99/reprocess')).status, 404);
                assert.equal((await firstline.post(`/tickets/${id}/feedback`, { answer: 'right' })).status, 201);
        });

        check('jobs', async (firstline, standin) => {
                await firstline.settled(7); // the faults are for others
                for (const [ticket, order] of [[8, 'drop'], [9, 'retry']]) {
                        standin.add({ id: ticket, ...examples.crash });
                        standin.fault('ticket', { kind: 'status', status: 400, times: 2 });
                        assert.equal((await firstline.webhook({ ticket: { id: ticket } })).status, 202);
                        await firstline.ticket(ticket, (t) => t.state === 'failed');
                        const [job] = (await firstline.get(`/jobs?ticket_id=${ticket}`)).json.jobs;
                        assert.equal((await firstline.get(`/jobs/${job.job_id}`)).status, 200);
                        assert.equal((await firstline.post(`/jobs/${job.job_id}/${order}`)).status, 200);
                }
        });

        check('lists, page by page', async (firstline) => {
                for (let i = 0; i < 5; i++)
                        assert.equal((await firstline.post('/process-ticket', { subject: `Question ${i}`, description: 'How do I change my password?' })).status, 200);
                const all = (await firstline.get('/tickets?limit=200')).json;
                assert.equal(all.next, null);
                const paged = [];
                for (let cursor = null, pages = 0; pages < 10; pages++) {
                        const page = (await firstline.get(`/tickets?limit=2${cursor ? `&cursor=${cursor}` : ''}`)).json;
                        assert.ok(page.tickets.length <= 2);
                        paged.push(...page.tickets.map((t) => t.ticket_id));
                        cursor = page.next;
                        if (!cursor)
                                break;
                }
                assert.deepEqual(paged, all.tickets.map((t) => t.ticket_id));
                for (const query of ['state=recorded', 'tier=tier_1', 'category=password_reset', 'action=escalate', 'q=Question', 'tier=tier_1&q=password'])
                        assert.equal((await firstline.get(`/tickets?${query}`)).status, 200);
        });

        check('questions and documents', async (firstline) => {
                assert.equal((await firstline.post('/ask', { question: 'How do I reset my password?' })).status, 200);
                assert.equal((await firstline.post('/ask', { question: 'zxqv' })).status, 200);
                assert.equal((await firstline.get('/knowledge')).status, 200);
                assert.equal((await firstline.post('/knowledge/reload')).status, 200);
                const { items: [first] } = (await firstline.get('/knowledge')).json;
                const said = (await firstline.get(`/knowledge/passages?document=${first.document}`)).json;
                assert.equal(said.passages.length, first.passages);
                assert.equal(said.next, null);
                assert.equal((await firstline.get(`/knowledge/passages?document=${first.document}&cursor=2`)).json.passages[0].passage, said.passages[2].passage);
                assert.equal((await firstline.get('/knowledge/passages?document=none.txt')).status, 404);
                assert.equal((await firstline.get('/knowledge/passages')).status, 400);
                assert.equal((await firstline.get('/knowledge/gaps')).status, 200);
                assert.equal((await firstline.get('/knowledge/gaps?days=0')).status, 400);
        });

        check('numbers', async (firstline) => {
                assert.equal((await firstline.get('/stats')).status, 200);
                assert.equal((await firstline.get('/analytics')).status, 200);
                assert.equal((await firstline.get('/quality?days=7')).status, 200);
                assert.equal((await firstline.get('/quality?days=x')).status, 400);
                const day = new Date().toISOString().slice(0, 10);
                const { json } = await firstline.get(`/analytics?from=${day}&to=${day}`);
                assert.ok(json.tickets > 0 && json.by_day[day].tickets === json.tickets);
                assert.equal((await firstline.get('/analytics?from=2020-01-01T00:00:00Z&to=2020-01-02T00:00:00Z')).json.tickets, 0);
        });

        check('health', async (firstline) => {
                assert.equal((await firstline.get('/health')).status, 200);
                assert.equal((await firstline.get('/health/live')).status, 200);
                assert.equal((await firstline.get('/health/ready')).status, 200);
                assert.equal((await firstline.get('/metrics')).status, 200);
        });

        check('what a person decides', async (firstline, standin) => {
                standin.add({ id: 88, ...examples.crash });
                assert.equal((await firstline.webhook({ ticket: { id: 88, ...examples.crash } })).status, 202);
                await firstline.settled(88);
                assert.equal((await firstline.post('/tickets/88/approve', {})).status, 409);
                assert.equal((await firstline.post('/tickets/88/hand-over', {})).status, 202);
                await firstline.settled(88);
        });

        check('what the console asks besides', async (firstline) => {
                assert.deepEqual((await firstline.get('/session')).json, { role: 'write', token: false, mode: 'auto', freshdesk: true, categories: (await firstline.get('/session')).json.categories });
                assert.equal((await firstline.get('/events')).status, 200);
                const { settings } = (await firstline.get('/settings')).json;
                assert.equal(settings.find(({ name }) => name === 'WEBHOOK_SECRET').value, '********');
                assert.ok(Array.isArray((await firstline.get('/errors')).json.errors));
                const support = await firstline.get('/support');
                assert.equal(support.json.health.mode, 'auto');
                assert.doesNotMatch(support.text, new RegExp(examples.password.subject));
                const { explain } = (await firstline.post('/ask', { question: 'How do I reset my password?', explain: true })).json;
                assert.ok(explain.passages.length > 0 && explain.keyword.passages.length > 0);
        });

        check('pages', async (firstline) => {
                for (const where of ['/', '/docs', '/openapi.json', ...['docs.css', 'docs.js', 'favicon.svg', 'swagger-ui.css', 'swagger-ui-bundle.js'].map((name) => `/assets/${name}`)]) {
                        const { status, headers } = await firstline.get(where);
                        assert.equal(status, 200, where);
                        assert.equal((await firstline.get(where, { headers: { 'if-none-match': headers.get('etag') } })).status, 304, where);
                }
                assert.equal((await firstline.get('/assets/..%2fopenapi.json')).status, 404);
                assert.deepEqual((await firstline.get('/openapi.json')).json, openapi);
        });

        check('erasing', async (firstline) => {
                assert.equal((await firstline.post('/erase', { requester: 'nobody@example.com', look: true })).status, 200);
                assert.equal((await firstline.post('/erase', { ticket_id: 99 })).status, 404);
                assert.equal((await firstline.post('/erase', {})).status, 400);
        });

        check('and none was forgotten', async () => {
                for (const { method, where, operation } of operations)
                        // A draft is there in draft mode only: review.test.js; a category that fell back only after answers that did not hold.
                        for (const status of Object.keys(operation.responses).filter((s) => s < '400' && !/approve|discard|resume/.test(where)))
                                assert.ok(seen.has(`${method} ${where} ${status}`), `${method} ${where} was never seen to answer ${status}`);
        });

        check('HEAD is like GET without the body, and other methods are told which there are', async (firstline) => {
                for (const where of Object.keys(openapi.paths)) {
                        const place = where.replace('{id}', '1').replace('{file}', 'docs.css').replace('{category}', 'billing') + (where === '/knowledge/passages' ? '?document=password_reset.txt' : '');
                        const methods = Object.keys(openapi.paths[where]).map((method) => method.toUpperCase());
                        const { status, headers, json } = await firstline.request('PATCH', place);
                        assert.equal(status, 405, where);
                        assert.equal(json.error.code, 'method_not_allowed');
                        assert.deepEqual(headers.get('allow').split(', ').sort(), (methods.includes('GET') ? [...methods, 'HEAD'] : methods).sort());
                        if (methods.includes('GET') && !where.includes('{id}')) {
                                const head = await firstline.request('HEAD', place);
                                assert.equal(head.status, 200, where);
                                assert.equal(head.text, '');
                        }
                }
        });

        check('without a token, only this machine by its own name is answered', async (firstline) => {
                const { port } = new URL(firstline.url);
                for (const host of [`127.0.0.1:${port}`, `localhost:${port}`, 'localhost', '[::1]', `[::1]:${port}`, '127.1.2.3'])
                        assert.equal((await ask(firstline, 'GET', '/stats', { host })).status, 200, host);
                for (const headers of [{ host: `rebound.example:${port}` }, { host: '127.0.0.1.example' }, { host: 'localhost.example' }, { host: '10.0.0.1' }, { host: 'x' },
                        { host: 'localhost', 'x-forwarded-for': '203.0.113.9' }, { host: 'localhost', forwarded: 'for=203.0.113.9' }]) {
                        const { status, json } = await ask(firstline, 'GET', '/stats', headers);
                        assert.equal(status, 403, JSON.stringify(headers));
                        assert.equal(json.error.code, 'forbidden');
                        assert.equal((await ask(firstline, 'GET', '/health', headers)).status, 200);
                }
        });
});

test('with ADMIN_TOKEN all but /webhook, /health* and the pages need it', async () => {
        await act({ freshdesk: false, ADMIN_TOKEN: TOKEN }, async (firstline) => {
                for (const { method, where, operation } of operations) {
                        const place = where.replace('{id}', '1').replace('{file}', 'docs.css');
                        const open = operation.security.length === 0 || where === '/webhook';
                        const body = operation.requestBody ? {} : undefined;
                        const what = `${method} ${where}`;
                        for (const authorization of [undefined, 'Bearer wrong-token-for-the-administrator', `Bearer ${TOKEN}x`, `Bearer ${TOKEN.slice(1)}`, 'Bearer', `Basic ${btoa(`x:${TOKEN}`)}`, TOKEN]) {
                                const { status, headers, json } = await firstline.request(method, place, { body, headers: authorization ? { authorization } : {} });
                                if (!open) {
                                        assert.equal(status, 401, `${what} with ${authorization}`);
                                        assert.equal(json.error.code, 'unauthorized');
                                        assert.match(headers.get('www-authenticate'), /^Bearer/);
                                } else if (where !== '/webhook') {
                                        assert.equal(status, 200, what);
                                }
                        }
                        if (!open)
                                assert.notEqual((await firstline.request(method, place, { body, token: TOKEN })).status, 401, what);
                }
                assert.doesNotMatch(firstline.log, new RegExp(TOKEN));
        });
});
