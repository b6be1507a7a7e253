// A stand-in Freshdesk: one account in memory, on a port of its own, that answers API v2 as the real service does, with its two shapes of
// errors, its nulls, fields that nobody asked for, rate limit headers and pages. It keeps every call and every effect, and does as it is
// told by faults: late, never, twice limited, garbage, cut before or after the effect.
//
//      const desk = await Standin.start();
//      desk.add({ id: 12, subject: 'Help', description: '<div>My password</div>' });
//      desk.fault('reply', { kind: 'cut', after: true });      // the next reply is made, and its answer never arrives
//      await desk.until(() => desk.replies(12).length === 1);  // wakes at each call, bounded
import { EventEmitter } from 'node:events';
import http from 'node:http';

import { freePort } from './ground.js';
import { AGENT_ID, handle, OTHER_AGENT_ID, plain } from './standin_api.js';
import { randomFaults } from './standin_faults.js';

export { AGENT_ID, OTHER_AGENT_ID };
const MINUTE_MS = 60_000;
const BODY_MAX = 1 << 22;
const HUGE_BYTES = 64 << 20; // more than any client should take

// Families of calls share an allowance a minute, as seen in recordings of the real service. They are ample here, so that a test is not slowed
// down by a limit that it does not look at: limits: { tickets: 40 } sets others.
const families = { tickets: 4000, update: 1600, list: 1000, agents: 4000, other: 4000 };
const familyOf = { ticket: 'tickets', conversations: 'tickets', reply: 'tickets', note: 'tickets', update: 'update', list: 'list', me: 'agents', agent: 'agents' };

const iso = (ms) => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');

export class Standin {
        constructor({ key = 'stand-in-key', statuses = [2, 3, 4, 5, 6, 7], limits = {}, headers = true, lag_ms = 0 } = {}) {
                this.key = key;
                this.statuses = new Set(statuses);
                this.tickets = new Map();
                this.conversations = new Map();
                this.agents = new Map([[OTHER_AGENT_ID, 'Kim Person']]);
                this.contacts = new Set();
                this.calls = []; // every request: method, path, name, query, body, status, fault
                this.effects = []; // every change made through the API, in order
                this.plans = []; // faults that wait for their call
                this.random = null;
                this.rules = []; // automation rules: { type, rule }
                this.cascading = false; // do rules see what other rules have done?
                this.bareRules = false; // are rules listed without an object around them?
                this.date = null; // what its clock says, where that is not the time
                this.agent = {}; // what is different about the agent whose key it is
                this.sinceExcludes = false; // is updated_since's own second left out? Not documented: a test may say so
                this.limits = { ...families, ...limits };
                this.withLimits = headers; // does it say what is left of them?
                this.lag_ms = lag_ms; // how long a message that was made is not shown in the conversation
                this.used = new Map();
                this.minute = () => Math.floor(Date.now() / MINUTE_MS); // a test may hold it
                this.sockets = new Set();
                this.nextId = 9_000_001;
                this.changed = new EventEmitter().setMaxListeners(0);
                this.port = 0;
        }

        static async start(options) {
                const standin = new Standin(options);
                await standin.listen();
                return standin;
        }

        get url() {
                return `http://127.0.0.1:${this.port}`;
        }

        // ---- reachable or not

        async listen() {
                this.server = http.createServer((request, response) => this.receive(request, response));
                this.server.on('connection', (socket) => {
                        this.sockets.add(socket);
                        socket.on('close', () => this.sockets.delete(socket));
                });
                this.port ||= await freePort(); // the same port again after a stop
                await new Promise((done, fail) => {
                        this.server.once('error', fail);
                        this.server.listen(this.port, '127.0.0.1', done);
                });
        }

        // Nobody listens any more: connections are refused until listen().
        async stop() {
                if (!this.server?.listening)
                        return;
                const closed = new Promise((done) => this.server.close(done));
                for (const socket of this.sockets)
                        socket.destroy();
                await closed;
        }

