// The four promises under everything at once: a Freshdesk whose calls go wrong at random, and `kill -9` at random instants. The same seed
// draws the same faults, texts and instants; what the machine makes of them differs.
//
//      const { tickets, kills, problems } = await torture({ tickets: 40, kills: 12, seed: 7 });
//
// What must hold at the end:
//      every ticket, whether its webhook came or not, is answered, handed to a person, or visibly failed;
//      no customer reads two answers to what they wrote once;
//      the audit trail is complete, in order, and says of nothing "sent" that Freshdesk does not have;
//      the database is sound.
import { Firstline, sql } from '../journey/firstline.js';
import { numbers } from '../journey/standin_faults.js';
import { Standin } from '../journey/standin.js';

const FAULTS = 0.25; // share of calls that go wrong
const LOST = 0.2; // share of tickets whose webhook never comes: the poll finds them
const KILL_AFTER_MS = 700; // the longest that a process lives, once it is ready...
const KILLED_AT_START = 0.2; // ...but for this share, which may die before that
const SETTLE_MS = 600_000; // until the last ticket must be over, once faults and kills have stopped
const SEND_TRIES = 1000; // of one webhook: a dead process refuses, a new one takes some moments
const SEND_TIMEOUT_MS = 5000; // a connection to a process that was killed may never end by itself
const WRITERS = 8; // webhooks on their way at a time
const FINAL = ['delivered', 'recorded', 'failed', 'dropped'];

const texts = [
        ['Password reset not working', "I clicked the reset link but it doesn't work"],
        ['Cannot sign in', 'How do I reset my password? I forgot it'],
        ['Billing question', 'I was charged twice this month'],
        ['Invoice', 'Where can I download the invoice for March?'],
        ['System crash', 'The application keeps crashing with error code 500'],
        ['Hacked', 'Somebody else is signed in to my account and changes my data'],
];

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

// As Freshdesk would: again and again until it is told that the event has arrived.
async function send(firstline, id, body) {
        for (let i = 0; i < SEND_TRIES; i++) {
                try {
                        const { status } = await firstline.webhook(body, { timeout_ms: SEND_TIMEOUT_MS });
                        if (status === 202 || status === 200)
                                return;
                        if (status !== 503)
                                throw Object.assign(new Error(`webhook of ticket ${id}: ${status}`), { final: true });
                } catch (error) {
                        if (error.final || error.code === 'ERR_ASSERTION')
                                throw error;
                }
                await pause(20);
        }
        throw new Error(`ticket ${id} was never accepted`);
}

async function killAgainAndAgain(firstline, kills, next, over) {
        let done = 0;
        while (done < kills && !over()) {
                firstline.spawnIt();
                const ready = firstline.logged(/ready on (http:\/\/\S+)/, 60_000).then(() => firstline.learnAddress(), () => {});
                if (next() >= KILLED_AT_START)
                        await ready;
                await pause(next() * KILL_AFTER_MS);
                await firstline.kill();
                await ready;
                done++;
        }
        return done;
}

function checkTicket(standin, id, ticket, problems) {
        const say = (what) => problems.push(`ticket ${id} (${ticket.state}, ${ticket.action}): ${what}`);
        const replies = standin.replies(id), notes = standin.notes(id);
        const audit = ticket.audit;

        if (replies.length > 1)
                say(`${replies.length} messages to the customer`);
        if (notes.length > 1)
                say(`${notes.length} notes`);
        if (!FINAL.includes(ticket.state))
                say('not over');
        if (audit[0]?.step !== 'received')
                say(`the audit begins with ${audit[0]?.step}`);
        for (let i = 1; i < audit.length; i++)
                if (audit[i].id <= audit[i - 1].id)
                        say('the audit is out of order');
        const sent = audit.filter((row) => row.step === 'sent');
        for (const row of sent.filter((r) => ['reply', 'note'].includes(r.detail.step)))
                if (![...replies, ...notes].some((effect) => effect.id === row.detail.freshdesk_id))
                        say(`the audit says ${row.detail.step} ${row.detail.freshdesk_id} was sent, and it is not there`);
        for (const effect of [...replies, ...notes])
                if (!sent.some((row) => row.detail.freshdesk_id === effect.id) && ticket.state !== 'failed')
                        say(`a ${effect.kind} is there that the audit does not know as sent`);
        if (ticket.state === 'delivered') {
                for (const step of ['classified', 'found', 'decided', 'delivered'])
                        if (!audit.some((row) => row.step === step))
                                say(`delivered without "${step}" in the audit`);
                const wanted = ticket.action === 'escalate' ? notes : replies;
                if (wanted.length !== 1)
                        say('delivered, and Freshdesk has nothing of it');
                if (!standin.tickets.get(id).tags.includes('firstline'))
                        say('delivered without its tags');
        } else if (ticket.state === 'failed') {
                if (!ticket.error)
                        say('failed without a reason');
        } else {
                say('neither answered, nor handed over, nor failed');
        }
}

