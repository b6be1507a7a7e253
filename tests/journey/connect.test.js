// `firstline freshdesk connect` makes the two rules, corrects what is not right, and leaves alone what is; doctor finds what would loop.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { commandAsync, examples, SECRET } from './firstline.js';
import { act } from './scene.js';
import { OTHER_AGENT_ID, Standin } from './standin.js';

const URL_ = 'https://help.example/webhook';
const SETTINGS = { WEBHOOK_URL: URL_, WEBHOOK_SECRET: SECRET, EMBEDDING_MODEL: '' };
const crash = { subject: examples.crash.subject, description: `<div>${examples.crash.description}</div>` };

const every = [{ name: 'condition_set_1', match_type: 'any', properties: [{ field_name: 'priority', resource_type: 'ticket', operator: 'in', value: [1, 2, 3, 4] }] }];
const webhook = (changes = {}) => ({ field_name: 'trigger_webhook', request_type: 'POST', url: URL_, content_type: 'JSON', content_layout: '2',
        custom_headers: { 'X-Webhook-Secret': SECRET }, content: { ticket_id: '{{ticket.id}}', triggered_event: '{{triggered_event}}' }, ...changes });
const creation = (changes = {}) => ({ name: 'To Firstline', conditions: every, actions: [webhook()], ...changes });
const replies = (changes = {}) => ({ name: 'Replies to Firstline', conditions: every, actions: [webhook()], performer: { type: 2 },
        events: [{ field_name: 'reply_sent' }, { field_name: 'note_type', value: 'public' }], ...changes });

// body(standin, run): run(...args) runs `firstline freshdesk ...args --json`.
async function account(body, { settings = {}, ...options } = {}) {
        const standin = await Standin.start(options);
        const run = async (...args) => {
                const { status, stdout, stderr } = await commandAsync(['freshdesk', ...args, '--json'], { standin, settings: { ...SETTINGS, ...settings } });
                assert.ok(!`${stdout}${stderr}`.includes(SECRET), 'the secret is never shown');
                return { status, stderr, report: stdout ? JSON.parse(stdout) : null };
        };
        try {
                await body(standin, run);
        } finally {
                await standin.stop();
        }
}
const made = (standin) => standin.effects.filter((e) => e.kind === 'rule');
const statesOf = (report) => report.rules.map((rule) => rule.state);

