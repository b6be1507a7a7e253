// Bad input at the real program: each is a clear error in the one shape that errors have, nothing is stored, and the next request is served.
import assert from 'node:assert/strict';
import net from 'node:net';
import { after, before, describe, test } from 'node:test';

import { examples, Firstline, SECRET } from './firstline.js';

const BODY_MAX = 524288; // the default
const WAIT_MS = 30_000;
const nested = (levels) => '['.repeat(levels) + ']'.repeat(levels);

// Bytes to the program on a connection of its own; what comes back until it closes.
function raw(firstline, ...pieces) {
        return new Promise((done, fail) => {
                const { hostname, port } = new URL(firstline.url);
                const socket = net.connect(Number(port), hostname);
                const timer = setTimeout(() => socket.destroy(new Error('the connection was not closed')), WAIT_MS);
                let text = '';
                socket.setEncoding('latin1').on('data', (some) => (text += some));
                socket.on('connect', () => pieces.forEach((piece) => socket.write(piece)));
                socket.on('error', (error) => (text ? done(text) : fail(error)));
                socket.on('close', () => (clearTimeout(timer), done(text)));
        });
}

function parsed(text) {
        const [head, body] = text.split('\r\n\r\n', 2);
        return { status: Number(head.split(' ')[1]), head, error: body.startsWith('{') ? JSON.parse(body).error : null };
}

// What no JSON of ours may be: [what, text or bytes, code, words of the message]
const malformed = [
        ['empty', '', 'missing_field', /empty/],
        ['white space', ' \n\t ', 'invalid_json', /line/],
        ['not JSON', 'subject=help', 'invalid_json', /line 1/],
        ['half of an object', '{"subject": "a"', 'invalid_json', /line 1/],
        ['two documents', '{"subject": "a"} {}', 'invalid_json', /end of file/],
        ['a trailing comma', '{"subject": "a",}', 'invalid_json', /line 1/],
        ['a comment', '{"subject": "a"} // b', 'invalid_json', /line 1/],
        ['a key twice', '{"subject": "a", "subject": "b"}', 'invalid_json', /duplicate/i],
        ['a key twice, one of them escaped', '{"subject": "a", "\\u0073ubject": "b"}', 'invalid_json', /duplicate/i],
        ['100 levels', nested(100), 'invalid_json', /nested/],
        ['200,000 levels', nested(200_000), 'invalid_json', /nested/],
        ['100,000 levels, never closed', '['.repeat(100_000), 'invalid_json', /nested/],
        ['a deep field nobody asked for', `{"subject": "a", "x": ${nested(90)}}`, 'invalid_json', /nested/],
        ['NUL in a string', '{"subject": "a\\u0000b"}', 'invalid_json', /line 1/],
        ['a NUL byte', Buffer.from('{"subject": "a\0b"}'), 'invalid_json', /line 1/],
        ['a NUL byte behind it', Buffer.from('{"subject": "a"}\0'), 'invalid_json', /line 1/],
        ['a control character', Buffer.from('{"subject": "a\x01b"}'), 'invalid_json', /line 1/],
        ['invalid UTF-8', Buffer.from([...Buffer.from('{"subject": "'), 0xff, 0xfe, ...Buffer.from('"}')]), 'invalid_json', /unable to decode byte/],
        ['an overlong NUL', Buffer.from([...Buffer.from('{"subject": "'), 0xc0, 0x80, ...Buffer.from('"}')]), 'invalid_json', /unable to decode byte/],
        ['a surrogate as UTF-8', Buffer.from([...Buffer.from('{"subject": "'), 0xed, 0xa0, 0x80, ...Buffer.from('"}')]), 'invalid_json', /unable to decode byte/],
        ['half a surrogate pair', '{"subject": "\\ud800"}', 'invalid_json', /line 1/],
        ['UTF-16', Buffer.from('\ufeff{"subject": "a"}', 'utf16le'), 'invalid_json', /line 1/],
        ['a number beyond numbers', '{"id": 1e999, "subject": "a"}', 'invalid_json', /line 1/],
        ['a whole number beyond numbers', '{"id": 99999999999999999999999, "subject": "a"}', 'invalid_json', /line 1/],
        ['not a number', '{"id": NaN, "subject": "a"}', 'invalid_json', /line 1/],
        ['a list', '[]', 'invalid_request', /object/],
        ['a string', '"help"', 'invalid_request', /object/],
        ['null', 'null', 'invalid_request', /object/],
];

