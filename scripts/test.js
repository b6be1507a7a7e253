// Runs every kind of test and says for each how many passed: `node scripts/test.js [KIND...] [--seconds N]`.
// A kind that ran no test has failed: nothing found is nothing proven. `make test` has built what this runs.
import { spawnSync } from 'node:child_process';
import { createWriteStream, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import { resolve } from 'node:path';
import { compose } from 'node:stream';
import { finished } from 'node:stream/promises';
import { run as runFiles } from 'node:test';
import { spec as Spec, tap as writeTap } from 'node:test/reporters';
import { fileURLToPath } from 'node:url';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));

Object.assign(process.env, {
        ASAN_OPTIONS: 'abort_on_error=0:detect_stack_use_after_return=1:strict_string_checks=1',
        UBSAN_OPTIONS: 'halt_on_error=1:print_stacktrace=1',
        LSAN_OPTIONS: 'suppressions=' + process.cwd() + '/tests/lsan.supp:print_suppressions=0',
});

function run(command, args, options = {}) {
        return spawnSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'], ...options }).status ?? 1;
}

function count(passed = 0, failed = 0, skipped = 0) {
        return { passed, failed, skipped };
}

function numberIn(text, pattern) {
        let sum = 0;
        for (const match of text.matchAll(pattern))
                sum += Number(match[1]);
        return sum;
}

// The log has one line of JSON per program; `read` counts the cases in what it printed.
function mesonTest(folder, args, read) {
        const status = run('meson', ['test', '-C', folder, '--no-rebuild', '--print-errorlogs', '-t', '4', ...args]);
        const total = count();
        const log = `${folder}/meson-logs/testlog.json`;
        for (const line of existsSync(log) ? readFileSync(log, 'utf8').split('\n').filter(Boolean) : []) {
                const program = JSON.parse(line);
                const cases = read(`${program.stdout ?? ''}\n${program.stderr ?? ''}`);
                total.passed += cases.passed;
                total.skipped += cases.skipped;
                total.failed += cases.failed || (program.result === 'OK' ? 0 : 1);
        }
        if (status !== 0 && total.failed === 0)
                total.failed = 1;
        return total;
}

function checks() {
        const tally = 'build/check.json';
        rmSync(tally, { force: true });
        const status = run('node', ['scripts/check.js', '--tally', tally]);
        return existsSync(tally) ? JSON.parse(readFileSync(tally, 'utf8')) : count(0, status === 0 ? 0 : 1);
}

function unit() {
        const folder = 'build-san';
        rmSync(`${folder}/meson-logs/testlog.json`, { force: true });
        return mesonTest(folder, ['--suite', 'unit'], (text) =>
                count(numberIn(text, /\[  PASSED  \] (\d+) test/g), numberIn(text, /\[  FAILED  \].*?(\d+) test/g),
                        numberIn(text, /\[  SKIPPED \] (\d+) test/g)));
}

function fuzz() {
        const folder = 'build-fuzz';
        const listed = readFileSync('tests/fuzz/meson.build', 'utf8');
        const forgotten = readdirSync('tests/fuzz').filter((name) =>
                /^fuzz_.*\.c$/.test(name) && !listed.includes(`['${name.slice(5, -2)}'`));
        for (const name of forgotten)
                console.log(`tests/fuzz/${name} is not in the table of tests/fuzz/meson.build`);
        rmSync(`${folder}/meson-logs/testlog.json`, { force: true });
        // The last of two equal flags counts, and a time-out of 0 is none.
        const longer = seconds ? ['-t', '0', `--test-args=-max_total_time=${seconds} -runs=-1 -seed=0`] : [];
        const total = mesonTest(folder, ['--suite', 'fuzz', ...longer], (text) => count(/^Done \d+ runs/m.test(text) ? 1 : 0));
        total.failed += forgotten.length;
        return total;
}

// What takes long begins first, so that it is not waited for alone at the end: these, in this order, then the large before the small.
const longest = ['machines', 'memory', 'poll', 'fallback_freshdesk', 'tokenizer', 'quota', 'restart', 'rehearse', 'torture', 'loops'];

function longestFirst(folder) {
        const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.test.js')) : [];
        const place = (name) => {
                const i = longest.indexOf(name.slice(0, -'.test.js'.length));
                return i < 0 ? longest.length : i;
        };
        const size = (name) => statSync(`${folder}/${name}`).size;
        return names.sort((a, b) => place(a) - place(b) || size(b) - size(a)).map((name) => resolve(folder, name));
}

// Several files at a time, for they wait more than they work.
async function nodeTest(folder, at_a_time) {
        const files = longestFirst(folder);
        if (files.length === 0)
                return count();
        mkdirSync('build/test', { recursive: true });
        const tap = `build/test/${folder.replaceAll('/', '-')}.tap`;
        // What each of them begins with is made once before, and not by several at the same time.
        await (await import('../tests/journey/firstline.js')).prepare();
        const report = runFiles({ files, concurrency: at_a_time });
        const shown = compose(report, new Spec()), kept = compose(report, writeTap).pipe(createWriteStream(tap));
        shown.pipe(process.stdout, { end: false });
        await Promise.all([finished(shown), finished(kept)]);
        const text = readFileSync(tap, 'utf8');
        return count(numberIn(text, /^# pass (\d+)$/gm), numberIn(text, /^# (?:fail|cancelled) (\d+)$/gm), numberIn(text, /^# (?:skipped|todo) (\d+)$/gm));
}

const kinds = {
        check: checks,
        unit,
        fuzz,
        journey: () => nodeTest('tests/journey', 2 * os.cpus().length),
        browser: () => nodeTest('tests/browser', os.cpus().length),
};

const wanted = [];
let seconds = 0;
for (let i = 2; i < process.argv.length; i++) {
        const word = process.argv[i];
        if (word === '--seconds' && Number(process.argv[i + 1]) > 0) {
                seconds = Number(process.argv[++i]);
        } else if (word in kinds) {
                wanted.push(word);
        } else {
                console.error(`usage: node scripts/test.js [${Object.keys(kinds).join('|')}]... [--seconds N]`);
                process.exit(2);
        }
}

const results = [];
for (const kind of wanted.length > 0 ? wanted : Object.keys(kinds)) {
        console.log(`==> ${kind}`);
        const started = Date.now();
        const total = await kinds[kind]();
        if (total.passed + total.failed === 0) {
                console.log(`no test of the kind ${kind} was run`);
                total.failed = 1;
        }
        results.push({ kind, total, duration_s: (Date.now() - started) / 1000 });
}

console.log('');
const sum = count();
for (const { kind, total } of results) {
        console.log(`${kind}: ${total.passed} passed, ${total.failed} failed` + (total.skipped ? `, ${total.skipped} skipped` : ''));
        for (const key of Object.keys(sum))
                sum[key] += total[key];
}
console.log(`${sum.passed} passed, ${sum.failed} failed` + (sum.skipped ? `, ${sum.skipped} skipped` : ''));
console.log(`(${results.map((r) => `${r.kind} ${r.duration_s.toFixed(0)} s`).join(', ')})`);
process.exit(sum.failed === 0 ? 0 : 1);
