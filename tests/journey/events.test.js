// GET /events: what changes is told while it happens, to whoever listens, and to whoever comes back.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { examples } from './firstline.js';
import { act, scene } from './scene.js';

const WAIT_MS = 30_000;
const LISTENERS_MAX = 64;

// A listener: the messages as they come, and a way to wait for one.
async function listen(firstline, { lastId, token } = {}) {
        const control = new AbortController();
        const response = await fetch(`${firstline.url}/events`, { signal: control.signal, headers: { ...(lastId ? { 'last-event-id': lastId } : {}), ...(token ? { authorization: `Bearer ${token}` } : {}) } });
        const messages = [];
        let wake = () => {}, over = false;
        const ended = (async () => {
                let rest = '';
                try {
                        for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
                                const parts = (rest + chunk).split('\n\n');
                                rest = parts.pop();
                                for (const part of parts)
                                        messages.push(Object.fromEntries(part.split('\n').map((line) => line.split(/: (.*)/s).slice(0, 2))));
                                wake();
                        }
                } catch {
                        // broken off
                }
                over = true;
                wake();
        })();
        const first = async (fits) => {
                const deadline = Date.now() + WAIT_MS;
                for (;;) {
                        const found = messages.find(fits);
                        if (found || over || Date.now() > deadline)
                                return found;
                        await new Promise((done) => {
                                const timer = setTimeout(done, 200);
                                wake = () => (clearTimeout(timer), done());
                        });
                }
        };
        return { response, messages, first, ended, stop: () => control.abort() };
}
const tells = (id) => (message) => message.event === 'tickets' && JSON.parse(message.data).tickets.includes(id);

const { check } = scene({ freshdesk: false, EMBEDDING_MODEL: '' });

check('a ticket is told to all who listen, and with it where to go on', async (firstline) => {
        const a = await listen(firstline), b = await listen(firstline);
        assert.equal(a.response.status, 200);
        assert.equal(a.response.headers.get('content-type'), 'text/event-stream');
        assert.equal(a.response.headers.get('cache-control'), 'no-store');
        const { ticket_id } = (await firstline.post('/process-ticket', examples.password)).json;
        for (const one of [a, b])
                assert.ok(Number((await one.first(tells(ticket_id)))?.id) > 0);
        a.stop();
        b.stop();
});

check('who comes back with the last number is told what came since', async (firstline) => {
        const a = await listen(firstline), b = await listen(firstline);
        const first = (await firstline.post('/process-ticket', examples.password)).json.ticket_id;
        const { id } = await a.first(tells(first));
        a.stop();
        const second = (await firstline.post('/process-ticket', examples.billing)).json.ticket_id;
        await b.first(tells(second));
        const again = await listen(firstline, { lastId: id });
        assert.ok(await again.first(tells(second)));
        assert.ok(!again.messages.some((message) => message.event === 'reset'));
        again.stop();
        b.stop();
});

check('who was away too long is told to look at everything', async (firstline) => {
        await firstline.restart(); // what was told before is forgotten
        for (const lastId of ['1', '999999999']) {
                const one = await listen(firstline, { lastId });
                assert.ok(await one.first((message) => message.event === 'reset'), lastId);
                one.stop();
        }
});

check('there are no more listeners than there is room for', async (firstline) => {
        const all = [];
        for (let i = 0; i < LISTENERS_MAX; i++)
                all.push(await listen(firstline));
        const full = all.find(({ response }) => response.status === 503) ?? await listen(firstline);
        assert.equal(full.response.status, 503);
        assert.ok((await firstline.metrics())['firstline_event_streams'] <= LISTENERS_MAX);
        for (const one of all)
                one.stop();
        full.stop();
});

test('a server that stops ends its streams and does not wait for them', async () => {
        await act({ freshdesk: false, EMBEDDING_MODEL: '' }, async (firstline) => {
                const all = [await listen(firstline), await listen(firstline), await listen(firstline)];
                await firstline.end();
                await Promise.all(all.map(({ ended }) => ended));
        });
});

test('only who may look is told', async () => {
        await act({ freshdesk: false, EMBEDDING_MODEL: '', ADMIN_TOKEN: 'token-for-writing-7f3a', ADMIN_TOKEN_READ: 'token-for-reading-91bc' }, async (firstline) => {
                for (const [token, status] of [[undefined, 401], ['token-for-reading-91bx', 401], ['token-for-reading-91bc', 200], ['token-for-writing-7f3a', 200]]) {
                        const one = await listen(firstline, { token });
                        assert.equal(one.response.status, status);
                        one.stop();
                }
        });
});
