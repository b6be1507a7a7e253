// Another program at the database: what it holds, and what stands in it.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

import { buildFolder, root, running } from './ground.js';

// Runs the statements, gives the rows. With hold it keeps its locks until release().
const databaseTool = [buildFolder, path.join(root, 'build-san')].map((folder) => path.join(folder, 'tests/unit/database')).find((file) => fs.existsSync(file));
export const noDatabaseTool = !databaseTool && 'tests/unit/database is not built';

export function sql(file, ...statements) {
        const run = spawnSync(databaseTool, [file, ...statements], { encoding: 'utf8' });
        assert.equal(run.status, 0, run.stderr);
        return run.stdout;
}

export async function holdDatabase(file, ...statements) {
        const child = spawn(databaseTool, [file, ...statements, '-'], { stdio: ['pipe', 'pipe', 'inherit'] });
        running.add(child);
        const closed = new Promise((done) => child.on('close', done));
        await new Promise((done, fail) => {
                child.stdout.setEncoding('utf8').on('data', (text) => /held/.test(text) && done());
                child.on('close', () => fail(new Error('the database could not be held')));
        });
        return async function release() {
                child.stdin.end();
                await closed;
                running.delete(child);
        };
}
