// A stand-in Freshdesk and the real program in front of it, for a group of tests or for one; what the program said last is shown when a
// test fails.
import { after, before, test } from 'node:test';

import { Firstline } from './firstline.js';
import { Standin } from './standin.js';

function explain(error, firstline) {
        if (firstline && error && typeof error === 'object')
                error.message += `\n--- the program's last lines\n${firstline.tail()}`;
        return error;
}

// Inside describe(): both run from the first test of the group to its last. settings: in capitals; freshdesk: false for none.
//
//      const { check } = scene({ MODE: 'draft' });
//      check('a sentence', async (firstline, standin) => { ... });
export function scene({ freshdesk = true, standin: standinOptions, ...options } = {}) {
        const s = { firstline: null, standin: null };
        before(async () => {
                s.standin = freshdesk ? await Standin.start(standinOptions) : null;
                s.firstline = await Firstline.start({ standin: s.standin, ...options });
        });
        after(async () => {
                try {
                        await s.firstline?.end();
                } finally {
                        await s.standin?.stop();
                }
        });
        s.check = (name, ...rest) => {
                const body = rest.pop();
                test(name, rest[0] ?? {}, async (t) => {
                        try {
                                await body(s.firstline, s.standin, t);
                        } catch (error) {
                                throw explain(error, s.firstline);
                        } finally {
                                s.standin?.noFaults();
                        }
                });
        };
        return s;
}

// For one test: starts both, runs it, ends both.
export async function act({ freshdesk = true, standin: standinOptions, start = true, ...options }, body) {
        const standin = freshdesk ? await Standin.start(standinOptions) : null;
        const firstline = new Firstline({ standin, ...options });
        try {
                if (start)
                        await firstline.launch();
                await body(firstline, standin);
                await firstline.end();
        } catch (error) {
                throw explain(error, firstline);
        } finally {
                if (firstline.child && !firstline.exit)
                        await firstline.kill();
                await standin?.stop();
        }
}