        // ---- what is in the account

        add(fields) {
                const now = iso(Date.now());
                const id = fields.id ?? this.nextId++;
                const requester = { id: 43026449322 + id, name: 'Robin Example', email: 'robin@example.com', mobile: null, phone: null,
                        ...fields.requester };
                const description = fields.description ?? '';
                const ticket = {
                        cc_emails: null, fwd_emails: null, reply_cc_emails: null, ticket_cc_emails: null, ticket_bcc_emails: null,
                        fr_escalated: false, spam: false, email_config_id: null, group_id: null, priority: 1, requester_id: requester.id,
                        responder_id: null, source: 2, company_id: null, status: 2, subject: null, association_type: null,
                        support_email: null, to_emails: null, product_id: null, id, type: null, due_by: null, fr_due_by: null,
                        is_escalated: false, description_text: plain(description), custom_fields: { cf_region: null },
                        created_at: now, updated_at: now, tags: [], attachments: [], source_additional_info: null, form_id: null,
                        nr_due_by: null, nr_escalated: false, structured_description: null, urgent: false, field_of_tomorrow: { a: [null] },
                        ...fields, description, requester,
                };
                this.tickets.set(id, ticket);
                this.conversations.set(id, []);
                return ticket;
        }

        // What somebody else wrote: the requester again, or an agent.
        say(ticketId, { from = 'requester', html, private: hidden = false, incoming, source, at = Date.now() }) {
                const ticket = this.tickets.get(ticketId);
                const user_id = from === 'requester' ? ticket.requester_id : from === 'us' ? AGENT_ID : typeof from === 'number' ? from : OTHER_AGENT_ID;
                const message = {
                        body: html, body_text: plain(html), id: this.nextId++, incoming: incoming ?? from === 'requester', private: hidden, user_id,
                        support_email: null, source: source ?? (hidden ? 2 : 0), category: hidden ? 2 : from === 'requester' ? 1 : 3, ticket_id: ticketId,
                        to_emails: [], from_email: null, cc_emails: null, bcc_emails: null, email_failure_count: null, outgoing_failures: null,
                        thread_id: null, auto_response: false, source_additional_info: null, created_at: iso(at), updated_at: iso(at), attachments: [],
                };
                this.conversations.get(ticketId).push(message);
                ticket.updated_at = iso(Math.max(at, Date.now()));
                return message;
        }

        // ---- automation rules

        addRule(type, rule) {
                const now = iso(Date.now());
                const made = { position: this.rules.length + 1, active: true, outdated: false, last_updated_by: AGENT_ID, affected_tickets_count: null, summary: {},
                        ...rule, id: this.nextId++, created_at: now, updated_at: now };
                this.rules.push({ type, rule: made });
                return made;
        }

