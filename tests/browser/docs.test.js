// The documentation of the API in a real browser.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';

import { Firstline, root } from '../journey/firstline.js';
import { keep, launch, noChromium, open } from './browser.js';

const SLOW_MS = 30_000;

describe('the documentation of the API', { skip: noChromium }, () => {
        let firstline, browser;
        before(async () => {
                firstline = await Firstline.start({});
                browser = await launch();
        });
        after(async () => {
                await browser?.close();
                await firstline?.end();
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
