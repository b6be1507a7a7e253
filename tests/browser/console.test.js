// The console in a real browser, in front of the real program and a stand-in Freshdesk: each tab as a person would use it.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { examples, Firstline, SECRET } from '../journey/firstline.js';
import { Standin } from '../journey/standin.js';
import { keep, launch, noChromium, open, sideways, violations } from './browser.js';

const SLOW_MS = 30_000;
const FIRST_LOAD_MAX = 150_000; // bytes that come over the wire before the inbox stands
const TOKEN = 'a-token-for-the-console-0815';
const TABS = ['Inbox', 'Classify', 'Ask', 'Knowledge', 'Analytics', 'Status', 'Documentation'];

const hostile = {
        subject: '<script>document.title="owned"</script>',
        description: `<p>&lt;img src=x onerror=alert(1)&gt; \u202e\u0645\u0631\u062d\u0628\u0627 \u{1f389} [link](javascript:alert(1)) ${'word '.repeat(20_000)}</p>`,
        requester: '"><script>alert(2)</script>@example.com',
};

describe('the console', { skip: noChromium }, () => {
        let standin, firstline, browser, crash;
        before(async () => {
                standin = await Standin.start();
                firstline = await Firstline.start({ standin, FRESHDESK_POLL: 0 });
                for (const example of Object.values(examples))
                        assert.equal((await firstline.post('/process-ticket', example)).status, 200);
                crash = (await firstline.post('/process-ticket', hostile)).json.ticket_id;
                browser = await launch();
        });
        after(async () => {
                await browser?.close();
                await firstline?.end();
                await standin?.stop();
        });

        const at = (hash, options) => open(browser, `${firstline.url}/${hash}`, options);
        const seen = (page, text) => page.getByText(text).first().waitFor({ timeout: SLOW_MS });
        // What must stand before a view is complete.
        const views = {
                '#/inbox': (page) => page.locator('a.row').nth(2).waitFor({ timeout: SLOW_MS }),
                '#/inbox/hostile': async (page) => page.locator('.timeline li').nth(3).waitFor({ timeout: SLOW_MS }),
                '#/classify': async (page) => {
                        await page.getByRole('button', { name: 'A password' }).click();
                        await page.locator('.passages li').first().waitFor({ timeout: SLOW_MS });
                },
                '#/ask?q=How+do+I+reset+my+password%3F': (page) => page.locator('.fold summary').waitFor({ timeout: SLOW_MS }),
                '#/knowledge': (page) => page.locator('tbody tr').nth(3).waitFor({ timeout: SLOW_MS }),
                '#/analytics': (page) => page.locator('.plot canvas').nth(2).waitFor({ timeout: SLOW_MS }),
                '#/status': async (page) => {
                        await page.locator('.parts tr').nth(6).waitFor({ timeout: SLOW_MS });
                        await seen(page, 'WEBHOOK_SECRET');
                },
                '#/manual': (page) => page.locator('.prose table').first().waitFor({ timeout: SLOW_MS }),
        };

        for (const scheme of ['light', 'dark'])
                for (const screen of ['desktop', 'phone'])
                        for (const [hash, ready] of Object.entries(views))
                                test(`${hash} can be read by everybody: ${scheme}, ${screen}`, async () => {
                                        const { page, faults, close } = await at(hash.replace('hostile', crash), { scheme, screen });
                                        await ready(page);
                                        await keep(page, `${hash.replace(/\?.*/, '').replace(/\W+/g, '-').slice(1)}-${scheme}-${screen}`);
                                        assert.deepEqual(await violations(page), []);
                                        assert.ok(await sideways(page) <= 0, 'it must not scroll sideways');
                                        const [r, g, b] = (await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).match(/\d+/g).map(Number);
                                        assert.equal((r + g + b) / 3 < 128, scheme === 'dark');
                                        assert.deepEqual(faults, []);
                                        await close();
                                });

        test('a ticket appears by itself when its webhook comes, and changes as it is worked on', async () => {
                standin.add({ id: 4711, subject: 'Where is my parcel of Tuesday?', description: 'It has not come.' });
                const { page, faults, close } = await at('#/inbox');
                await views['#/inbox'](page);
                await page.locator('.health[data-status="ok"]').waitFor({ timeout: SLOW_MS });
                assert.equal((await firstline.webhook({ ticket: { id: 4711, subject: 'Where is my parcel of Tuesday?', description: 'It has not come.' } })).status, 202);
                const row = page.locator('a.row[data-id="4711"]');
                await row.waitFor({ timeout: SLOW_MS });
                await row.getByText('Delivered').waitFor({ timeout: SLOW_MS });
                assert.deepEqual(faults, []);
                await close();
        });

        test('a ticket tells what was asked, decided, sent and done', async () => {
                standin.add({ id: 4712, subject: examples.password.subject, description: examples.password.description });
                assert.equal((await firstline.webhook({ ticket: { id: 4712, ...examples.password } })).status, 202);
                const ticket = await firstline.settled(4712);
                const { page, faults, close } = await at('#/inbox/4712');
                await seen(page, ticket.reason.replace(/^tier_1/, 'Simple'));
                await seen(page, 'Reply, as the customer got it');
                for (const heading of ['Message', 'Decision', 'Was it right?', 'Passages it was answered from', 'Outbox', 'What happened'])
                        assert.equal(await page.getByRole('heading', { name: heading, exact: true }).count(), 1, heading);
                assert.equal(await page.locator('.timeline li').count(), ticket.audit.length);
                assert.ok(await page.locator('.passages mark').count() > 0, 'the words that matched are marked');
                assert.match(await page.locator('.letter .text').innerText(), new RegExp(ticket.response.split('\n')[0]));
                const reply = page.locator('.outbox li', { hasText: 'Public reply' });
                await reply.locator('summary').click();
                assert.match(await reply.locator('.text').innerText(), new RegExp(ticket.response.split('\n')[0]), 'what went out');
                await page.getByRole('button', { name: 'Reprocess' }).click();
                await seen(page, 'Queued for another journey.');
                await page.waitForFunction((n) => document.querySelectorAll('.timeline li').length > n, ticket.audit.length, { timeout: SLOW_MS });
                assert.deepEqual(faults, []);
                await close();
        });

        test('what waits to be sent is shown, and that it was sent', async () => {
                standin.add({ id: 4713, subject: examples.password.subject, description: examples.password.description });
                const sending = standin.fault('reply', { kind: 'hold' });
                assert.equal((await firstline.webhook({ ticket: { id: 4713, ...examples.password } })).status, 202);
                await sending.reached;
                const { page, faults, close } = await at('#/inbox/4713');
                const step = (what, state) => page.locator('.outbox li', { hasText: what }).getByText(state, { exact: true }).waitFor({ timeout: SLOW_MS });
                await step('Public reply', 'Sending');
                await step('Status and tags', 'Waiting');
                await page.locator('.outbox li', { hasText: 'Status and tags' }).locator('summary').click();
                assert.match(await page.locator('.outbox details[open]').innerText(), /status 4; .*tags .*tier_1/, 'what it will do');
                assert.deepEqual(await violations(page), []);
                sending.release();
                await step('Public reply', 'Done');
                await step('Status and tags', 'Done');
                assert.deepEqual(faults, []);
                await close();
        });

        test('a person says that an answer is wrong, and what it should have been', async () => {
                const { page, faults, close } = await at('#/inbox/4712');
                standin.add({ id: 4712, ...examples.password });
                await firstline.webhook({ ticket: { id: 4712, ...examples.password } });
                await firstline.settled(4712);
                await page.reload();
                await page.getByRole('button', { name: 'Wrong' }).click({ timeout: SLOW_MS });
                await seen(page, 'Noted: the answer is wrong.');
                await page.locator('button[aria-pressed="true"]', { hasText: 'Wrong' }).waitFor({ timeout: SLOW_MS });
                await page.locator('.correction').getByLabel('Category').selectOption('security');
                await page.locator('.correction').getByLabel('Tier').selectOption('complex');
                await page.getByRole('button', { name: 'Correct' }).click();
                await seen(page, 'corrected by a person');
                await seen(page, 'tier Complex, category Security');
                const said = (await firstline.ticket(4712)).audit.filter((row) => row.step === 'feedback').map((row) => row.detail);
                assert.deepEqual(said.map(({ answer, tier, category }) => [answer, tier, category]), [['wrong', null, null], [null, 'complex', 'security']]);
                assert.deepEqual(await violations(page), []);
                assert.deepEqual(faults, []);
                await close();
        });

        test('hostile text stays text, and a long one is shown when asked for', async () => {
                const { page, faults, close } = await at(`#/inbox/${crash}`);
                await page.locator('.timeline li').nth(3).waitFor({ timeout: SLOW_MS });
                assert.equal(await page.locator('#ticket-title').innerText(), hostile.subject);
                assert.match(await page.title(), /Firstline$/);
                assert.equal(await page.locator('main script, main img, main a[href^="javascript"]').count(), 0);
                const before = (await page.locator('.text').first().innerText()).length;
                await page.getByRole('button', { name: /^Show all/ }).first().click();
                assert.ok((await page.locator('.text').first().innerText()).length > 90_000 && before < 2000);
                assert.ok(await sideways(page) <= 0);
                assert.deepEqual(faults, []);
                await close();
        });

        test('filters and search stand in the address', async () => {
                const { page, faults, close } = await at('#/inbox');
                await views['#/inbox'](page);
                await page.getByRole('combobox', { name: 'Tier' }).selectOption('complex');
                await page.locator('.mark', { hasText: 'Simple' }).first().waitFor({ state: 'detached', timeout: SLOW_MS });
                await page.getByRole('searchbox').fill('crash');
                await page.waitForURL(/q=crash/);
                assert.match(page.url(), /tier=complex/);
                await page.reload();
                await page.locator('a.row').first().waitFor({ timeout: SLOW_MS });
                assert.equal(await page.getByRole('searchbox').inputValue(), 'crash');
                for (const subject of await page.locator('.row-subject').allInnerTexts())
                        assert.match(subject, /crash/i);
                await page.getByRole('searchbox').fill('zxqvw');
                await seen(page, 'No ticket fits.');
                await page.getByRole('button', { name: 'Clear' }).click();
                await page.locator('a.row').nth(2).waitFor({ timeout: SLOW_MS });
                assert.deepEqual(faults, []);
                await close();
        });

        test('everything can be reached without a mouse', async () => {
                const { page, faults, close } = await at('#/inbox');
                await views['#/inbox'](page);
                const first = await page.locator('a.row').first().getAttribute('data-id');
                await page.keyboard.press('j');
                await page.waitForURL(new RegExp(`inbox/${first}`));
                await page.locator('.timeline li').first().waitFor({ timeout: SLOW_MS });
                await page.keyboard.press('j');
                await page.keyboard.press('k');
                await page.waitForURL(new RegExp(`inbox/${first}`));
                await page.keyboard.press('Escape');
                await page.waitForURL(/#\/inbox$/);
                await page.keyboard.press('/');
                assert.equal(await page.evaluate(() => document.activeElement.id), 'search');
                await page.keyboard.press('Escape');
                await page.keyboard.press('?');
                await page.getByRole('dialog').waitFor();
                await page.keyboard.press('Escape');
                for (const [key, title] of [['c', 'Classify'], ['a', 'Ask'], ['k', 'Knowledge'], ['n', 'Analytics'], ['s', 'Status'], ['d', 'Documentation'], ['i', 'Inbox']]) {
                        await page.keyboard.press('g');
                        await page.keyboard.press(key);
                        await page.getByRole('heading', { name: title, level: 1 }).waitFor({ timeout: SLOW_MS });
                }
                await page.reload();
                await views['#/inbox'](page);
                const reached = [];
                for (let i = 0; i < 2 + TABS.length; i++) {
                        await page.keyboard.press('Tab');
                        reached.push(await page.evaluate(() => document.activeElement.innerText.split('\n')[0]));
                }
                assert.deepEqual(reached.slice(2), TABS);
                assert.deepEqual(faults, []);
                await close();
        });

        test('what a ticket is written in, and what in it wants a person, stand beside the verdict', async () => {
                const { page, faults, close } = await at('#/classify');
                await page.getByRole('button', { name: 'A threat' }).click();
                const card = page.locator('.card', { has: page.getByRole('heading', { name: 'Language and signals' }) });
                await card.getByText('English').waitFor({ timeout: SLOW_MS });
                await card.locator('.signals .mark-bad', { hasText: 'Legal' }).waitFor({ timeout: SLOW_MS });
                assert.deepEqual(await violations(page), []);
                assert.deepEqual(faults, []);
                await close();
        });

        test('a question that has no answer is said to have none', async () => {
                const { page, faults, close } = await at('#/ask');
                await page.getByLabel('Question').fill('What is the weather like on Mars?');
                await page.keyboard.press('Enter');
                await page.getByRole('heading', { name: 'Not found' }).waitFor({ timeout: SLOW_MS });
                await page.getByText('Language: English').waitFor({ timeout: SLOW_MS });
                await page.getByLabel('Question').fill('Guten Tag, ich habe mein Passwort vergessen, was muss ich nun tun?');
                await page.keyboard.press('Enter');
                await page.getByText('not served: goes to a person').waitFor({ timeout: SLOW_MS });
                assert.deepEqual(faults, []);
                await close();
        });

        test('each plot can be had as a table and as CSV, and the range stands in the address', async () => {
                const { page, faults, close } = await at('#/analytics');
                await views['#/analytics'](page);
                const card = page.locator('.card', { has: page.getByRole('heading', { name: 'Tickets by decision' }) });
                await card.getByRole('button', { name: 'Table' }).click();
                const today = new Date().toISOString().slice(0, 10);
                const row = await card.locator('tr', { hasText: today }).innerText();
                const stats = (await firstline.get('/analytics')).json.by_day[today];
                assert.deepEqual(row.split(/\s+/).slice(1).map(Number), [stats.auto_resolve, stats.answer, stats.escalate, stats.undecided]);
                const [download] = await Promise.all([page.waitForEvent('download'), card.getByRole('button', { name: 'CSV' }).click()]);
                const chunks = [];
                for await (const chunk of await download.createReadStream())
                        chunks.push(chunk);
                assert.match(Buffer.concat(chunks).toString(), new RegExp(`^"Day","Resolved",.*\\r\\n(.*\\r\\n)*"${today}",${stats.auto_resolve},`));
                await page.getByRole('button', { name: '7 days' }).click();
                await page.waitForURL(/days=7/);
                await page.waitForFunction(() => document.querySelectorAll('tbody tr').length === 7, undefined, { timeout: SLOW_MS });
                assert.deepEqual(faults, []);
                await close();
        });

        test('what confidences were worth, what became of answers, and the gaps are shown, each as numbers too', async () => {
                const { page, faults, close } = await at('#/analytics?days=7');
                const { calibration: { bins }, curve } = (await firstline.get('/quality?days=7')).json;
                const rowsOf = async (title) => {
                        const card = page.locator('.card', { has: page.getByRole('heading', { name: title }) });
                        await card.getByRole('button', { name: 'Table' }).click({ timeout: SLOW_MS });
                        return card.locator('tbody tr').count();
                };
                assert.equal(await rowsOf('Calibration'), bins.length);
                assert.equal(await rowsOf('Coverage against risk'), curve.length);
                assert.equal(await rowsOf(/^Automatic answers/), 7);
                await page.goto(`${firstline.url}/#/knowledge`);
                const document = page.getByRole('row', { name: /password_reset\.txt/ });
                assert.equal(await document.locator('td').first().innerText({ timeout: SLOW_MS }), 'English');
                await document.getByRole('link').click({ timeout: SLOW_MS });
                const { passages } = (await firstline.get('/knowledge/passages?document=password_reset.txt')).json;
                await page.locator('.passages > li').nth(passages.length - 1).waitFor({ timeout: SLOW_MS });
                const { items } = (await firstline.get('/knowledge')).json;
                const item = items.find((one) => one.document === 'password_reset.txt');
                assert.deepEqual((await document.locator('td').allInnerTexts()).slice(1, 4).map(Number), [item.passages, item.answers, item.failed]);
                assert.ok(item.failed > 0, 'the answer that a person called wrong');
                const { groups } = (await firstline.get('/knowledge/gaps')).json;
                assert.equal(await page.locator('.gaps > li').count(), groups.length);
                assert.deepEqual(await violations(page), []);
                assert.deepEqual(faults, []);
                await close();
        });

        test('the support file has the state, and neither a secret nor a word of a customer', async () => {
                const { page, faults, close } = await at('#/status');
                await seen(page, 'Disk');
                const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Support file' }).click()]);
                const chunks = [];
                for await (const chunk of await download.createReadStream())
                        chunks.push(chunk);
                const text = Buffer.concat(chunks).toString();
                assert.ok(JSON.parse(text).health.database.disk_bytes > 0);
                for (const secret of [firstline.settings.WEBHOOK_SECRET ?? SECRET, standin.key, 'crash', 'robin@example.com', 'owned'])
                        assert.ok(!text.includes(secret), secret);
                assert.deepEqual(faults, []);
                await close();
        });

        test('the manual is searched, and its links lead on', async () => {
                const { page, faults, close } = await at('#/manual');
                await page.getByRole('searchbox').fill('backup');
                await page.locator('.hits a').first().click();
                await page.locator('.prose').waitFor({ timeout: SLOW_MS });
                assert.match(await page.locator('.prose').innerText(), /backup/i);
                assert.deepEqual(faults, []);
                await close();
        });

        test('the first load is small, comes from here alone, and is kept', async () => {
                const { page, faults, close } = await open(browser, 'about:blank');
                let bytes = 0;
                const answers = [];
                const protocol = await page.context().newCDPSession(page);
                await protocol.send('Network.enable');
                protocol.on('Network.loadingFinished', ({ encodedDataLength }) => (bytes += encodedDataLength));
                page.on('response', (response) => answers.push(response));
                await page.goto(`${firstline.url}/`);
                await views['#/inbox'](page);
                assert.ok(bytes > 10_000 && bytes < FIRST_LOAD_MAX, `${bytes} bytes`);
                const page0 = answers.find((response) => new URL(response.url()).pathname === '/');
                assert.equal(page0.headers()['cache-control'], 'no-cache');
                const hashed = answers.filter((response) => /-[\w-]{8}\.(js|css)$/.test(response.url()));
                assert.ok(hashed.length >= 2);
                for (const response of hashed) {
                        assert.match(response.headers()['cache-control'], /immutable/);
                        assert.equal(response.headers()['content-encoding'], 'gzip');
                }
                assert.deepEqual(await page.context().cookies(), []);
                assert.deepEqual(faults.filter((fault) => !fault.startsWith('another host')), []);
                await close();
        });

        test('pages allow no script but ours, and no frame around them', async () => {
                for (const where of ['/', '/docs']) {
                        const { headers, text } = await firstline.get(where);
                        const policy = headers.get('content-security-policy');
                        assert.match(policy, /default-src 'none'; script-src 'self';/);
                        assert.match(policy, /frame-ancestors 'none'/);
                        assert.doesNotMatch(policy, /unsafe/);
                        assert.equal(headers.get('x-content-type-options'), 'nosniff');
                        assert.doesNotMatch(text, /<script>|<style>| on\w+=|style=/);
                }
        });
});

test('with ADMIN_TOKEN the console asks for it, keeps it for the tab, and shows who may only look no buttons', { skip: noChromium }, async () => {
        const READER = 'a-token-of-somebody-who-looks';
        const firstline = await Firstline.start({ EMBEDDING_MODEL: '', ADMIN_TOKEN: TOKEN, ADMIN_TOKEN_READ: READER });
        const browser = await launch();
        try {
                const { json } = await firstline.post('/process-ticket', examples.password, { token: TOKEN });
                const { page, close } = await open(browser, `${firstline.url}/#/inbox/${json.ticket_id}`);
                for (const [token, role] of [['wrong-wrong-wrong-wrong', null], [READER, 'read'], [TOKEN, 'write']]) {
                        await page.getByLabel('ADMIN_TOKEN').fill(token);
                        await page.getByRole('button', { name: 'Sign in' }).click();
                        if (!role) {
                                await page.getByText('This token is not accepted.').waitFor({ timeout: SLOW_MS });
                                assert.deepEqual(await violations(page), []);
                                continue;
                        }
                        await page.locator('.timeline li').first().waitFor({ timeout: SLOW_MS });
                        assert.equal(await page.getByRole('button', { name: 'Reprocess' }).count(), role === 'write' ? 1 : 0);
                        await page.reload();
                        await page.locator('.timeline li').first().waitFor({ timeout: SLOW_MS });
                        assert.deepEqual(await page.context().cookies(), []);
                        assert.equal(await page.evaluate(() => localStorage.length), 0);
                        await page.getByRole('button', { name: 'Sign out' }).click();
                }
                assert.ok(!firstline.log.includes(TOKEN));
                await close();
        } finally {
                await browser.close();
                await firstline.end();
        }
});

test('who comes first is shown the way, and takes an example along it', { skip: noChromium }, async () => {
        const firstline = await Firstline.start({});
        const browser = await launch();
        try {
                for (const screen of ['phone', 'desktop']) {
                        const { page, faults, close } = await open(browser, `${firstline.url}/`, { screen });
                        await page.getByRole('heading', { name: 'Connect Freshdesk' }).waitFor({ timeout: SLOW_MS });
                        await keep(page, `start-light-${screen}`);
                        assert.deepEqual(await violations(page), []);
                        assert.ok(await sideways(page) <= 0);
                        if (screen === 'desktop') {
                                await page.getByRole('button', { name: 'Take an example' }).click();
                                await page.locator('.timeline li').nth(3).waitFor({ timeout: SLOW_MS });
                                await page.locator('a.row').first().waitFor({ timeout: SLOW_MS });
                        }
                        assert.deepEqual(faults, []);
                        await close();
                }
        } finally {
                await browser.close();
                await firstline.end();
        }
});

test('a server that is killed and comes back is noticed, and the page goes on by itself', { skip: noChromium }, async () => {
        const firstline = await Firstline.start({ EMBEDDING_MODEL: '' });
        const browser = await launch();
        try {
                assert.equal((await firstline.post('/process-ticket', examples.password)).status, 200);
                const { page, close } = await open(browser, `${firstline.url}/`);
                await page.locator('a.row').first().waitFor({ timeout: SLOW_MS });
                const { port } = new URL(firstline.url);
                await firstline.kill();
                await page.getByRole('alert').filter({ hasText: 'connection to Firstline is lost' }).waitFor({ timeout: SLOW_MS });
                assert.equal(await page.locator('a.row').count(), 1, 'what was there stays');
                firstline.settings.PORT = port;
                await firstline.launch();
                await page.locator('.lost').waitFor({ state: 'detached', timeout: SLOW_MS });
                assert.equal((await firstline.post('/process-ticket', examples.crash)).status, 200);
                await page.locator('a.row').nth(1).waitFor({ timeout: SLOW_MS });
                await close();
        } finally {
                await browser.close();
                await firstline.end();
        }
});
