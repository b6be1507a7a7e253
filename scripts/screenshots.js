// Pictures of each tab, light and dark: `node scripts/screenshots.js [FOLDER]`, by default doc/screenshots.
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { launch, open } from '../tests/browser/browser.js';
import { noDatabaseTool } from '../tests/journey/database.js';
import { examples, Firstline } from '../tests/journey/firstline.js';
import { addTickets, FIRST } from '../tests/journey/many.js';
import { Standin } from '../tests/journey/standin.js';

const folder = path.resolve(process.argv[2] ?? fileURLToPath(new URL('../doc/screenshots', import.meta.url)));
const MONTH = 600; // tickets
const tickets = [
        ['Anna Berg', 'Where is my invoice for May?', 'I need the invoice of May for my accountant. Where do I find it?'],
        ['Ben Okoye', 'System crash', 'The application keeps crashing with error code 500 since this morning.'],
        ['Carla Ruiz', 'Change of e-mail address', 'I changed jobs and want to use another e-mail address for my account.'],
        ['Dora Novak', 'Dark mode', 'It would be great if the mobile app had a dark mode.'],
        ['Emil Sato', 'Charged twice', 'My card was charged twice for the same subscription this month. Please refund one of them.'],
        ['Frida Lund', 'Reset link does not work', examples.password.description],
];
const views = {
        inbox: { hash: '#/inbox/106?review=true', ready: '.letter' },
        classify: { hash: '#/classify', click: 'A password', ready: '.passages li' },
        ask: { hash: '#/ask?q=How+do+I+reset+my+password%3F', ready: '.passages li' },
        knowledge: { hash: '#/knowledge', ready: '.gaps > li' },
        analytics: { hash: '#/analytics?days=30', ready: '.plot canvas', whole: true },
        status: { hash: '#/status', ready: '.parts tr' },
        manual: { hash: '#/manual', ready: '.prose table' },
};

mkdirSync(folder, { recursive: true });
const standin = await Standin.start();
const firstline = await Firstline.start({ standin, MODE: 'draft', FRESHDESK_POLL: 0 });
// A month before today, so that there is something to see in the plots; agents have said of some whether they were right.
if (!noDatabaseTool) {
        await firstline.end();
        addTickets(firstline.database, MONTH, { days: 30, drafts: false, numbered: false });
        await firstline.launch();
        for (let i = 0; i < MONTH; i += 3) {
                const { ticket_id, confidence } = (await firstline.get(`/tickets/${FIRST + i}`)).json;
                await firstline.post(`/tickets/${ticket_id}/feedback`, i * 37 % 100 < confidence * 100 ? { answer: 'right' } : { tier: 'complex', answer: 'wrong' });
        }
}
const browser = await launch();
try {
        for (const [i, [name, subject, description]] of tickets.entries()) {
                standin.add({ id: 101 + i, subject, description, requester: { name, email: `${name.split(' ')[0].toLowerCase()}@example.com` } });
                await firstline.webhook({ ticket: { id: 101 + i, subject, description } });
                await firstline.settled(101 + i);
        }
        for (const scheme of ['light', 'dark'])
                for (const [name, { hash, click, ready, whole = false }] of Object.entries(views)) {
                        const { page, close } = await open(browser, `${firstline.url}/${hash}`, { scheme });
                        if (click)
                                await page.getByRole('button', { name: click }).click();
                        await page.locator(ready).first().waitFor();
                        await page.locator('.health[data-status="ok"]').waitFor();
                        await page.screenshot({ path: path.join(folder, `${name}-${scheme}.png`), animations: 'disabled', fullPage: whole });
                        await close();
                }
} finally {
        await browser.close();
        await firstline.end();
        await standin.stop();
}
