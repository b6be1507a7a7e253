// A friendly question in front of something serious: all of it together reads like the question, so its sentences are judged one by one before an answer
// goes out.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';

import { command, folderWith, noModel, root } from './firstline.js';
import { act, scene } from './scene.js';

const question = 'I forgot my password, how do I reset it?';
const serious = 'The form shows me the zebras of &lt;other people&gt; &amp; their stripes.';
const step = (ticket, name) => ticket.audit.find((row) => row.step === name).detail;

// The keywords that are shipped, and one that is grave.
function config() {
        const folder = folderWith({});
        fs.cpSync(path.join(root, 'config'), folder, { recursive: true });
        fs.appendFileSync(path.join(folder, 'keywords.tsv'), 'complex\tsecurity\t4\tzebra*\n');
        return folder;
}

// By keywords a passage must hold half of what the ticket says.
const passage = 'Q: I forgot my password, how do I reset it?\nA: The form shows people a link on that day. Good morning to all other zebras, many thanks for your help with their stripes.\n';

describe('by keywords', () => {
        const settings = { EMBEDDING_MODEL: '', MIN_CONFIDENCE: 0, KNOWLEDGE_FLOOR: 0, SETTLE_TIME: 0, CONFIG_DIR: config(), KNOWLEDGE_DIR: folderWith({ 'reset.txt': passage }) };
        const { check } = scene({ ...settings, ACKNOWLEDGE: false });
        let next = 700;

        async function bring(firstline, standin, description, subject = 'Password reset') {
                const id = ++next, ticket = { id, subject, description };
                standin.add(ticket);
                assert.equal((await firstline.webhook({ ticket })).status, 202);
                return { ...await firstline.settled(id), notes: standin.notes(id), replies: standin.replies(id) };
        }

        check('one grave sentence puts a person in charge, who reads which', async (firstline, standin) => {
                const ticket = await bring(firstline, standin, `<p>${question} ${serious}</p>`);
                assert.equal(ticket.tier, 'tier_1', 'all together it is the question');
                assert.equal(ticket.action, 'escalate');
                assert.match(ticket.reason, /^tier_1 \(\d\d % sure\), but one sentence alone is complex \(\d\d % sure\): "The form shows me the zebras of <other people> & their stripes\."$/);
                assert.equal(ticket.replies.length, 0);
                assert.match(ticket.notes[0].text, /one sentence alone is complex .*The form shows me the zebras of <other people> & their stripes\./);
                const { sentences, reason, action } = step(ticket, 'decided');
                assert.deepEqual([action, reason], ['escalate', ticket.reason]);
                assert.deepEqual({ ...sentences, complex: 0 }, { judged: 2, all: true, complex: 0, text: 'The form shows me the zebras of <other people> & their stripes.' });
                assert.ok(sentences.complex >= 0.8 && sentences.complex <= 1);
                assert.match(firstline.log, /escalate: tier_1 \(\d\d % sure\), but one sentence alone is complex \(\d\d % sure\)\n/);
                assert.doesNotMatch(firstline.log, /zebra/, 'what customers write is not logged');
                assert.ok((await firstline.metrics())['firstline_step_duration_seconds_count{step="sentences"}'] >= 1);

                await firstline.end();
                const replay = command(['replay', String(ticket.ticket_id), '--json'], { settings, folder: firstline.folder });
                assert.equal(replay.status, 0, replay.stdout + replay.stderr);
                assert.equal(JSON.parse(replay.stdout).same, true);
                await firstline.launch();
        });
        check('wherever it stands', async (firstline, standin) => {
                for (const [description, subject] of [[`${serious} ${question}`], [question, 'The form shows me the zebras of other people'], [`${question.toLowerCase()} ${serious.toLowerCase()}`]])
                        assert.match((await bring(firstline, standin, description, subject)).reason, /one sentence alone is complex/);
        });
        check('what was quoted from before does not count', async (firstline, standin) => {
                const ticket = await bring(firstline, standin, `<p>${question}</p><p>On Mon, 2 Mar 2026 at 10:00, Bob wrote:</p><blockquote>${serious}</blockquote>`);
                assert.equal(ticket.action, 'auto_resolve', ticket.reason);
        });
        check('calm sentences are answered, and their words are in no audit row', async (firstline, standin) => {
                const ticket = await bring(firstline, standin, `Good morning to all of you. ${question} Many thanks for your help.`);
                assert.equal(ticket.action, 'auto_resolve', ticket.reason);
                assert.equal(ticket.replies.length, 1);
                const { sentences } = step(ticket, 'decided');
                assert.deepEqual(Object.keys(sentences).sort(), ['all', 'complex', 'judged']);
                assert.equal(step(await bring(firstline, standin, question, ''), 'decided').sentences, undefined, 'a single sentence is the ticket itself');
        });
        check('more sentences than are judged go to a person', async (firstline, standin) => {
                const ticket = await bring(firstline, standin, `${question} ${'I forgot my password on that day. '.repeat(20)}`);
                assert.match(ticket.reason, /^tier_1 \(\d\d % sure\), but only 16 of its sentences could be judged alone$/);
        });
});

