// The short form of `make torture`: everything goes wrong at once, and the promises hold.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { noDatabaseTool, noModel } from './firstline.js';
import { torture } from '../torture/torture.js';

const seed = Number(process.env.TORTURE_SEED ?? Date.now() % 1e9);
const skip = noModel || noDatabaseTool;

test(`calls that go wrong and kill -9 at random instants, seed ${seed}`, { skip }, async () => {
        const { problems, killed, log } = await torture({ tickets: 40, kills: 12, seed });
        assert.deepEqual(problems, [], `TORTURE_SEED=${seed} draws it again\n${log}`);
        assert.equal(killed, 12);
});

test(`two processes on one database, each event three times in random order, seed ${seed}`, { skip }, async () => {
        const { problems, log } = await torture({ tickets: 60, kills: 0, processes: 2, copies: 3, faults: 0, seed });
        assert.deepEqual(problems, [], `TORTURE_SEED=${seed} draws it again\n${log}`);
});
