// The stand-in's endpoints: what each call needs, refuses, does and answers.
export const AGENT_ID = 6010396333; // whose key it is
export const OTHER_AGENT_ID = 6010396999; // a person

const PER_PAGE = 30;
const PER_PAGE_MAX = 100;

const refused = (status, body = null, headers = {}) => ({ status, body, headers });
const invalid = (field, message, code) => refused(400, { description: 'Validation failed', errors: [{ field, message, code }] });
const notFound = () => refused(404); // without a body
const copy = (value) => structuredClone(value);

const endpoints = [
        { name: 'me', method: 'GET', path: /^\/api\/v2\/agents\/me$/, act: me },
        { name: 'agent', method: 'GET', path: /^\/api\/v2\/agents\/(\d+)$/, act: agent },
        { name: 'contact', method: 'GET', path: /^\/api\/v2\/contacts\/(\d+)$/, act: contact },
        { name: 'list', method: 'GET', path: /^\/api\/v2\/tickets$/, act: list },
        { name: 'search', method: 'GET', path: /^\/api\/v2\/search\/tickets$/, act: search },
        { name: 'automations', method: 'GET', path: /^\/api\/v2\/automations\/([134])\/rules$/, act: automations },
        { name: 'automation_make', method: 'POST', path: /^\/api\/v2\/automations\/([134])\/rules$/, act: makeAutomation },
        { name: 'automation_change', method: 'PUT', path: /^\/api\/v2\/automations\/([134])\/rules\/(\d+)$/, act: changeAutomation },
        { name: 'ticket', method: 'GET', path: /^\/api\/v2\/tickets\/(\d+)$/, act: view },
        { name: 'update', method: 'PUT', path: /^\/api\/v2\/tickets\/(\d+)$/, act: update },
        { name: 'conversations', method: 'GET', path: /^\/api\/v2\/tickets\/(\d+)\/conversations$/, act: conversations },
        { name: 'reply', method: 'POST', path: /^\/api\/v2\/tickets\/(\d+)\/reply$/, act: reply },
        { name: 'note', method: 'POST', path: /^\/api\/v2\/tickets\/(\d+)\/notes$/, act: note },
];

// Which endpoint is it, and what would it do? act() does it.
export function handle(desk, call) {
        const here = endpoints.filter((e) => e.path.test(call.path));
        const endpoint = here.find((e) => e.method === call.method);
        const name = endpoint?.name ?? 'other';
        return { name, act: () => gate(desk, call, here, endpoint) };
}

function gate(desk, call, here, endpoint) {
        const { headers } = call;
        const credentials = /^Basic (.*)$/i.exec(headers.authorization ?? '')?.[1] ?? '';
        const user = Buffer.from(credentials, 'base64').toString().split(':')[0];

        if (desk.overLimit(endpoint?.name ?? 'other'))
                return refused(429, 'You have exceeded the limit of requests per minute', { 'retry-after': '60', 'content-type': 'text/plain' });
        if (user !== desk.key)
                return refused(401, { code: 'invalid_credentials', message: 'You have to be logged in to perform this action.' });
        if (headers.accept && !/application\/json|\*\/\*/.test(headers.accept))
                return refused(406);
        if (here.length === 0)
                return notFound();
        if (!endpoint) {
                const allowed = here.map((e) => e.method).join(', ');
                return refused(405, { message: `${call.method} method is not allowed. It should be one of these method(s): ${allowed}` }, { allow: allowed });
        }
        if (endpoint.method !== 'GET') {
                if (!/^application\/json/.test(headers['content-type'] ?? ''))
                        return refused(415, { code: 'invalid_content_type', message: `Content-Type header is set to ${headers['content-type']}` });
                try {
                        call.body = JSON.parse(call.text);
                } catch {
                        return refused(400, { code: 'invalid_json', message: 'Request body has invalid json format' });
                }
                if (call.body === null || typeof call.body !== 'object' || Array.isArray(call.body))
                        return refused(400, { code: 'invalid_json', message: 'Request body has invalid json format' });
        }
        return endpoint.act(desk, call, ...endpoint.path.exec(call.path).slice(1).map(Number));
}

