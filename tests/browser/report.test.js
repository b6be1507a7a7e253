// The page that `rehearse --html` writes, as a browser shows it.
import assert from 'node:assert/strict';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { after, before, describe, test } from 'node:test';

import { command, folderWith } from '../journey/firstline.js';
import { keep, launch, noChromium, screens, sideways } from './browser.js';

const rows = Array.from({ length: 60 }, (_, i) => `How do I reset my password in the year ${2000 + i}?,${i % 9 ? 'tier_1' : 'complex'},password_reset`);

describe('the page of a report', { skip: noChromium }, () => {
        let browser;

        before(async () => (browser = await launch()));
        after(() => browser?.close());

        test('has labels that nothing cuts off or covers, and fits a phone', async () => {
                const folder = folderWith({ 'past.csv': `subject,tier,category\n${rows.join('\n')}\n` });
                const run = command(['rehearse', path.join(folder, 'past.csv'), '--html', path.join(folder, 'page.html')], { settings: { EMBEDDING_MODEL: '' } });
                assert.equal(run.status, 0, run.stderr);
                for (const [name, viewport] of Object.entries(screens)) {
                        const page = await browser.newPage({ viewport });
                        await page.goto(pathToFileURL(path.join(folder, 'page.html')).href);
                        await keep(page, `report-${name}`);
                        assert.ok(await sideways(page) <= 0, `${name}: scrolls sideways`);
                        const plots = await page.evaluate(() => [...document.querySelectorAll('svg')].map((svg) => {
                                const box = (element) => (({ left, right, top, bottom }) => ({ left, right, top, bottom }))(element.getBoundingClientRect());
                                return { frame: box(svg), labels: [...svg.querySelectorAll('text')].map((text) => ({ words: text.textContent, ...box(text) })) };
                        }));
                        assert.equal(plots.length, 2);
                        for (const { frame, labels } of plots)
                                for (const [i, a] of labels.entries()) {
                                        assert.ok(a.left >= frame.left && a.right <= frame.right && a.top >= frame.top && a.bottom <= frame.bottom, `${name}: ${a.words} is cut off`);
                                        for (const b of labels.slice(i + 1))
                                                assert.ok(a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top, `${name}: ${a.words} and ${b.words}`);
                                }
                        await page.close();
                }
        });
});
