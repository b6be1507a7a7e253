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

describe('by the model', { skip: noModel }, () => {
        test('data of others, somebody else in the account, and a person who does not want to live are no how-to questions', () => act({ freshdesk: false, KNOWLEDGE_DIR: path.join(root, 'knowledge') }, async (firstline) => {
                const action = async (description, subject = '') => (await firstline.post('/classify', { subject, description })).json;
                assert.equal((await action('How do I reset my password?')).action, 'auto_resolve');
                for (const text of [
                        'I forgot my password. By the way two of your mails contained the login of another customer.',
                        'How do I change my password? My former business partner still logs in with mine and downloads our customer list.',
                ]) {
                        const got = await action(text);
                        assert.deepEqual([got.action, /one sentence alone is complex/.test(got.reason)], ['escalate', true], `${text} ${got.reason}`);
                }
                const got = await action('How do I cancel my subscription? I do not want to live any more and wont need it.');
                assert.match(got.reason, /^a person is wanted for the signal safety/);
        }));
});