describe('connect', () => {
        test('makes both rules, with the id and the event alone in the body, for requesters only', () => account(async (standin, run) => {
                const { status, report, stderr } = await run('connect');
                assert.equal(status, 0, stderr);
                assert.deepEqual(statesOf(report), ['created', 'created']);
                assert.equal(report.agent.name, 'Firstline');
                assert.equal(report.agent.email, 'firstline@example.com');
                assert.deepEqual(report.warnings, []);
                const [first, second] = made(standin).map((e) => e.body);
                assert.deepEqual(first, { name: 'Firstline: new tickets', active: true, conditions: every, actions: [webhook()] });
                assert.deepEqual(second.performer, { type: 2 });
                assert.deepEqual(second.events, [{ field_name: 'reply_sent' }, { field_name: 'note_type', value: 'public' }]);
                assert.deepEqual(second.actions, [webhook()]);
        }));

        test('changes nothing the second time', () => account(async (standin, run) => {
                await run('connect');
                const { status, report } = await run('connect');
                assert.equal(status, 0);
                assert.deepEqual(statesOf(report), ['right', 'right']);
                assert.equal(made(standin).length, 2);
                assert.equal((await run('check')).status, 0);
        }));

        test('changes nothing with --dry-run, and says what it would do', () => account(async (standin, run) => {
                standin.addRule(4, replies({ performer: { type: 3 } }));
                const { status, report } = await run('connect', '--dry-run');
                assert.equal(status, 0);
                assert.deepEqual(statesOf(report), ['to_create', 'to_correct']);
                assert.equal(report.rules[1].why.length, 1);
                assert.equal(made(standin).length, 0);
                assert.equal((await run('check')).status, 1);
        }));

        test('takes an address from --url', () => account(async (standin, run) => {
                const other = 'https://other.example.com/firstline/webhook';
                const { report } = await run('connect', '--url', other);
                assert.equal(report.url, other);
                assert.equal(standin.rules[0].rule.actions[0].url, other);
        }));

        // [what is wrong, the rule of updates as it is, words of the reason]
        const wrong = [
                ['is switched off', { active: false }, /switched off/],
                ['runs for agents too', { performer: { type: 3 } }, /what agents do/],
                ['runs for agents, as text', { performer: { type: '1', members: [1] } }, /what agents do/],
                ['sends no secret', { actions: [webhook({ custom_headers: {} })] }, /no X-Webhook-Secret/],
                ['sends another secret', { actions: [webhook({ custom_headers: { 'X-Webhook-Secret': 'of last year' } })] }, /not WEBHOOK_SECRET/],
                ['sends the customer\'s words', { actions: [webhook({ content: { id: '{{ticket.id}}', event: '{{triggered_event}}', subject: '{{ticket.subject}}' } })] }, /body/],
                ['sends no event', { actions: [webhook({ content: { id: '{{ticket.id}}' } })] }, /body/],
                ['uses PUT', { actions: [webhook({ request_type: 'PUT' })] }, /POST/],
                ['has the simple layout', { actions: [webhook({ content_layout: '1' })] }, /POST/],
                ['runs for other events', { events: [{ field_name: 'reply_sent' }, { field_name: 'status', from: '--', to: '--' }] }, /other events/],
                ['does not run for replies', { events: [{ field_name: 'note_type', value: 'public' }] }, /does not run when a customer replies/],
        ];
        for (const [what, changes, why] of wrong)
                test(`corrects a rule that ${what}, once`, () => account(async (standin, run) => {
                        standin.addRule(1, creation());
                        const { id } = standin.addRule(4, replies(changes));
                        const { report } = await run('connect');
                        assert.deepEqual(statesOf(report), ['right', 'corrected']);
                        assert.match(report.rules[1].why.join('; '), why);
                        assert.equal(report.rules[1].id, id);
                        const { rule } = standin.rules[1];
                        assert.equal(rule.active, true);
                        assert.deepEqual(rule.actions, [webhook()]);
                        assert.deepEqual(rule.performer, { type: 2 });
                        assert.deepEqual(statesOf((await run('connect')).report), ['right', 'right']);
                        assert.equal(made(standin).length, 1);
                }));

        test('corrects its own rule after the address has changed', () => account(async (standin, run) => {
                await run('connect', '--url', 'https://old.example.com/webhook');
                const { report } = await run('connect');
                assert.deepEqual(statesOf(report), ['corrected', 'corrected']);
                assert.equal(standin.rules.length, 2);
        }));

        test('keeps a team\'s name, conditions and other actions', () => account(async (standin, run) => {
                const conditions = [{ name: 'condition_set_1', match_type: 'all', properties: [{ field_name: 'source', resource_type: 'ticket', operator: 'in', value: [1] }] }];
                const tag = { field_name: 'add_tag', value: ['seen'] };
                standin.addRule(1, creation({ conditions, actions: [tag, webhook({ custom_headers: {} })] }));
                const { report } = await run('connect');
                assert.deepEqual(statesOf(report), ['corrected', 'created']);
                const { rule } = standin.rules[0];
                assert.equal(rule.name, 'To Firstline');
                assert.deepEqual(rule.conditions, conditions);
                assert.deepEqual(rule.actions, [tag, webhook()]);
                assert.match(report.warnings.join('\n'), /lets only some tickets through/);
        }));

        test('reads lists of rules without an object around them, and secrets shown as stars', () => account(async (standin, run) => {
                standin.bareRules = true;
                standin.addRule(1, creation({ actions: [webhook({ custom_headers: { 'X-Webhook-Secret': '********' } })] }));
                standin.addRule(4, replies({ performer: { type: '2' }, actions: [webhook({ content_layout: 2, content: JSON.stringify(webhook().content) })] }));
                assert.deepEqual(statesOf((await run('connect')).report), ['right', 'right']);
        }));

        // [settings, what it says]
        const refused = [
                [{ WEBHOOK_URL: '' }, /WEBHOOK_URL is not set/], [{ WEBHOOK_URL: 'http://help.example/webhook' }, /must begin with https/],
                [{ WEBHOOK_URL: 'https://localhost/webhook' }, /only this network knows/], [{ WEBHOOK_URL: 'https://10.1.2.3/webhook' }, /only this network knows/],
                [{ WEBHOOK_URL: 'https://help.example/' }, /must end with \/webhook/], [{ WEBHOOK_SECRET: '' }, /WEBHOOK_SECRET is not set/],
                [{ WEBHOOK_TIMESTAMP: 'true' }, /cannot sign/],
        ];
        for (const [settings, words] of refused)
                test(`refuses ${JSON.stringify(settings)}`, () => account(async (standin, run) => {
                        const { status, stderr } = await run('connect');
                        assert.equal(status, 1);
                        assert.match(stderr, words);
                        assert.equal(made(standin).length, 0);
                }, { settings }));

        for (const status of [403, 404])
                test(`says what to do when the key may not read rules (${status})`, () => account(async (standin, run) => {
                        await run('check'); // so that the address is known to be right
                        standin.fault('automations', { kind: 'status', status, body: '', times: 10 });
                        const { status: exit, stderr } = await run('connect');
                        assert.equal(exit, 1);
                        assert.match(stderr, /administrator's.*by hand/);
                }));

        test('does not show the secret when Freshdesk repeats it', () => account(async (standin, run) => {
                standin.fault('automation_make', { kind: 'status', status: 400,
                        body: JSON.stringify({ description: 'Validation failed', errors: [{ field: 'actions', message: `bad header ${SECRET}`, code: 'invalid_value' }] }) });
                const { status, stderr } = await run('connect');
                assert.equal(status, 1);
                assert.match(stderr, /refused the rule \(400\)/);
        }));

        test('warns of an agent that is a person, of one that does not see all, and of rules beside ours', () => account(async (standin, run) => {
                standin.agent = { ticket_scope: 3 };
                standin.cascading = true;
                standin.add({ id: 1, ...crash, responder_id: 6010396333 });
                standin.add({ id: 2, ...crash, responder_id: OTHER_AGENT_ID });
                standin.addRule(4, { ...replies({ name: 'All to Firstline', performer: { type: 3 } }) });
                standin.addRule(4, { name: 'Reopen', conditions: every, performer: { type: 1 }, events: [{ field_name: 'reply_sent' }], actions: [{ field_name: 'status', value: 2 }] });
                standin.addRule(4, { name: 'Fine', conditions: every, performer: { type: 2 }, events: [{ field_name: 'reply_sent' }], actions: [{ field_name: 'status', value: 2 }] });
                standin.addRule(4, replies());
                const { report } = await run('connect', '--dry-run');
                const warnings = report.warnings.join('\n');
                assert.match(warnings, /tickets are assigned to this agent \(1\)/);
                assert.match(warnings, /does not see all tickets/);
                assert.match(warnings, /"Reopen" opens a ticket again/);
                assert.match(warnings, /cascading is on/);
                assert.doesNotMatch(warnings, /"Fine"/);
        }));
});

describe('the rules that connect makes', () => {
        test('post what /webhook takes, and two replies are two events', () => act({ ...SETTINGS, FRESHDESK_POLL: 0 }, async (firstline, standin) => {
                const { status } = await commandAsync(['freshdesk', 'connect'], { standin, settings: SETTINGS });
                assert.equal(status, 0);
                const happened = (id, event, by = 'requester') => standin.happened(id, { event, by }, firstline.url);
                standin.add({ id: 1, ...crash });

                const created = await happened(1, '{ticket_action:created}');
                assert.deepEqual(created.map((a) => [a.status, a.json.status]), [[202, 'accepted']]);
                await firstline.ticket(1, (t) => t.state === 'delivered');
                assert.equal(standin.notes(1).length, 1);

                for (const event of ['{reply_sent:sent}', '{note_type:public}']) {
                        standin.say(1, { html: '<p>It crashes again</p>', at: Date.now() + 2000 });
                        const replied = await happened(1, event);
                        assert.deepEqual(replied.map((a) => a.status), [202], event);
                        await firstline.settled(1);
                }
                assert.deepEqual((await firstline.ticket(1)).audit.filter((row) => row.step === 'received').map((row) => row.detail.kind), ['created', 'replied', 'replied']);

                // What agents do, ours among them, reaches no rule of ours.
                for (const event of ['{reply_sent:sent}', '{note_type:public}', '{note_type:private}', '{status:{from:2,to:4}}'])
                        assert.deepEqual(await happened(1, event, 'agent'), []);
        }));
});

describe('doctor', () => {
        // body(standin, look): look(settings) gives the findings by their check.
        const doctor = (body) => account(async (standin) => {
                await body(standin, async (settings = {}) => {
                        const { status, stdout, stderr } = await commandAsync(['doctor', '--json'], { standin, settings: { ...SETTINGS, PORT: 0, ...settings } });
                        assert.ok(!`${stdout}${stderr}`.includes(SECRET), 'the secret is never shown');
                        const { checks } = JSON.parse(stdout);
                        return { status, ...Object.fromEntries(checks.map((c) => [c.check, c])) };
                });
        });

        test('is content with what connect makes', () => doctor(async (standin, look) => {
                standin.addRule(1, creation());
                standin.addRule(4, replies());
                standin.addRule(4, { name: 'Reopen', conditions: every, performer: { type: 2 }, events: [{ field_name: 'reply_sent' }], actions: [{ field_name: 'status', value: 2 }] });
                const found = await look();
                for (const name of ['freshdesk', 'agent', 'clock', 'allowance', 'rules', 'loops'])
                        assert.equal(found[name].verdict, 'ok', `${name}: ${found[name].detail}`);
                assert.match(found.agent.detail, /Firstline <firstline@example\.com>/);
        }));

        test('finds missing rules', () => doctor(async (standin, look) => {
                const { rules } = await look();
                assert.equal(rules.verdict, 'problem');
                assert.match(rules.detail, /no rule tells Firstline of new tickets; no rule tells Firstline of customers' replies/);
                assert.match(rules.advice, /firstline freshdesk connect/);
        }));

        // [what, the rules, the check, words]
        const cases = [
                ['a wrong address', [[1, creation({ name: 'Firstline: new tickets', actions: [webhook({ url: 'https://old.example/webhook' })] })], [4, replies()]], 'rules', /posts to another address/],
                ['a missing secret', [[1, creation({ actions: [webhook({ custom_headers: {} })] })], [4, replies()]], 'rules', /no X-Webhook-Secret/],
                ['another secret', [[1, creation()], [4, replies({ actions: [webhook({ custom_headers: { 'x-webhook-secret': 'other' } })] })]], 'rules', /not WEBHOOK_SECRET/],
                ['our rule running for agents', [[1, creation()], [4, replies({ performer: { type: 3 } })]], 'rules', /what agents do/],
                ['another rule posting what agents do', [[1, creation()], [4, replies({ name: 'Firstline: replies of customers' })], [4, replies({ name: 'All', performer: { type: 1 } })]], 'loops', /"All" posts to us what agents do/],
                ['another rule posting as well', [[1, creation({ name: 'Firstline: new tickets' })], [1, creation({ name: 'Twice' })], [4, replies()]], 'loops', /"Twice" posts to us as well/],
                ['a rule that reopens on our reply', [[1, creation()], [4, replies()], [4, { name: 'Reopen', conditions: every, performer: { type: '3' }, events: [{ field_name: 'reply_sent' }], actions: [{ field_name: 'status', value: '2' }] }]], 'loops', /"Reopen" opens a ticket again when an agent replies/],
        ];
        for (const [what, rules, check, words] of cases)
                test(`finds ${what}`, () => doctor(async (standin, look) => {
                        for (const [type, rule] of rules)
                                standin.addRule(type, rule);
                        const found = await look();
                        assert.equal(found[check].verdict, 'problem', found[check].detail);
                        assert.match(found[check].detail, words);
                        assert.equal(found.status, 1);
                }));

        test('finds cascading rules, a person\'s account, a narrow scope, a clock that is off, little left of the allowance', () => doctor(async (standin, look) => {
                standin.addRule(1, creation());
                standin.addRule(4, replies());
                standin.cascading = true;
                standin.date = new Date(Date.now() - 600_000).toUTCString();
                standin.use('other', 3900);
                standin.add({ id: 1, ...crash, responder_id: 6010396333 });
                const found = await look();
                assert.match(found.loops.detail, /cascading is on/);
                assert.match(found.agent.detail, /has tickets assigned \(1\)/);
                assert.match(found.clock.detail, /clock is (599|600|601) s ahead of Freshdesk's/);
                assert.equal(found.allowance.verdict, 'note');
                standin.tickets.clear();
                standin.agent = { ticket_scope: 2 };
                assert.equal((await look()).agent.verdict, 'problem');
        }));

        test('says what to do when the key may not read rules, and when the address is no public one', () => doctor(async (standin, look) => {
                standin.fault('automations', { kind: 'status', status: 403, body: '{"code":"access_denied","message":"You are not authorized"}' });
                const found = await look({ WEBHOOK_URL: 'https://192.168.1.2/webhook' });
                assert.equal(found.rules.verdict, 'note');
                assert.match(found.rules.advice, /administrator's key/);
                assert.equal(found.webhook.verdict, 'problem');
                assert.match(found.webhook.detail, /only this network knows/);
        }));

        test('judges nothing of an account that it does not reach', () => doctor(async (standin, look) => {
                const found = await look({ FRESHDESK_URL: standin.url.replace('http:', 'https:') });
                assert.equal(found.freshdesk.verdict, 'problem');
                assert.equal(found.agent, undefined, 'what is not reached is not judged');
        }));
});