// A question that the example knowledge base answers, and behind it what wants a person.
const mixed = [
        'How do I invite a colleague? When I did it yesterday she could see the salary files of everybody.',
        'How can I get an invoice? The last three were made out to a company I have never heard of, with their bank details on it.',
        'How do I change my password? My former business partner still logs in with mine and downloads our customer list.',
        "How do I cancel my subscription? Your rep promised me in writing that I could leave at any time and now I'm told it's two years, this is fraud.",
        "Where can I see my invoices? I see somebody else's there.",
        "How do I export my data? I need everything you've got on me, also the logs, under article 15.",
        'I forgot my password. By the way two of your mails contained the login of another customer.',
        "How do I update my credit card? There are payments on it to you that I've never made.",
        "How do I turn on two-step verification? After what happened last night, when somebody in Ukraine was in my account, I'd better have it.",
        'What is the maximum size of attachments? Mine are all gone since the update, by the way, two years of files.',
        "How do I add my VAT number? The tax office has fined us because of your wrong invoices and we'll have to claim that from you.",
        "Can I merge two accounts? One was my late husband's, and I have no papers yet.",
        'How do I reset my password? The reset works fine but then every page is white, on all computers in the office.',
        'How long does a refund take? You refused mine without a reason, I want to talk to somebody who can decide.',
        "How do I upgrade to a bigger plan? Your last upgrade deleted our workspace so I'd like a person to do it with us.",
        "How do I delete my account? The person on the phone was so rude that I don't want anything to do with you.",
        'How do I change my e-mail address? It was changed to one I do not know, this night.',
        'How do I change my profile picture? Someone has put an obscene one there.',
        'The app is slow. How can I make it faster? It has been down for our 200 people since nine and nobody picks up the phone.',
        'How does the free trial work? You charged me 400 euros on day one of it and the bank calls it fraud.',
        "Do you have discounts for schools? Our children's names are visible on the public page of your site, which is a scandal.",
        'I was charged twice this month, how do I get my money back? I lost my job and the rent bounced because of it.',
        "How do I reset my password for my mum's account? She died last week.",
        'Where do I find the audit log? I think an employee of yours has been reading our documents.',
        'How do I sign in with Google? Since yesterday it signs me in as a man called Peter.',
];

describe('by the model', { skip: noModel }, () => {
        test('of tickets with something grave behind a question few are answered, and none with a person in danger', () => act({ freshdesk: false, KNOWLEDGE_DIR: path.join(root, 'knowledge') }, async (firstline) => {
                const classify = async (description) => (await firstline.post('/classify', { subject: '', description })).json;
                assert.equal((await classify('How do I reset my password?')).action, 'auto_resolve');
                const got = [];
                for (const text of mixed)
                        got.push({ text, ...await classify(text) });
                assert.match(got.find((g) => g.text.includes('two of your mails')).reason, /one sentence alone is complex .*"By the way two of your mails contained the login of another customer\."$/);
                const answered = got.filter((g) => g.action !== 'escalate');
                assert.ok(answered.length <= 8, JSON.stringify(answered.map((g) => [g.text, g.reason]), null, 1)); // 5 when this was written, 14 without
                assert.match((await classify('How do I cancel my subscription? I do not want to live any more and wont need it.')).reason, /^a person is wanted for the signal safety/);
        }));
});
