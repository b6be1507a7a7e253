// A headless Chromium at the real program. Whatever a page does wrong by itself is noted: errors in the console (a breach of the page's own policy
// among them), requests that failed, requests to any other host.
import fs from 'node:fs';
import path from 'node:path';

import { chromium } from 'playwright-core';

export const chromiumFile = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((file) => file && fs.existsSync(file));
export const noChromium = !chromiumFile && 'no Chromium here; set CHROMIUM to one';

export const screens = {
        desktop: { width: 1280, height: 900 },
        phone: { width: 375, height: 740 },
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
        page.on('requestfailed', (request) => faults.push(`failed: ${request.url()} ${request.failure()?.errorText}`));
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

// The lowest contrast between a text and what lies behind it (WCAG 2.1, 1.4.3), over all elements that have text of their own.
export function lowestContrast(page) {
        return page.evaluate(() => {
                const numbers = (color) => color.match(/[\d.]+/g).map(Number);
                const luminance = ([r, g, b]) => {
                        const [x, y, z] = [r, g, b].map((v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));
                        return 0.2126 * x + 0.7152 * y + 0.0722 * z;
                };
                const behind = (node) => {
                        for (let n = node; n; n = n.parentElement) {
                                const color = numbers(getComputedStyle(n).backgroundColor);
                                if (color.length === 3 || color[3] === 1)
                                        return color;
                        }
                        return matchMedia('(prefers-color-scheme: dark)').matches ? [18, 18, 18] : [255, 255, 255];
                };
                let lowest = { ratio: 21, text: '' };
                for (const node of document.querySelectorAll('body *')) {
                        const text = [...node.childNodes].filter((child) => child.nodeType === Node.TEXT_NODE).map((child) => child.data.trim()).join('');
                        if (!text || !node.checkVisibility() || node.closest('noscript'))
                                continue;
                        const [a, b] = [luminance(numbers(getComputedStyle(node).color)), luminance(behind(node))];
                        const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
                        if (ratio < lowest.ratio)
                                lowest = { ratio, text };
                }
                return lowest;
        });
}
