// What can go wrong with a call, drawn from a seed.

// Numbers in [0, 1) from a seed (mulberry32): the same seed gives the same run.
export function numbers(seed) {
        let state = seed >>> 0;
        return () => {
                state = (state + 0x6d2b79f5) >>> 0;
                let t = Math.imul(state ^ (state >>> 15), 1 | state);
                t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
                return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
        };
}

const kinds = [
        (next) => ({ kind: 'delay', ms: Math.floor(next() * 400) }),
        (next) => ({ kind: 'delay', ms: Math.floor(next() * 400), after: true }),
        () => ({ kind: 'status', status: 500 }),
        () => ({ kind: 'status', status: 500, after: true }),
        () => ({ kind: 'status', status: 502 }),
        () => ({ kind: 'status', status: 503 }),
        () => ({ kind: 'limit', retry_after: 1 }),
        () => ({ kind: 'garbage' }),
        () => ({ kind: 'garbage', after: true }),
        () => ({ kind: 'cut' }),
        () => ({ kind: 'cut', after: true }),
];

// Each name has a row of numbers of its own, so that the order in which different calls arrive does not change what becomes of each.
export function randomFaults(seed, probability) {
        const rows = new Map();
        return (name) => {
                if (!rows.has(name)) {
                        let hash = seed >>> 0;
                        for (const c of name)
                                hash = (Math.imul(hash, 31) + c.charCodeAt(0)) >>> 0;
                        rows.set(name, numbers(hash));
                }
                const next = rows.get(name);
                if (next() >= probability)
                        return null;
                return kinds[Math.floor(next() * kinds.length)](next);
        };
}
