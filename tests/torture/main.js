// `make torture`: the long run, 500 tickets and 200 times `kill -9`, then 1,000 events three times each at two processes.
//
//      node tests/torture/main.js [--tickets N] [--kills N] [--seed N] [--only kills|processes]
import { parseArgs } from 'node:util';

import { torture } from './torture.js';

const { values } = parseArgs({ options: { tickets: { type: 'string', default: '500' }, kills: { type: 'string', default: '200' }, seed: { type: 'string' }, only: { type: 'string' } } });
const seed = Number(values.seed ?? Date.now() % 1e9);
const runs = {
        kills: { tickets: Number(values.tickets), kills: Number(values.kills) },
        processes: { tickets: 2 * Number(values.tickets), kills: 0, processes: 2, copies: 3, faults: 0 },
};
let failed = false;

for (const [name, options] of Object.entries(runs)) {
        if (values.only && values.only !== name)
                continue;
        console.log(`${name}: seed ${seed}`);
        const result = await torture({ ...options, seed, say: (text) => console.log(`  ${text}`) });
        console.log(`  ${result.tickets} tickets, ${result.killed} times killed, ${result.calls} calls of which ${result.wrong} went wrong`);
        console.log(`  ${JSON.stringify(result.stats)}`);
        for (const problem of result.problems)
                console.log(`  PROBLEM ${problem}`);
        for (const story of result.stories)
                console.log(story);
        console.log(result.problems.length ? `  ${result.problems.length} problems; again with --seed ${seed}` : '  every promise was kept');
        failed ||= result.problems.length > 0;
}
process.exit(failed ? 1 : 0);
