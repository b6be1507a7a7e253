// What the console shows, and lets a person do, where something is not well.
import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';

import { Faults, noFaults } from '../journey/faults.js';
import { commandAsync, folderWith } from '../journey/firstline.js';
import { act } from '../journey/scene.js';
import { launch, noChromium, open, violations } from './browser.js';

const SLOW_MS = 30_000;
const ANSWERS_MAX = 20; // wrong ones, until a category falls back
const PAST = 150;
const FREE = 100_000_000; // bytes; less than half a gigabyte is little
const reset = { subject: 'Password reset', description: 'I forgot my password, how do I reset it?' };

describe('the console', { skip: noChromium }, () => {
        let browser;
        before(async () => (browser = await launch()));
        after(() => browser?.close());

        test('lets a category that fell back to drafts answer again', async () => {
                const settings = { EMBEDDING_MODEL: '', MAX_WRONG: '0.1' };
                const past = ['subject,description,tier', ...Array.from({ length: PAST }, (_, i) => `${reset.subject},"${reset.description} ${i}",tier_1`)].join('\n');
                await act({ ...settings, FRESHDESK_POLL: 3600, start: false }, async (firstline, standin) => {
                        const kept = await commandAsync(['rehearse', path.join(folderWith({ 'past.csv': past }), 'past.csv'), '--keep'], { settings, folder: firstline.folder });
                        assert.equal(kept.status, 0, kept.stderr);
                        await firstline.launch();
                        const watch = async () => (await firstline.get('/stats')).json.risk.categories.find((c) => c.category === 'password_reset').watch;
                        for (let id = 1; !(await watch()).fallen_back; id++) {
                                assert.ok(id <= ANSWERS_MAX);
                                standin.add({ id, ...reset });
                                await firstline.webhook({ ticket: { id } });
                                await firstline.ticket(id, (t) => t.state === 'delivered');
                                assert.equal((await firstline.post(`/tickets/${id}/feedback`, { answer: 'wrong' })).status, 201);
                        }
                        const { page, faults, close } = await open(browser, `${firstline.url}/#/analytics`);
                        const row = page.getByRole('row', { name: /Password reset/ }).filter({ has: page.getByRole('button') });
                        await row.getByText('Fell back to drafts').waitFor({ timeout: SLOW_MS });
                        await row.getByText(/\d+ answers of \d+ did not hold/).waitFor({ timeout: SLOW_MS });
                        assert.deepEqual(await violations(page), []);
                        await row.getByRole('button', { name: 'Let it answer again' }).click();
                        await page.getByText('Password reset is answered by itself again.').waitFor({ timeout: SLOW_MS });
                        await page.getByRole('row', { name: /Password reset Automatic/ }).waitFor({ timeout: SLOW_MS });
                        const { fallen_back, answers } = await watch();
                        assert.deepEqual([fallen_back, answers], [false, 0]);
                        assert.deepEqual(faults, []);
                        await close();
                });
        });

        test('says that the disk is nearly full, and what to do', { skip: noFaults }, async () => {
                const machine = new Faults();
                await act({ EMBEDDING_MODEL: '', freshdesk: false, wrap: machine.wrap }, async (firstline) => {
                        machine.set('disk_free', FREE);
                        await firstline.health((h) => h.database.status === 'degraded');
                        const { page, faults, close } = await open(browser, `${firstline.url}/#/status`);
                        const row = (name) => page.locator('.parts tr', { has: page.getByRole('rowheader', { name, exact: true }) });
                        await row('Disk').getByText(/Make room, or move the database/).waitFor({ timeout: SLOW_MS });
                        assert.match(await row('Disk').innerText(), /Degraded[^]*100(\.0)? MB free of/);
                        assert.match(await row('Database').innerText(), /only (99|100) MB left on its disk/);
                        await page.locator('.health[data-status="degraded"]').waitFor({ timeout: SLOW_MS });
                        assert.deepEqual(await violations(page), []);
                        machine.set('disk_free', 0);
                        await firstline.health((h) => h.database.status === 'ok');
                        await page.locator('.health[data-status="ok"]').waitFor({ timeout: SLOW_MS });
                        assert.deepEqual(faults, []);
                        await close();
                });
        });
});