const badTickets = [
        ['nothing in it', {}, 'missing_field', /subject.*description/],
        ['both empty', { subject: '', description: '' }, 'missing_field', /subject.*description/],
        ['both blank', { subject: ' \n', description: '\t' }, 'missing_field', /subject.*description/],
        ['both null', { subject: null, description: null }, 'missing_field', /subject.*description/],
        ['a number as subject', { subject: 5 }, 'invalid_request', /"subject" must be a string/],
        ['a list as description', { description: ['a'] }, 'invalid_request', /"description" must be a string/],
        ['an object as requester', { subject: 'a', requester: { email: 'a@b.example' } }, 'invalid_request', /"requester" must be a string/],
        ['id 0', { subject: 'a', id: 0 }, 'invalid_request', /"id"/],
        ['a negative id', { subject: 'a', id: -1 }, 'invalid_request', /"id"/],
        ['a fraction as id', { subject: 'a', id: 1.5 }, 'invalid_request', /"id"/],
        ['an id of our own', { subject: 'a', id: 1_000_000_000_000 }, 'invalid_request', /"id"/],
        ['an id in words', { subject: 'a', id: 'twelve' }, 'invalid_request', /"id"/],
        ['an id with something behind it', { subject: 'a', id: '12; drop table tickets' }, 'invalid_request', /"id"/],
        ['a signed id', { subject: 'a', id: '-12' }, 'invalid_request', /"id"/],
        ['an empty id', { subject: 'a', id: '' }, 'invalid_request', /"id"/],
        ['true as id', { subject: 'a', id: true }, 'invalid_request', /"id"/],
        ['priority 0', { subject: 'a', priority: 0 }, 'invalid_request', /"priority"/],
        ['priority 5', { subject: 'a', priority: 5 }, 'invalid_request', /"priority"/],
        ['a priority that is none', { subject: 'a', priority: 'soon' }, 'invalid_request', /"priority"/],
        ['a list as priority', { subject: 'a', priority: [1] }, 'invalid_request', /"priority"/],
];

const badQuestions = [
        ['nothing in it', {}, 'missing_field', /"question"/],
        ['an empty question', { question: '' }, 'missing_field', /"question"/],
        ['a blank question', { question: ' \n' }, 'missing_field', /"question"/],
        ['null', { question: null }, 'missing_field', /"question"/],
        ['a number', { question: 7 }, 'invalid_request', /"question" must be a string/],
];

const badQueries = [
        ['/tickets?limit=0', /"limit"/], ['/tickets?limit=201', /"limit"/], ['/tickets?limit=-1', /"limit"/], ['/tickets?limit=ten', /"limit"/],
        ['/tickets?limit=1e3', /"limit"/], ['/tickets?limit=99999999999999999999', /"limit"/], ['/tickets?limit=', /"limit"/],
        ['/tickets?cursor=0', /"cursor"/], ['/tickets?cursor=abc', /"cursor"/], ['/tickets?cursor=-5', /"cursor"/], ['/tickets?cursor=1%00', /control character/],
        ['/tickets?state=sleeping', /"state"/], ['/tickets?tier=tier_9', /"tier"/], ['/tickets?action=shrug', /"action"/], ['/tickets/1?after=x', /"after"/], ['/tickets/1?after=-1', /"after"/], ['/tickets?limit=1&limit=2', /twice/], ['/tickets?q=%ff', /UTF-8/], ['/tickets?q=%', /hexadecimal/],
        ['/tickets/abc', /id/], ['/tickets/0', /id/], ['/tickets/-1', /id/], ['/tickets/1.5', /id/], ['/tickets/99999999999999999999', /id/], ['/tickets/1%2F..%2F2', /id/],
        ['/analytics?from=yesterday', /"from"/], ['/analytics?to=2026-13-01', /"to"/], ['/analytics?from=2026-02-30', /"from"/], [`/analytics?from=${'1'.repeat(500)}`, /"from"/],
];