// ---- reading

function me(desk) {
        const at = '2024-01-08T08:53:05Z';
        return { status: 200, body: { available: true, occasional: false, id: AGENT_ID, ticket_scope: 1, signature: null, group_ids: [], role_ids: [1],
                type: 'support_agent', available_since: null, created_at: at, updated_at: at, contact: { active: true, email: 'firstline@example.com',
                        job_title: null, language: 'en', last_login_at: null, mobile: null, name: 'Firstline', phone: null, time_zone: 'UTC' }, ...desk.agent } };
}

// desk.agents: names of others than ours; desk.contacts: ids beside the requesters'.
function agent(desk, call, id) {
        const name = desk.agents.get(id);
        return name ? { status: 200, body: { id, type: 'support_agent', available: true, occasional: false, contact: { active: true, email: 'agent@example.com', name } } } : notFound();
}

function contact(desk, call, id) {
        return desk.contacts.has(id) || [...desk.tickets.values()].some((t) => t.requester_id === id) ? { status: 200, body: { id, active: true, email: null, name: 'A contact' } } : notFound();
}

function view(desk, call, id) {
        const ticket = desk.tickets.get(id);
        if (!ticket)
                return notFound();
        const { requester, stats, ...body } = copy(ticket);
        const include = (call.query.include ?? '').split(',').filter(Boolean);
        const unknown = include.find((word) => !['requester', 'conversations', 'stats', 'company'].includes(word));
        if (unknown)
                return invalid('include', "It should be one of these values: 'conversations,requester,company,stats'", 'invalid_value');
        if (include.includes('requester'))
                body.requester = requester;
        if (include.includes('conversations'))
                body.conversations = copy(desk.conversations.get(id).slice(0, 10)); // the ten oldest
        if (include.includes('stats'))
                body.stats = stats ?? { agent_responded_at: null, requester_responded_at: null, first_responded_at: null, status_updated_at: ticket.updated_at,
                        reopened_at: null, resolved_at: null, closed_at: null, pending_since: null };
        return { status: 200, body };
}

// A page of the rows, and the Link to the next one while there is one.
function paged(desk, call, rows) {
        const page = Number(call.query.page ?? 1);
        const perPage = Number(call.query.per_page ?? PER_PAGE);
        if (!(Number.isInteger(page) && page >= 1))
                return invalid('page', 'It should be a Positive Integer', 'datatype_mismatch');
        if (!(Number.isInteger(perPage) && perPage >= 1 && perPage <= PER_PAGE_MAX))
                return invalid('per_page', 'It should be a Positive Integer less than or equal to 100', 'invalid_value');
        const body = copy(rows.slice((page - 1) * perPage, page * perPage));
        const headers = {};
        if (rows.length > page * perPage) {
                const next = new URLSearchParams({ ...call.query, page: page + 1 });
                headers.link = `<${desk.url}${call.path}?${next}>; rel="next"`;
        }
        return { status: 200, body, headers };
}

function conversations(desk, call, id) {
        const shown = (m) => !m.shown_from || m.shown_from <= Date.now();
        return desk.tickets.has(id) ? paged(desk, call, desk.conversations.get(id).filter(shown).map(({ shown_from, ...m }) => m)) : notFound();
}

// At most 300 pages; without updated_since only what was made within a month.
const LIST_PAGES_MAX = 300;
const MONTH_MS = 30 * 86_400_000;

