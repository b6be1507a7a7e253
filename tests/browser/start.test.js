// The start page and the documentation in a real browser.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';

import { examples, Firstline, root } from '../journey/firstline.js';
import { keep, launch, lowestContrast, noChromium, open } from './browser.js';

const CONTRAST_MIN = 4.5; // WCAG 2.1 AA, for text of ordinary size
const SLOW_MS = 30_000;

describe('in a browser', { skip: noChromium }, () => {
        let firstline, browser;
        before(async () => {
                firstline = await Firstline.start({});
                for (const example of Object.values(examples))
                        assert.equal((await firstline.post('/process-ticket', example)).status, 200);
                browser = await launch();
        });
        after(async () => {
                await browser?.close();
                await firstline?.end();
        });

        async function startPage(options) {
                const opened = await open(browser, `${firstline.url}/`, options);
                await opened.page.locator('#parts tr').nth(4).waitFor({ timeout: SLOW_MS });
                await opened.page.locator('#counts div').nth(5).waitFor({ timeout: SLOW_MS });
                return opened;
        }

        for (const scheme of ['light', 'dark'])
                for (const screen of ['desktop', 'phone'])
                        test(`the start page is readable: ${scheme}, ${screen}`, async () => {
                                const { page, faults, close } = await startPage({ scheme, screen });
                                await keep(page, `start-${scheme}-${screen}`);
                                assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'it must not scroll sideways');
                                const { ratio, text } = await lowestContrast(page);
                                assert.ok(ratio >= CONTRAST_MIN, `"${text}" has a contrast of ${ratio.toFixed(2)}`);
                                const [r, g, b] = (await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).match(/\d+/g).map(Number);
                                assert.equal((r + g + b) / 3 < 128, scheme === 'dark');
                                assert.deepEqual(faults, []);
                                await close();
                        });

        test('the start page says what runs', async () => {
                const health = await firstline.health();
                const stats = (await firstline.get('/stats')).json;
                const { page, faults, close } = await startPage();
                assert.equal(await page.title(), 'Firstline');
                assert.equal(await page.locator('#status').getAttribute('data-status'), health.status);
                const parts = await page.locator('#parts tr').allInnerTexts();
                assert.match(parts[1], /^Model/);
                assert.match(parts[2], new RegExp(`${health.knowledge.documents} documents with ${health.knowledge.passages} passages`));
                assert.match(parts[3], /not set up/);
                assert.match(await page.locator('#counts').innerText(), new RegExp(`^tickets\\s+${stats.total_tickets}\\s`));
                assert.match(await page.locator('#facts').innerText(), new RegExp(`Version ${health.version.replaceAll('.', '\\.')}, mode auto`));
                assert.match(await page.locator('#first-command').innerText(), new RegExp(`^curl ${firstline.url}/process-ticket`));
                assert.deepEqual(faults, []);
                await close();
        });

        test('the start page can be used without a mouse, and is read out in order', async () => {
                const { page, close } = await startPage();
                const reached = [];
                for (let i = 0; i < 4; i++) {
                        await page.keyboard.press('Tab');
                        reached.push(await page.evaluate(() => document.activeElement.getAttribute('href')));
                }
                assert.deepEqual(reached, ['docs', 'tickets', 'health', 'metrics']);
                assert.deepEqual(await page.locator('h1, h2').allInnerTexts(), ['Firstline', 'Tickets', 'Parts', 'First ticket']);
                assert.equal(await page.locator('img:not([alt])').count(), 0);
                assert.equal(await page.locator('html').getAttribute('lang'), 'en');
                await close();
        });

        test('the start page shows a server that has gone away, and one that is back', async () => {
                const { page, close } = await startPage();
                // As when somebody comes back to the page: it looks at once.
                const look = () => page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
                await page.route('**/health', (route) => route.abort());
                await look();
                await page.locator('#status[data-status="unknown"]').waitFor({ timeout: SLOW_MS });
                await page.unroute('**/health');
                await look();
                await page.locator('#status[data-status="ok"]').waitFor({ timeout: SLOW_MS });
                await close();
        });

        async function docsPage(options) {
                const opened = await open(browser, `${firstline.url}/docs`, options);
                await opened.page.locator('.opblock').first().waitFor({ timeout: SLOW_MS });
                return opened;
        }

        for (const scheme of ['light', 'dark'])
                for (const screen of ['desktop', 'phone'])
                        test(`the documentation shows every call: ${scheme}, ${screen}`, async () => {
                                const { page, faults, close } = await docsPage({ scheme, screen });
                                const { paths } = JSON.parse(fs.readFileSync(path.join(root, 'src/api/openapi.json'), 'utf8'));
                                const operations = Object.values(paths).flatMap((methods) => Object.keys(methods));
                                assert.equal(await page.locator('.opblock').count(), operations.length);
                                await keep(page, `docs-${scheme}-${screen}`);
                                assert.deepEqual(faults, []);
                                await close();
                        });

        async function tryOut(page, method, where, code) {
                const block = page.locator(`.opblock-${method}`).filter({ has: page.locator(`.opblock-summary-path[data-path="${where}"]`) });
                await block.locator('.opblock-summary-control').click();
                await block.locator('button.execute').click({ timeout: SLOW_MS });
                const live = block.locator('.live-responses-table .response-col_status').nth(1);
                await live.waitFor({ timeout: SLOW_MS });
                assert.match(await live.innerText(), new RegExp(`^${code}`));
                return block.locator('.live-responses-table .response-col_description').nth(1).innerText();
        }

        test('a call can be tried out', async () => {
                const { page, faults, close } = await docsPage();
                assert.match(await tryOut(page, 'get', '/health/live', 200), /"status": "ok"/);
                assert.match(await tryOut(page, 'post', '/classify', 200), /"tier":/);
                await page.locator('.btn.authorize').click();
                await page.locator('.modal-ux input').first().waitFor({ timeout: SLOW_MS });
                await page.locator('.modal-ux .close-modal').click();
                await page.locator('.models-control').click();
                await page.locator('.models .model-container, .models .json-schema-2020-12').first().waitFor({ timeout: SLOW_MS });
                await keep(page, 'docs-tried');
                assert.deepEqual(faults, []);
                await close();
        });

        test('a page is not sent again when the browser has it', async () => {
                const first = await firstline.get('/assets/swagger-ui.css');
                assert.equal(first.status, 200);
                const again = await firstline.get('/assets/swagger-ui.css', { headers: { 'if-none-match': first.headers.get('etag') } });
                assert.equal(again.status, 304);
                assert.equal(again.text, '');
        });

        test('pages allow no script but ours', async () => {
                for (const where of ['/', '/docs']) {
                        const { headers, text } = await firstline.get(where);
                        const policy = headers.get('content-security-policy');
                        assert.match(policy, /default-src 'none'; script-src 'self';/);
                        assert.match(policy, /frame-ancestors 'none'/);
                        assert.doesNotMatch(policy, /unsafe/);
                        assert.doesNotMatch(text, /<script>|<style>| on\w+=|style=/);
                }
        });
});
