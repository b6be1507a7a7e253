// The review queue of draft mode in a real browser: made for speed, and for second thoughts.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { examples, Firstline } from '../journey/firstline.js';
import { Standin } from '../journey/standin.js';
import { keep, launch, noChromium, open, violations } from './browser.js';

const SLOW_MS = 30_000;

describe('the review queue', { skip: noChromium }, () => {
        let standin, firstline, browser, next = 900;
        before(async () => {
                standin = await Standin.start();
                firstline = await Firstline.start({ standin, MODE: 'draft', FRESHDESK_POLL: 0 });
                browser = await launch();
        });
        after(async () => {
                await browser?.close();
                await firstline?.end();
                await standin?.stop();
        });

        async function drafted() {
                const id = ++next;
                standin.add({ id, ...examples.password, subject: `Password reset ${id}` });
                assert.equal((await firstline.webhook({ ticket: { id, ...examples.password } })).status, 202);
                return firstline.settled(id);
        }
        const queue = () => open(browser, `${firstline.url}/#/inbox?review=true`);
        const row = (page, id) => page.locator(`a.row[data-id="${id}"]`);

        test('with the keyboard: approve one, edit one, discard one, undo one', async () => {
                const [undone, discarded, edited, approved] = [await drafted(), await drafted(), await drafted(), await drafted()].map((t) => t.ticket_id);
                const { page, faults, close } = await queue();
                await row(page, undone).waitFor({ timeout: SLOW_MS });
                await page.keyboard.press('j');
                await page.waitForURL(new RegExp(`inbox/${approved}`));
                await page.getByRole('button', { name: /^Approve/ }).waitFor({ timeout: SLOW_MS });
                await keep(page, 'review-light-desktop');
                assert.deepEqual(await violations(page), []);
                await page.keyboard.press('a');
                await page.waitForURL(new RegExp(`inbox/${edited}`), { timeout: SLOW_MS });
                await page.getByRole('button', { name: /^Edit/ }).waitFor({ timeout: SLOW_MS });
                await page.keyboard.press('e');
                await page.locator('#edited').fill('Dear Robin,\n\nhere is <b>another</b> way.');
                await page.keyboard.press('Control+Enter');
                await page.waitForURL(new RegExp(`inbox/${discarded}`), { timeout: SLOW_MS });
                await page.getByRole('button', { name: /^Discard/ }).waitFor({ timeout: SLOW_MS });
                await page.keyboard.press('x');
                await page.waitForURL(new RegExp(`inbox/${undone}`), { timeout: SLOW_MS });
                await page.getByRole('button', { name: /^Approve/ }).waitFor({ timeout: SLOW_MS });
                await page.keyboard.press('a');
                await page.getByText('No draft waits.').waitFor({ timeout: SLOW_MS });
                await page.keyboard.press('z');
                await row(page, undone).waitFor({ timeout: SLOW_MS });
                await firstline.ticket(approved, (t) => t.mode === 'approved' && t.state === 'delivered');
                await firstline.ticket(edited, (t) => t.mode === 'approved' && t.state === 'delivered');
                await firstline.ticket(discarded, (t) => t.state === 'dropped');
                assert.equal(standin.replies(approved).length, 1);
                assert.equal(standin.replies(edited).length, 1);
                assert.match(standin.replies(edited)[0].html, /&lt;b&gt;another&lt;\/b&gt;/);
                assert.equal(standin.replies(discarded).length, 0);
                assert.equal(standin.replies(undone).length, 0);
                assert.equal((await firstline.ticket(undone)).state, 'delivered');
                assert.deepEqual(faults, []);
                await close();
        });

        test('a way to another tab that begins with g approves nothing', async () => {
                const { ticket_id: id } = await drafted();
                const { page, close } = await open(browser, `${firstline.url}/#/inbox/${id}?review=true`);
                await page.getByRole('button', { name: /^Approve/ }).waitFor({ timeout: SLOW_MS });
                await page.keyboard.press('g');
                await page.keyboard.press('a');
                await page.getByRole('heading', { name: 'Ask', level: 1 }).waitFor({ timeout: SLOW_MS });
                assert.equal(await page.locator('.toast').count(), 0);
                await close();
                assert.equal((await firstline.ticket(id)).mode, 'draft');
        });

        test('who leaves the page has decided', async () => {
                const { ticket_id: id } = await drafted();
                const { page, close } = await open(browser, `${firstline.url}/#/inbox/${id}?review=true`);
                await page.getByRole('button', { name: /^Approve/ }).click({ timeout: SLOW_MS });
                await page.locator('.toast').waitFor();
                await page.goto('about:blank');
                await firstline.ticket(id, (t) => t.mode === 'approved' && t.state === 'delivered');
                await close();
                assert.equal(standin.replies(id).length, 1);
        });

        test('a draft that somebody else decided is said to be gone', async () => {
                const { ticket_id: id } = await drafted();
                const { page, close } = await open(browser, `${firstline.url}/#/inbox/${id}`);
                await page.getByRole('button', { name: /^Discard/ }).click({ timeout: SLOW_MS });
                assert.equal((await firstline.post(`/tickets/${id}/approve`, {})).status, 202);
                await page.locator('.toast-bad').waitFor({ timeout: SLOW_MS });
                await firstline.ticket(id, (t) => t.mode === 'approved' && t.state === 'delivered');
                assert.equal(standin.replies(id).length, 1);
                await close();
        });
});
