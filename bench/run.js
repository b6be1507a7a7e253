// `make bench`: how fast is the whole program? Rates, latencies, start and memory, each beside its goal.
//
//     node bench/run.js [--json] [--quick]
//
// Rates are compared as ratios within one run, because machines differ and are shared. Exit status 1 when a goal is missed.
// doc/performance.md says how each figure is got and what it was.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { outage } from './outage.js';
import { buildFolder, newFolder, root, SECRET, Server } from './server.js';

const json = process.argv.includes('--json');
const quick = process.argv.includes('--quick');
const unknown = process.argv.slice(2).find((arg) => !['--json', '--quick'].includes(arg));
if (unknown) {
        console.error(`unknown argument ${unknown}; usage: node bench/run.js [--json] [--quick]`);
        process.exit(2);
}

const CONNECTIONS = 64;
const ROUNDS = quick ? 1 : 5; // the middle one counts: a machine has better and worse seconds
const INTAKE_COUNT = quick ? 10_000 : 30_000;
const TICKETS_TOGETHER = 8;
const TICKETS_COUNT = quick ? 200 : 1500;
const TICKETS_ALONE = quick ? 50 : 300;
const DOCUMENTS = 100;

const say = (text) => json || console.error(text);
const middle = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];

function load(server, kind, connections, count, first = 1) {
        const run = spawnSync(path.join(buildFolder, 'bench/bench_load'), [server.port, kind, connections, count, SECRET, first], { encoding: 'utf8' });
        if (run.status !== 0)
                throw new Error(`bench_load ${kind}: ${run.stderr}`);
        const result = JSON.parse(run.stdout);
        const failed = Object.entries(result.statuses).filter(([status]) => !status.startsWith('2'));
        if (failed.length)
                throw new Error(`${kind}: answers that are no 2xx: ${JSON.stringify(result.statuses)}`);
        return result;
}

const results = [];
function result(name, value, unit, goal, meets) {
        results.push({ name, value: Number(value.toFixed(3)), unit, goal, met: meets === undefined ? null : meets(value) });
}

// Every event that was answered 202 is in the database when it is looked at afterwards.
async function intake() {
        const server = await Server.start();
        const without = [], durable = [], ratios = [];
        let id = 1;
        load(server, 'private', CONNECTIONS, 2000);
        for (let round = 0; round < ROUNDS; round++) {
                say(`intake, round ${round + 1} of ${ROUNDS}`);
                const a = load(server, 'private', CONNECTIONS, INTAKE_COUNT, id);
                const b = load(server, 'created', CONNECTIONS, INTAKE_COUNT, id);
                id += INTAKE_COUNT;
                without.push(a.per_second);
                durable.push(b);
                ratios.push(b.per_second / a.per_second);
        }
        const { total_tickets } = await server.get('/stats');
        if (total_tickets !== ROUNDS * INTAKE_COUNT)
                throw new Error(`${ROUNDS * INTAKE_COUNT} events were accepted, ${total_tickets} tickets are stored`);
        result('events proven and parsed, not stored', middle(without), '/s');
        result('events proven, parsed and synced to disk', middle(durable.map((d) => d.per_second)), '/s', '>= 8000', (v) => v >= 8000);
        result('the second as a share of the first', middle(ratios), '', '>= 0.5', (v) => v >= 0.5);
        result('latency of a durable event, median', middle(durable.map((d) => d.p50_ms)), 'ms');
        result('latency of a durable event, 99 of 100', middle(durable.map((d) => d.p99_ms)), 'ms');
        result('memory after all of them', server.memory().largest, 'MB', '< 200', (v) => v < 200);
        await server.stop();
}

async function tickets() {
        const server = await Server.start();
        say('whole tickets');
        load(server, 'ticket', TICKETS_TOGETHER, 100);
        const alone = load(server, 'ticket', 1, TICKETS_ALONE, 1000);
        const together = load(server, 'ticket', TICKETS_TOGETHER, TICKETS_COUNT, 10_000);
        result(`whole tickets, ${TICKETS_TOGETHER} at a time`, together.per_second, '/s', '>= 150', (v) => v >= 150);
        result('a whole ticket alone, median', alone.p50_ms, 'ms', '< 15', (v) => v < 15);
        result('a whole ticket alone, 99 of 100', alone.p99_ms, 'ms');
        result('memory after whole tickets', server.memory().largest, 'MB', '< 200', (v) => v < 200);
        await server.stop();
}

// A hundred documents of the example's size, no two alike.
function manyDocuments(folder) {
        const examples = fs.readdirSync(path.join(root, 'knowledge')).filter((name) => name.endsWith('.txt'));
        fs.mkdirSync(folder);
        for (let i = 0; i < DOCUMENTS; i++) {
                const name = examples[i % examples.length];
                const text = fs.readFileSync(path.join(root, 'knowledge', name), 'utf8');
                fs.writeFileSync(path.join(folder, `${i}-${name}`), text.replaceAll(/([.?])(\s)/g, `$1$2[${i}] `));
        }
        return folder;
}

async function start() {
        const folder = newFolder();
        const KNOWLEDGE_DIR = manyDocuments(path.join(folder, 'documents'));
        say(`indexing ${DOCUMENTS} documents`);
        const first = await Server.start({ folder, KNOWLEDGE_DIR });
        const { knowledge } = await first.get('/health');
        await first.stop();
        const times = [];
        for (let round = 0; round < ROUNDS; round++) {
                say(`start, round ${round + 1} of ${ROUNDS}`);
                const server = await Server.start({ folder, KNOWLEDGE_DIR });
                times.push(server.ready_ms);
                if (round + 1 === ROUNDS) {
                        load(server, 'ticket', TICKETS_TOGETHER, 200);
                        result(`memory with ${DOCUMENTS} documents, after 200 tickets`, server.memory().largest, 'MB', '< 200', (v) => v < 200);
                }
                await server.stop();
        }
        say(`knowledge: ${JSON.stringify(knowledge)}`);
        result(`indexing ${DOCUMENTS} documents, once`, first.ready_ms / 1000, 's');
        result(`ready with ${DOCUMENTS} documents indexed`, middle(times), 'ms', '< 1000', (v) => v < 1000);
}

await intake();
await tickets();
await start();
await outage(result, say, quick ? { seconds: 8, drain_s: 5 } : { seconds: 60, drain_s: 30 });

const machine = `${os.cpus()[0].model.trim()}, ${os.availableParallelism?.() ?? os.cpus().length} processors, load ${os.loadavg()[0].toFixed(1)}`;
if (json) {
        console.log(JSON.stringify({ machine, results }, null, 2));
} else {
        console.log(machine);
        for (const { name, value, unit, goal, met } of results)
                console.log(`${name.padEnd(48)} ${value.toLocaleString('en', { maximumFractionDigits: value < 100 ? 2 : 0 }).padStart(9)} ${unit.padEnd(3)} ${goal ? `${goal.padEnd(8)} ${met ? 'met' : 'MISSED'}` : ''}`.trimEnd());
}
process.exitCode = results.some(({ met }) => met === false) ? 1 : 0;