describe('bad input', () => {
        let firstline;
        before(async () => {
                firstline = await Firstline.start({ EMBEDDING_MODEL: '', WORKERS: 0, REQUEST_TIMEOUT: 2, LOG_LEVEL: 'INFO' });
        });
        after(async () => {
                const { json } = await firstline.get('/stats');
                await firstline.end();
                assert.equal(json.total_tickets, 0, 'something of it was stored');
        });

        function refused({ status, json, headers }, [what, , code, words], expected = 400) {
                assert.equal(status, expected, `${what}: ${JSON.stringify(json)}`);
                assert.equal(json.error.code, code, `${what}: ${json.error.message}`);
                assert.match(json.error.message, words, what);
                assert.match(headers.get('content-type'), /^application\/json/);
        }

        for (const where of ['/process-ticket', '/classify', '/ask', '/webhook']) {
                const headers = where === '/webhook' ? { 'x-webhook-secret': SECRET } : {};
                test(`POST ${where} refuses what is not JSON, or not an object`, async () => {
                        for (const one of malformed) {
                                // The webhook looks at the proof first, and so meets an empty body only as JSON.
                                const [what, text, code, words] = where === '/webhook' && one[0] === 'empty' ? [one[0], one[1], 'invalid_json', one[3]] : one;
                                refused(await firstline.post(where, text, { headers }), [what, text, code, words]);
                        }
                });
                test(`POST ${where} takes only application/json`, async () => {
                        for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'application/json; charset=utf-16', 'application/jsonp', 'text/json', '']) {
                                const answer = await firstline.post(where, '{}', { headers: { ...headers, 'content-type': type } });
                                refused(answer, [type, null, 'unsupported_media_type', /application\/json/], 415);
                        }
                });
                test(`POST ${where} refuses a body that is too large`, async () => {
                        for (const size of [BODY_MAX + 1, 1 << 20, 3 << 20]) {
                                const body = JSON.stringify({ subject: 'x'.repeat(size - 14) });
                                assert.ok(body.length >= size);
                                refused(await firstline.post(where, body, { headers }), [size, null, 'too_large', /524288 bytes/], 413);
                        }
                });
        }

        // A slip in "look" must not erase.
        for (const [where, body, key, known] of [['/tickets/1/feedback', { tier: 'tier_1', comment: 'no' }, 'comment', /"tier", "category", "answer", "by"/],
                ['/tickets/1/approve', { reply: 'Hello' }, 'reply', /"response", "by"/], ['/tickets/1/discard', { response: 'Hello' }, 'response', /"by"/],
                ['/tickets/1/hand-over', { to: 'ada' }, 'to', /"by"/], ['/erase', { requester: 'a@b.example', Look: true }, 'Look', /"requester", "ticket_id", "look"/],
                ['/risk/billing/resume', { who: 'ada' }, 'who', /"by"/]])
                test(`POST ${where} refuses an order with a word that it does not know`, async () => {
                        refused(await firstline.post(where, body), [where, null, 'invalid_request', new RegExp(`"${key}" is not known here: ${known.source}`)]);
                        refused(await firstline.post(where, []), [where, null, 'invalid_request', /object/]);
                });

        for (const where of ['/process-ticket', '/classify'])
                test(`POST ${where} says which field is wrong`, async () => {
                        for (const one of badTickets)
                                refused(await firstline.post(where, one[1]), one);
                });

        test('POST /ask says what is wrong with the question', async () => {
                for (const one of badQuestions)
                        refused(await firstline.post('/ask', one[1]), one);
        });

        test('a query or a path says what is wrong with it', async () => {
                for (const [where, words] of badQueries)
                        refused(await firstline.get(where), [where, null, 'invalid_request', words]);
        });

        test('a path that is not there', async () => {
                for (const where of ['/nowhere', '/webhook/', '/tickets/', '/TICKETS', '/assets/', '/assets/none.js', '/assets/..%2F..%2Fetc%2Fpasswd', '/a/b/c/d/e/f/g/h/i/j', '/.env', '/firstline.db'])
                        refused(await firstline.get(where), [where, null, 'not_found', /no such path/], 404);
        });

        test('a method that the path does not have', async () => {
                for (const [method, where, allow] of [['GET', '/webhook', 'POST'], ['DELETE', '/tickets', 'GET, HEAD'], ['PUT', '/', 'GET, HEAD'], ['OPTIONS', '/classify', 'POST'], ['POST', '/health', 'GET, HEAD']]) {
                        const answer = await firstline.request(method, where);
                        refused(answer, [`${method} ${where}`, null, 'method_not_allowed', new RegExp(allow)], 405);
                        assert.equal(answer.headers.get('allow'), allow);
                }
        });

        test('requests that two programs could read in two ways', async () => {
                const head = 'POST /classify HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n';
                const second = 'GET /stats HTTP/1.1\r\nHost: localhost\r\n\r\n';
                for (const [what, request] of [
                        ['Content-Length with Transfer-Encoding', `${head}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
                        ['two Content-Lengths', `${head}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}`],
                        ['two Hosts', `${head}Host: elsewhere\r\nContent-Length: 2\r\n\r\n{}`],
                        ['an unknown Transfer-Encoding', `${head}Transfer-Encoding: gzip\r\n\r\n{}`],
                        ['a blank before the colon', `${head}Content-Length : 2\r\n\r\n{}`],
                        ['no Host', 'GET /health HTTP/1.1\r\n\r\n'],
                        ['an empty Host', 'GET /health HTTP/1.1\r\nHost:\r\n\r\n'],
                        ['a Host that is none', 'GET /health HTTP/1.1\r\nHost: local/host\r\n\r\n'],
                        ['an address of another host', 'GET http://elsewhere/health HTTP/1.1\r\nHost: localhost\r\n\r\n'],
                        ['two equal Content-Lengths', `${head}Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}`],
                        ['chunks twice', `${head}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
                        ['nearly chunks', `${head}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`],
                        ['chunks behind a vertical tab', `${head}Transfer-Encoding: \vchunked\r\n\r\n0\r\n\r\n`],
                        ['chunks on a line of their own', `${head}Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n`],
                        ['chunks of HTTP/1.0', `${head.replace('1.1', '1.0')}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
                        ['a NUL in a header', `${head}X-A: a\0b\r\nContent-Length: 2\r\n\r\n{}`],
                        ['a control character in a header', `${head}X-A: a\x1bb\r\nContent-Length: 2\r\n\r\n{}`],
                        ['bare line feeds', `${head.replaceAll('\r\n', '\n')}Content-Length: 2\n\n{}`],
                        ['one bare line feed', `${head}X-A: a\nContent-Length: 2\r\n\r\n{}`],
                ]) {
                        const text = await raw(firstline, request + second);
                        const { status, error } = parsed(text);
                        assert.equal(status, 400, `${what}: ${text}`);
                        assert.equal(error.code, 'invalid_request', what);
                        assert.doesNotMatch(text, /total_tickets/, `${what}: the second request was answered`);
                }
        });

        test('a tab before chunked is a blank as any other', async () => {
                const body = JSON.stringify({ subject: 'Password reset' });
                const text = await raw(firstline, `POST /classify HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\nTransfer-Encoding:\tchunked\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`);
                assert.equal(parsed(text).status, 200, text);
                assert.equal(text.match(/HTTP\/1\.1/g).length, 1);
        });

        test('too many and too long headers', async () => {
                const many = Array.from({ length: 120 }, (_, i) => `X-${i}: a\r\n`).join('');
                for (const headers of [many, `X: ${'a'.repeat(17_000)}\r\n`]) {
                        const { status, error } = parsed(await raw(firstline, `GET /health HTTP/1.1\r\nHost: localhost\r\n${headers}\r\n`));
                        assert.equal(status, 431);
                        assert.equal(error.code, 'headers_too_large');
                }
                const { status, error } = parsed(await raw(firstline, `GET /tickets?q=${'a'.repeat(9000)} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`));
                assert.equal(status, 414);
                assert.equal(error.code, 'too_large');
        });

        test('a slow sender is cut off, whatever part is slow', async () => {
                const answers = await Promise.all([
                        raw(firstline, 'POST /classify HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"subject"'),
                        raw(firstline, 'POST /classify HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/js'),
                        raw(firstline, 'POST /webhook HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"sub\r\n'),
                ]);
                for (const text of answers) {
                        const { status, error } = parsed(text);
                        assert.equal(status, 408);
                        assert.equal(error.code, 'timeout');
                }
                assert.equal(parsed(await raw(firstline, 'GET /hea')).status, 408); // not even a line
                assert.equal(await raw(firstline, ''), ''); // nothing asked, nothing said
        });

        test('what is no HTTP, or is broken, is told so in the shape of every error, and nothing behind it is read', async () => {
                const head = 'POST /classify HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n';
                const chunks = (body) => `${head}Transfer-Encoding: chunked\r\n\r\n${body}`;
                const second = 'GET /stats HTTP/1.1\r\nHost: localhost\r\n\r\n';
                for (const [what, status, words, bytes] of [
                        ['the first bytes of TLS', 400, /method/, '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'], ['an SSH client', 400, /method/, 'SSH-2.0-client\r\n'], ['NULs', 400, /method/, '\0\0\0\0\r\n\r\n'],
                        ['a method alone', 400, /method/, 'GET\r\n\r\n'], ['tabs', 400, /method/, 'GET\t/health\tHTTP/1.1\r\n\r\n'], ['a blank before it', 400, /method/, ' GET /health HTTP/1.1\r\n\r\n'], ['JSON', 400, /method/, '{"id": 1}\r\n\r\n'],
                        ['a method that is no word', 400, /method/, 'G@T /health HTTP/1.1\r\n\r\n'], ['a NUL in the method', 400, /method/, 'G\0T /health HTTP/1.1\r\n\r\n'], ['a word without end', 400, /method/, 'A'.repeat(70_000)],
                        ['no version', 400, /HTTP\/1\.1/, 'GET /health\r\n\r\n'], ['a version in small letters', 400, /HTTP\/1\.1/, 'GET /health http/1.1\r\n\r\n'], ['more than a version', 400, /HTTP\/1\.1/, 'GET /health HTTP/1.1x\r\n\r\n'],
                        ['a NUL behind the version', 400, /HTTP\/1\.1/, 'GET /health HTTP/1.1\0\r\n\r\n'], ['carriage returns alone', 400, /line feed/, 'GET /health HTTP/1.1\rHost: localhost\r\r'],
                        ['HTTP/9.9', 505, /HTTP\/1\.1/, 'GET / HTTP/9.9\r\nHost: localhost\r\n\r\n'], ['HTTP/2 at once', 505, /HTTP\/1\.1/, 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
                        ['a header without a colon', 400, /malformed/, 'GET /health HTTP/1.1\r\nHost: localhost\r\nX-A\r\n\r\n'], ['a NUL in a header\'s name', 400, /malformed/, 'GET /health HTTP/1.1\r\nHost: localhost\r\nX\0: b\r\n\r\n'],
                        ...['-1', 'abc', '+2', '0x2', '2, 2', '', '2 x'].map((length) => [`Content-Length "${length}"`, 400, /Content-Length/, `${head}Content-Length: ${length}\r\n\r\n{}`]),
                        ['a length beyond numbers', 413, /./, `${head}Content-Length: 99999999999999999999999\r\n\r\n{}`],
                        ['chunks that are no numbers', 400, /chunk/, chunks('zz\r\n{}\r\n0\r\n\r\n')], ['a negative chunk', 400, /chunk/, chunks('-2\r\n{}\r\n0\r\n\r\n')], ['a chunk of 0x2', 400, /chunk/, chunks('0x2\r\n{}\r\n0\r\n\r\n')],
                        ['a chunk without end', 400, /chunk/, chunks('2\r\n{}xx0\r\n\r\n')], ['a chunk beyond numbers', 413, /chunk/, chunks('fffffffffffffffffff\r\n{}\r\n0\r\n\r\n')], ['a chunk with a long extension', 413, /chunk/, chunks(`2;${'a'.repeat(60_000)}\r\n{}\r\n0\r\n\r\n`)],
                        ['a broken trailer', 400, /malformed/, chunks('2\r\n{}\r\n0\r\nX y\r\n\r\n')], ['a long trailer', 431, /header/, chunks(`2\r\n{}\r\n0\r\nX: ${'y'.repeat(60_000)}\r\n\r\n`)],
                        ['an address of 64 kB', 414, /8192/, `GET /${'a'.repeat(65_536)} HTTP/1.1\r\nHost: localhost\r\n\r\n`], ['4,000 parameters', 431, /./, `GET /?${'a&'.repeat(4000)} HTTP/1.1\r\nHost: localhost\r\n\r\n`],
                        ['a header of 64 kB', 431, /header/, `GET /health HTTP/1.1\r\nHost: localhost\r\nX: ${'a'.repeat(65_536)}\r\n\r\n`], ['5,000 headers', 431, /header/, `GET /health HTTP/1.1\r\nHost: localhost\r\n${'X: a\r\n'.repeat(5000)}\r\n`],
                ]) {
                        for (const pieces of [[bytes + second], ['\r\n', bytes + second]]) {
                                const text = await raw(firstline, ...pieces.map((piece) => Buffer.from(piece, 'latin1')));
                                const { status: got, error } = parsed(text);
                                assert.equal(got, status, `${what}: ${text.slice(0, 300)}`);
                                assert.match(error?.message ?? 'no JSON', words, what);
                                assert.doesNotMatch(text, /<html|total_tickets/, what);
                                assert.equal(text.match(/HTTP\/1\.[01] \d{3} /g).length, 1, what);
                        }
                }
        });

        test('what comes in pieces, or behind a request that was answered, is judged alike', async () => {
                const good = 'GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n';
                assert.match(await raw(firstline, ...'GET / HTTP/9.9\r\n'), /^HTTP\/1\.1 505 [^]*"error"/);
                assert.match(await raw(firstline, `${good}GET / HTTP/9.9\r\n\r\n`), /^HTTP\/1\.1 200 [^]*HTTP\/1\.1 505 [^]*\{"error":\{"code"/);
                assert.match(await raw(firstline, `${good}POST /classify HTTP/1.1\r\nHost: localhost\r\nContent-Length: x\r\n\r\n`), /^HTTP\/1\.1 200 [^]*HTTP\/1\.1 400 [^]*\{"error":\{"code"/);
                // A request that lies across two reads behind another one is whole all the same.
                const text = await raw(firstline, `${good}GET /health/live HT`, 'TP/1.1\r\nHost: localhost\r\nConnec', 'tion: close\r\n\r\n');
                assert.equal(text.match(/HTTP\/1\.1 200 /g).length, 2, text);
        });

        test('what is large or strange but right is served', async () => {
                const big = { subject: 'Password reset', description: 'I cannot log in. '.repeat(25_000) };
                assert.equal((await firstline.post('/classify', big)).status, 200);
                const strange = { ...examples.password, extra: { anything: [1, null, true] }, id: null, priority: 'Urgent', requester: null };
                assert.equal((await firstline.post('/classify', strange)).status, 200);
                assert.equal((await firstline.post('/classify', { description: '\u202e\u200b\ufeff🙂 e\u0301 ﷽ 密码' })).status, 200);
                assert.equal((await firstline.post('/ask', { question: `${'"*() AND NOT NEAR^:-'.repeat(50)} password` })).status, 200);
                assert.equal((await firstline.get("/tickets?q=%27%3B%20DROP%20TABLE%20tickets%3B--")).status, 200);
                assert.equal((await firstline.get('/tickets?q=%25_%22*')).status, 200);
        });
});
