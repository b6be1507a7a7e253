// Freshdesk is away for a minute while events arrive at a steady rate; then it is back. Nothing may be lost, memory must stay flat, health
// must answer all the while, and the backlog must leave at the pace of the share of Freshdesk's allowance that is ours.
import { spawn } from 'node:child_process';
import path from 'node:path';

import { Standin } from '../tests/journey/standin.js';
import { buildFolder, SECRET, Server, sleep } from './server.js';

const RATE = 5000; // events a second
const CONNECTIONS = 64;
const HEALTH_EVERY_MS = 50;
const ALLOWANCE = 6000; // calls a minute in each family, so that half a minute shows the pace
const SHARE = 0.5; // FRESHDESK_SHARE, as it is by default

// A ticket for every number: a hundred thousand of them are made when they are asked for.
function anyTicket(standin) {
        const known = standin.tickets.get.bind(standin.tickets);
        standin.tickets.get = (id) => known(id) ?? (id > 0 ? standin.add({ id, subject: 'Password reset not working', description: "<div>I clicked the reset link but it doesn't work</div>" }) : undefined);
}

async function watchHealth(server, over) {
        const times = [];
        while (!over()) {
                const from = performance.now();
                await server.get('/health');
                times.push(performance.now() - from);
                await sleep(HEALTH_EVERY_MS);
        }
        return times.sort((a, b) => a - b);
}

function load(server, count) {
        const child = spawn(path.join(buildFolder, 'bench/bench_load'), [server.port, 'created', CONNECTIONS, count, SECRET, 1, RATE], { stdio: ['ignore', 'pipe', 'inherit'] });
        let text = '';
        child.stdout.setEncoding('utf8').on('data', (part) => (text += part));
        return new Promise((done, fail) => child.on('close', (status) => (status === 0 ? done(JSON.parse(text)) : fail(new Error(`bench_load: ${status}`)))));
}

export async function outage(result, say, { seconds, drain_s }) {
        const standin = await Standin.start({ limits: Object.fromEntries(['ticket', 'conversations', 'reply', 'note', 'update', 'list', 'me', 'other'].map((name) => [name, ALLOWANCE])) });
        anyTicket(standin);
        await standin.stop();
        const server = await Server.start({ FRESHDESK_URL: standin.url, FRESHDESK_API_KEY: standin.key, FRESHDESK_TIMEOUT: '5', FRESHDESK_SHARE: String(SHARE), SETTLE_TIME: '0', FRESHDESK_POLL: '0' });
        let over = false;
        const health = watchHealth(server, () => over);

        say(`${RATE} events a second for ${seconds} s while Freshdesk is away`);
        const quarter = load(server, RATE * seconds / 4 | 0);
        const first = await quarter;
        const before = server.memory().now;
        const rest = await new Promise((done, fail) => {
                const child = spawn(path.join(buildFolder, 'bench/bench_load'), [server.port, 'created', CONNECTIONS, RATE * seconds - first.requests, SECRET, first.requests + 1, RATE], { stdio: ['ignore', 'pipe', 'inherit'] });
                let text = '';
                child.stdout.setEncoding('utf8').on('data', (part) => (text += part));
                child.on('close', (status) => (status === 0 ? done(JSON.parse(text)) : fail(new Error(`bench_load: ${status}`))));
        });
        const after = server.memory().now;
        const sent = first.requests + rest.requests;
        const taken = (first.statuses[202] ?? 0) + (rest.statuses[202] ?? 0);
        const { total_tickets } = await server.get('/stats');

        say(`Freshdesk is back; ${drain_s} s of the backlog`);
        await standin.listen();
        await standin.until(() => standin.calls.length > 0, { timeout_ms: 120_000 });
        const from = standin.calls.length, since = Date.now();
        await sleep(drain_s * 1000);
        const reads = standin.calls.slice(from).filter((call) => call.name === 'ticket' || call.name === 'conversations').length;
        const limited = standin.calls.filter((call) => call.status === 429).length;
        const pace = standin.calls.slice(from).length / ((Date.now() - since) / 60_000);
        over = true;
        const times = await health;

        result('events accepted while Freshdesk is away', rest.per_second, '/s', `>= ${RATE * 0.99}`, (v) => v >= RATE * 0.99);
        result('of those sent, answered 202', 100 * taken / sent, '%', '= 100', (v) => v === 100);
        result('of those answered 202, lost', taken - total_tickets, '', '= 0', (v) => v === 0);
        result('memory, from a quarter of them to the end', after / before, '', '< 1.25', (v) => v < 1.25);
        result('health, median', times[times.length >> 1], 'ms');
        result('health, 99 of 100', times[Math.floor(times.length * 0.99)], 'ms', '< 50', (v) => v < 50);
        result('health, slowest', times.at(-1), 'ms');
        result('calls a minute once it is back', pace, '/min');
        result('answered 429 of them', limited, '', '= 0', (v) => v === 0);
        say(`${reads} readings in ${drain_s} s`);
        await server.stop();
        await standin.stop();
}