        // What happened to a ticket, and by whom ('agent' or 'requester'): each rule that it concerns posts, as the real ones do. `to` stands in
        // for the host that the rules name. Gives the receivers' answers.
        async happened(ticketId, { event, by }, to) {
                const field = /^\{(\w+):(\w+)?/.exec(event);
                const performers = by === 'agent' ? [1, 3] : [2, 3];
                const answers = [];
                for (const { type, rule } of this.rules) {
                        const concerned = event === '{ticket_action:created}' ? type === 1
                                : type === 4 && performers.includes(Number(rule.performer.type)) &&
                                        rule.events.some((e) => e.field_name === field[1] && (e.value === undefined || e.value === '--' || e.value === field[2]));
                        if (!rule.active || !concerned)
                                continue;
                        for (const action of rule.actions.filter((a) => a.field_name === 'trigger_webhook')) {
                                const text = JSON.stringify(action.content).replaceAll('{{ticket.id}}', ticketId).replaceAll('{{triggered_event}}', event);
                                const response = await fetch(to + new URL(action.url).pathname, { method: action.request_type,
                                        headers: { 'content-type': 'application/json', ...action.custom_headers }, body: text });
                                answers.push({ status: response.status, json: await response.json() });
                        }
                }
                return answers;
        }

        // ---- what was done

        made(kind, ticketId) {
                return this.effects.filter((e) => e.kind === kind && (ticketId === undefined || e.ticket === ticketId));
        }
        replies(ticketId) {
                return this.made('reply', ticketId);
        }
        notes(ticketId) {
                return this.made('note', ticketId);
        }
        updates(ticketId) {
                return this.made('update', ticketId);
        }
        called(name) {
                return this.calls.filter((c) => c.name === name);
        }

        effect(kind, ticket, details) {
                this.effects.push({ kind, ticket, ...details, at: Date.now() });
        }

        // Resolves as soon as the condition holds: it is asked after each call and each change of a call's state.
        async until(condition, { what = 'the stand-in', timeout_ms = 30_000 } = {}) {
                const deadline = Date.now() + timeout_ms;
                while (!condition()) {
                        const left = deadline - Date.now();
                        if (left <= 0)
                                throw new Error(`${what} did not come to: ${condition}\ncalls: ${JSON.stringify(this.calls.slice(-10))}`);
                        await new Promise((wake) => {
                                const timer = setTimeout(wake, Math.min(left, 1000));
                                this.changed.once('change', () => (clearTimeout(timer), wake()));
                        });
                }
        }

        // ---- faults

        // The next `times` calls of that name (ticket, conversations, reply, note, update, list, me, any) go as planned:
        //   { kind: 'delay', ms }, { kind: 'hang' }, { kind: 'status', status, body?, headers? }, { kind: 'limit', retry_after },
        //   { kind: 'garbage', body? }, { kind: 'cut' }, { kind: 'redirect', location }, { kind: 'huge' }, { kind: 'hold' };
        // `after: true`: only when the call has had its effect.
        fault(name, plan) {
                const entry = { name, left: plan.times ?? 1, ...plan };
                if (plan.kind === 'hold') {
                        entry.gate = {};
                        entry.gate.reached = new Promise((done) => (entry.gate.arrive = done));
                        entry.gate.open = new Promise((done) => (entry.gate.release = done));
                }
                this.plans.push(entry);
                return entry.gate;
        }

        noFaults() {
                this.plans = [];
                this.random = null;
        }

        // Each call goes wrong with this probability, in a way that is drawn from the seed: the same seed draws the same faults for the
        // same calls.
        faultsFromSeed(seed, probability = 0.3) {
                this.random = randomFaults(seed, probability);
        }

        planFor(name) {
                const plan = this.plans.find((p) => p.left > 0 && (p.name === name || p.name === 'any'));
                if (plan) {
                        plan.left--;
                        return plan;
                }
                return this.random?.(name) ?? null;
        }

        // ---- one call

        async receive(request, response) {
                const chunks = [];
                let size = 0;
                request.on('error', () => {});
                response.on('error', () => {});
                try {
                        for await (const chunk of request)
                                if ((size += chunk.length) <= BODY_MAX)
                                        chunks.push(chunk);
                } catch {
                        return; // the caller was killed while it sent
                }
                const url = new URL(request.url, 'http://stand.in');
                const call = { method: request.method, path: url.pathname, query: Object.fromEntries(url.searchParams), headers: request.headers,
                        text: Buffer.concat(chunks).toString(), at: Date.now() };
                await this.answer(call, request, response);
                this.changed.emit('change');
        }

        async answer(call, request, response) {
                const work = handle(this, call); // finds name, family and effect; does nothing yet
                call.name = work.name;
                const plan = this.planFor(work.name);
                call.fault = plan?.kind ?? null;
                this.calls.push(call);
                this.changed.emit('change');

                let result = null;
                if (!plan || plan.after || plan.kind === 'delay' || plan.kind === 'hold') {
                        if (plan?.kind === 'delay' && !plan.after)
                                await new Promise((done) => setTimeout(done, plan.ms));
                        if (plan?.kind === 'hold' && !plan.after)
                                await this.held(plan);
                        result = work.act();
                        this.changed.emit('change');
                        if (plan?.kind === 'delay' && plan.after)
                                await new Promise((done) => setTimeout(done, plan.ms));
                        if (plan?.kind === 'hold' && plan.after)
                                await this.held(plan);
                }
                this.send(call, plan, result, request, response);
        }

        async held(plan) {
                plan.gate.arrive();
                await plan.gate.open;
        }

        send(call, plan, result, request, response) {
                const headers = { 'content-type': 'application/json; charset=utf-8', 'x-freshdesk-api-version': 'current=v2; requested=v2',
                        'x-request-id': `stand-in-${this.calls.length}`, ...(this.date ? { date: this.date } : {}), ...this.budget(call) };
                const say = (status, body, extra = {}) => {
                        call.status = status;
                        response.writeHead(status, { ...headers, ...extra });
                        response.end(body === null ? '' : typeof body === 'string' ? body : JSON.stringify(body));
                };
                switch (plan?.kind) {
                case 'hang':
                        return; // until somebody gives up
                case 'cut':
                        return void request.socket.destroy();
                case 'status':
                        if (plan.foreign) // not Freshdesk: some other server stands at this address
                                delete headers['x-freshdesk-api-version'];
                        return say(plan.status, plan.body ?? '<html><body><h1>We are sorry, but something went wrong.</h1></body></html>',
                                { 'content-type': 'text/html', ...plan.headers });
                case 'limit':
                        return say(429, 'You have exceeded the limit of requests per minute', {
                                'content-type': 'text/plain', 'x-ratelimit-remaining': '0',
                                ...(plan.retry_after === null ? {} : { 'retry-after': String(plan.retry_after ?? 1) }) });
                case 'garbage':
                        return say(plan.status ?? 200, plan.body ?? '{"id": 12, "subj\u0000');
                case 'redirect':
                        return say(302, '', { location: plan.location ?? 'http://127.0.0.1:9/elsewhere' });
                case 'huge':
                        return this.pour(call, response, headers);
                default:
                        return say(result.status, result.body, result.headers);
                }
        }

        pour(call, response, headers) {
                const chunk = Buffer.alloc(1 << 16, 'x');
                let left = HUGE_BYTES;
                call.status = 200;
                response.writeHead(200, headers);
                response.write('{"id":12,"subject":"');
                const more = () => {
                        while (left > 0 && !response.destroyed) {
                                left -= chunk.length;
                                if (!response.write(chunk))
                                        return void response.once('drain', more);
                        }
                        response.end('"}');
                };
                more();
        }

        // Header numbers are of the family that the call belongs to, and start anew each minute. What is included costs more.
        budget(call) {
                const family = familyOf[call.name] ?? 'other';
                const cost = 1 + (call.query.include ?? '').split(',').filter(Boolean).length * (call.name === 'list' ? 2 : 1);
                const count = this.spent(family) + cost;
                this.used.set(family, { minute: this.minute(), count });
                if (!this.withLimits)
                        return {};
                return { 'X-Ratelimit-Total': String(this.limits[family]), 'X-Ratelimit-Remaining': String(Math.max(0, this.limits[family] - count)),
                        'X-Ratelimit-Used-CurrentRequest': String(cost) };
        }
        // What somebody else has used of it in this minute.
        use(family, count) {
                this.used.set(family, { minute: this.minute(), count: this.spent(family) + count });
        }
        spent(family) {
                const spent = this.used.get(family);
                return spent?.minute === this.minute() ? spent.count : 0;
        }
        overLimit(name) {
                const family = familyOf[name] ?? 'other';
                return this.spent(family) >= this.limits[family];
        }
}