function list(desk, call) {
        const asked = call.query.updated_since;
        const since = Date.parse(asked ?? 0);
        if (Number(call.query.page ?? 1) > LIST_PAGES_MAX)
                return invalid('page', `It should be less than or equal to ${LIST_PAGES_MAX}`, 'invalid_value');
        const order = ['created_at', 'due_by', 'updated_at', 'status'].includes(call.query.order_by) ? call.query.order_by : 'created_at';
        const sign = call.query.order_type === 'asc' ? 1 : -1;
        if (Number.isNaN(since))
                return invalid('updated_since', "It should be in the 'combined date and time ISO8601' format", 'invalid_date');
        const rows = [...desk.tickets.values()]
                .filter((t) => !t.spam && !t.deleted && Date.parse(t.updated_at) >= since + (desk.sinceExcludes ? 1 : 0))
                .filter((t) => asked || Date.parse(t.created_at) >= Date.now() - MONTH_MS)
                .sort((a, b) => (a[order] < b[order] ? -sign : a[order] > b[order] ? sign : 0))
                .map(({ description, description_text, requester, stats, ...rest }) =>
                        call.query.include?.includes('description') ? { description, description_text, ...rest } : rest);
        return paged(desk, call, rows);
}

// Only what one agent has, which is all that is asked for here.
function search(desk, call) {
        const agent = /^"agent_id:(\d+)"$/.exec(call.query.query ?? '')?.[1];
        if (!agent)
                return invalid('query', 'Given query is invalid', 'invalid_value');
        const results = [...desk.tickets.values()].filter((t) => t.responder_id === Number(agent));
        return { status: 200, body: { total: results.length, results: copy(results.slice(0, PER_PAGE)) } };
}

// ---- automation rules

function automations(desk, call, type) {
        const rules = copy(desk.rules.filter((r) => r.type === type).map((r) => r.rule));
        return { status: 200, body: desk.bareRules ? rules : { rules, meta: { count: rules.length, cascading_rules: desk.cascading } } };
}

const ruleFields = ['name', 'description', 'position', 'active', 'performer', 'events', 'conditions', 'operator', 'actions'];
const actionFields = ['field_name', 'value', 'url', 'request_type', 'content', 'content_type', 'content_layout', 'custom_headers', 'auth_header', 'api_key',
        'email_to', 'email_subject', 'email_body', 'note_body', 'resource_type'];

function validateRule(type, body) {
        const errors = [];
        for (const field of Object.keys(body))
                if (!ruleFields.includes(field) || (type !== 4 && ['performer', 'events'].includes(field)))
                        errors.push({ field, message: 'Unexpected/invalid field in request', code: 'invalid_field' });
        for (const field of ['name', 'conditions', 'actions', ...(type === 4 ? ['performer', 'events'] : [])])
                if (body[field] === undefined || body[field].length === 0)
                        errors.push({ field, message: 'It should not be blank as this is a mandatory field', code: 'missing_field' });
        for (const action of body.actions ?? [])
                for (const field of Object.keys(action))
                        if (!actionFields.includes(field))
                                errors.push({ field: `actions[${field}]`, message: 'Unexpected/invalid field in request', code: 'invalid_field' });
        return errors.length ? refused(400, { description: 'Validation failed', errors }) : null;
}

function makeAutomation(desk, call, type) {
        const wrong = validateRule(type, call.body);
        if (wrong)
                return wrong;
        const rule = desk.addRule(type, copy(call.body));
        desk.effect('rule', null, { type, id: rule.id, body: copy(call.body) });
        return { status: 201, body: copy(rule) };
}

function changeAutomation(desk, call, type, id) {
        const found = desk.rules.find((r) => r.type === type && r.rule.id === id);
        const wrong = found ? validateRule(type, call.body) : notFound();
        if (wrong)
                return wrong;
        Object.assign(found.rule, copy(call.body));
        desk.effect('rule', null, { type, id, body: copy(call.body) });
        return { status: 200, body: copy(found.rule) };
}

// ---- writing

const isText = (v) => typeof v === 'string' && v.trim() !== '';
const isTextList = (v) => Array.isArray(v) && v.every((x) => typeof x === 'string');
const isNumber = (v) => Number.isInteger(v);
const isBool = (v) => typeof v === 'boolean';

