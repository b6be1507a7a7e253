// A headless Chromium at the real program. Whatever a page does wrong by itself is noted: errors in the console (a breach of the page's own policy
// among them), requests that failed, requests to any other host.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { chromium } from 'playwright-core';

export const chromiumFile = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((file) => file && fs.existsSync(file));
export const noChromium = !chromiumFile && 'no Chromium here; set CHROMIUM to one';

export const screens = {
        desktop: { width: 1280, height: 900 },
        phone: { width: 360, height: 740 },
};

export function launch() {
        return chromium.launch({ executablePath: chromiumFile, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
}

// A page of its own context, with `faults` beside it.
export async function open(browser, url, { scheme = 'light', screen = 'desktop' } = {}) {
        const context = await browser.newContext({ colorScheme: scheme, viewport: screens[screen] });
        const page = await context.newPage();
        const faults = [];
        page.on('console', (message) => message.type() === 'error' && faults.push(`console: ${message.text()}`));
        page.on('pageerror', (error) => faults.push(`script: ${error.message}`));
        // What the page itself breaks off, as when it is left, has not failed.
        page.on('requestfailed', (request) => request.failure()?.errorText !== 'net::ERR_ABORTED' && faults.push(`failed: ${request.url()} ${request.failure()?.errorText}`));
        page.on('request', (request) => {
                const { protocol, origin } = new URL(request.url());
                if (protocol !== 'data:' && protocol !== 'blob:' && origin !== new URL(url).origin)
                        faults.push(`another host: ${request.url()}`);
        });
        await page.goto(url);
        return { page, faults, close: () => context.close() };
}

// With SCREENSHOTS=folder, what the tests saw is kept there.
export async function keep(page, name) {
        if (process.env.SCREENSHOTS)
                await page.screenshot({ path: path.join(process.env.SCREENSHOTS, `${name}.png`), fullPage: true });
}

const axe = fs.readFileSync(path.join(path.dirname(fileURLToPath(import.meta.url)), '../../node_modules/axe-core/axe.min.js'), 'utf8');

// What axe-core has against the page as it is now, a line each: WCAG 2.2 A and AA, and its best practices.
export async function violations(page) {
        await page.evaluate(axe);
        const found = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }).then((result) => result.violations));
        return found.flatMap(({ id, help, nodes }) => nodes.map((node) => `${id}: ${help}: ${node.target.join(' ')} ${node.failureSummary?.split('\n')[1]?.trim() ?? ''}`));
}

export const sideways = (page) => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