// What happened to a ticket, in the order of the clock: the calls, the audit, what the program said.
function story(standin, firstline, id, ticket) {
        const calls = standin.calls.filter((c) => new RegExp(`/tickets/${id}(/|$)`).test(c.path))
                .map((c) => [c.at, `${c.method} ${c.path} → ${c.status ?? 'no answer'}${c.fault ? ` (${c.fault})` : ''}`]);
        const audit = (ticket?.audit ?? []).map((row) => [Date.parse(row.at), `audit: ${row.step} ${JSON.stringify(row.detail)}`.slice(0, 200)]);
        const lines = [...calls, ...audit].sort((a, b) => a[0] - b[0]).map(([at, text]) => `${new Date(at).toISOString().slice(11, 23)} ${text}`);
        const log = firstline.log.split('\n').filter((line) => new RegExp(`ticket[ =:]*${id}\\b`).test(line));
        return [`ticket ${id}`, ...lines, ...log].join('\n');
}

export async function torture({ tickets = 500, kills = 200, seed = Date.now() % 1e9, processes = 1, copies = 1, faults = FAULTS, lost = LOST, say = () => {} } = {}) {
        const next = numbers(seed);
        const standin = await Standin.start({ limits: Object.fromEntries(['ticket', 'conversations', 'reply', 'note', 'update', 'list', 'me', 'other'].map((n) => [n, 1e9])) });
        const firstline = new Firstline({ standin, WORKERS: 4, FRESHDESK_TIMEOUT: 1, FRESHDESK_POLL: 1, FRESHDESK_SINCE: new Date(Date.now() - 3_600_000).toISOString(), SETTLE_TIME: 0, LOG_LEVEL: 'INFO' });
        const others = [];
        const problems = [], stories = [];
        const ids = Array.from({ length: tickets }, (_, i) => 1 + i);

        try {
                for (const id of ids) {
                        const [subject, description] = texts[Math.floor(next() * texts.length)];
                        standin.add({ id, subject, description: `<div>${description}</div>`, requester: { name: `Robin ${id}`, email: `robin${id}@example.com` } });
                }
                await firstline.launch();
                for (let i = 1; i < processes; i++) {
                        const other = new Firstline({ standin, folder: firstline.folder, ...firstline.settings });
                        await other.launch();
                        others.push(other);
                }
                const all = [firstline, ...others];
                if (faults > 0)
                        standin.faultsFromSeed(seed, faults);

                // Each event `copies` times, in random order.
                const events = ids.filter(() => next() >= lost).flatMap((id) => Array(copies).fill(id)).map((id) => [next(), id]).sort((a, b) => a[0] - b[0]);
                let accepted = 0;
                const writers = Array.from({ length: WRITERS }, async () => {
                        for (let event; (event = events.pop()) !== undefined;) {
                                await send(all[Math.floor(next() * all.length)], event[1], { freshdesk_webhook: { ticket_id: String(event[1]), triggered_event: '{ticket_action:created}' } });
                                if (++accepted % 100 === 0)
                                        say(`${accepted} events accepted`);
                        }
                });
                let killed = 0;
                if (kills > 0) {
                        await firstline.kill();
                        killed = await killAgainAndAgain(firstline, kills, next, () => false);
                        await firstline.launch();
                }
                await Promise.all(writers);
                say(`${killed} times killed; ${standin.calls.length} calls so far, ${standin.calls.filter((c) => c.fault).length} of them went wrong`);
                standin.noFaults();

                const deadline = Date.now() + SETTLE_MS;
                for (let left = ids; left.length > 0;) {
                        const { json } = await firstline.get('/stats');
                        say(`${json.pending} tickets are under way`);
                        if ((json.pending === 0 && json.total_tickets === tickets) || Date.now() > deadline)
                                break;
                        await pause(1000);
                }
                for (const id of ids) {
                        const { status, json } = await firstline.get(`/tickets/${id}`);
                        const before = problems.length;
                        if (status === 200)
                                checkTicket(standin, id, json, problems);
                        else
                                problems.push(`ticket ${id}: ${status}`);
                        if (problems.length > before)
                                stories.push(story(standin, firstline, id, json));
                }
                const { json: stats } = await firstline.get('/stats');
                if (stats.total_tickets !== tickets)
                        problems.push(`${tickets} tickets were accepted, ${stats.total_tickets} are there`);
                for (const one of all)
                        await one.end();
                const sound = sql(firstline.database, 'PRAGMA integrity_check', 'PRAGMA foreign_key_check').trim();
                if (sound !== 'ok')
                        problems.push(`the database is not sound: ${sound}`);
                return { seed, tickets, killed, calls: standin.calls.length, wrong: standin.calls.filter((c) => c.fault).length, stats, problems, stories, log: firstline.tail() };
        } finally {
                for (const one of [firstline, ...others])
                        if (one.child && !one.exit)
                                await one.kill();
                await standin.stop();
        }
}