const fields = {
        update: {
                status: [(v, desk) => desk.statuses.has(v), (desk) => `It should be one of these values: '${[...desk.statuses].join(',')}'`],
                priority: [(v) => [1, 2, 3, 4].includes(v), () => "It should be one of these values: '1,2,3,4'"],
                tags: [isTextList, () => 'It should contain elements of type String only'],
                subject: [isText], description: [isText], type: [(v) => v === null || isText(v)], responder_id: [(v) => v === null || isNumber(v)],
                group_id: [(v) => v === null || isNumber(v)], custom_fields: [(v) => typeof v === 'object'], due_by: [isText], fr_due_by: [isText],
                email_config_id: [isNumber], product_id: [isNumber], source: [isNumber], requester_id: [isNumber], email: [isText],
        },
        reply: { body: [isText], from_email: [isText], user_id: [isNumber], cc_emails: [isTextList], bcc_emails: [isTextList] },
        note: { body: [isText], private: [isBool], incoming: [isBool], notify_emails: [isTextList], user_id: [isNumber] },
};

function validate(desk, kind, body) {
        const errors = [];
        for (const [field, value] of Object.entries(body)) {
                const rule = fields[kind][field];
                if (!rule)
                        errors.push({ field, message: 'Unexpected/invalid field in request', code: 'invalid_field' });
                else if (!rule[0](value, desk))
                        errors.push({ field, message: rule[1]?.(desk) ?? 'It should be of another type', code: rule[1] ? 'invalid_value' : 'datatype_mismatch' });
        }
        if (kind !== 'update' && body.body === undefined)
                errors.push({ field: 'body', message: 'It should be a/an String', code: 'missing_field' });
        if (kind === 'update' && Object.keys(body).length === 0)
                errors.push({ field: 'base', message: 'Please provide at least one field', code: 'missing_field' });
        if (kind === 'update' && desk.requiredForClosure && [4, 5].includes(body.status))
                errors.push({ field: desk.requiredForClosure, message: 'It should not be blank as this is a mandatory field', code: 'invalid_value' });
        return errors.length ? refused(400, { description: 'Validation failed', errors }) : null;
}

// The ticket, when it may be written to.
function writable(desk, id) {
        const ticket = desk.tickets.get(id);
        if (!ticket)
                return { refusal: notFound() };
        if (ticket.spam || ticket.deleted)
                return { refusal: refused(405, null, { allow: 'GET' }) };
        return { ticket };
}

function update(desk, call, id) {
        const { ticket, refusal } = writable(desk, id);
        const wrong = refusal ?? validate(desk, 'update', call.body);
        if (wrong)
                return wrong;
        Object.assign(ticket, copy(call.body), { updated_at: new Date().toISOString().replace(/\.\d+Z$/, 'Z') });
        desk.effect('update', id, { fields: copy(call.body) });
        const { requester, stats, ...body } = copy(ticket);
        return { status: 200, body };
}

function message(desk, call, id, kind, private_) {
        const { refusal } = writable(desk, id);
        const wrong = refusal ?? validate(desk, kind, call.body);
        if (wrong)
                return wrong;
        const made = desk.say(id, { from: 'us', html: call.body.body, private: private_, incoming: false });
        if (desk.lag_ms)
                made.shown_from = Date.now() + desk.lag_ms;
        desk.effect(kind, id, { id: made.id, html: made.body, text: plain(made.body), private: private_ });
        const { shown_from, ...body } = copy(made);
        return { status: 201, body, headers: { location: `${desk.url}/api/v2/conversations/${made.id}` } };
}

function reply(desk, call, id) {
        return message(desk, call, id, 'reply', false);
}

function note(desk, call, id) {
        return message(desk, call, id, 'note', call.body.private ?? true);
}

export function plain(html) {
        return (html ?? '').replace(/<[^>]*>/g, ' ').replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&#39;/g, "'").replace(/&quot;/g, '"')
                .replace(/&amp;/g, '&').replace(/\s+/g, ' ').trim();
}
