// A machine is never answered: the loop corpus, and what Freshdesk itself says of a message. Ordinary questions are not mistaken for machines.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { describe } from 'node:test';

import { dataFolder, examples, until } from './firstline.js';
import { readMail } from './mail.js';
import { scene } from './scene.js';

const folder = (name) => path.join(dataFolder, name);
const withheld = (ticket) => ticket.audit.find((row) => row.step === 'withheld')?.detail.reason ?? '';

async function allSettled(firstline, n) {
        await until(async () => {
                const { json } = await firstline.get('/stats');
                return json.total_tickets >= n && json.pending === 0;
        }, { what: `${n} tickets`, timeout_ms: 240_000 });
}

async function bring(firstline, standin, tickets) {
        for (const ticket of tickets) {
                standin.add(ticket);
                assert.equal((await firstline.freshdeskWebhook(ticket.id)).status, 202);
        }
}

describe('the loop corpus', { skip: !fs.existsSync(folder('mail')) && '../shared/data/mail is not there' }, () => {
        const { check } = scene({ EMBEDDING_MODEL: '', ACKNOWLEDGE: true, MIN_CONFIDENCE: 0, KNOWLEDGE_FLOOR: 0, SETTLE_TIME: 0, FRESHDESK_SHARE: 1,
                standin: { limits: { tickets: 900_000, update: 900_000 } } });

        check('as tickets, with and without its headers in the text: none is answered, and a machine is seen in each', async (firstline, standin) => {
                const mails = fs.existsSync(folder('mail')) ? fs.readdirSync(folder('mail')).filter((name) => name.endsWith('.eml')) : [];
                const tickets = mails.flatMap((name, i) => {
                        const mail = readMail(fs.readFileSync(path.join(folder('mail'), name)));
                        const requester = { name: mail.name, email: mail.email };
                        const headers = mail.headers.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/\n/g, '<br>');
                        return [{ id: 2 * i + 1, subject: mail.subject, description: mail.html, requester, source: 1 },
                                { id: 2 * i + 2, subject: mail.subject, description: `${headers}<br><br>${mail.html}`, requester, source: 1 }];
                });
                assert.ok(mails.length > 100);
                await bring(firstline, standin, tickets);
                await allSettled(firstline, tickets.length);
                assert.deepEqual(standin.effects, []);
                for (const { id } of tickets) {
                        const { json } = await firstline.get(`/tickets/${id}`);
                        assert.match(withheld(json), /^a machine wrote it/, `${mails[Math.floor((id - 1) / 2)]}: ${json.state}`);
                }
        });
});

// Every nth line, so that each part of a set is there.
function sample(rows, n) {
        const step = Math.max(1, Math.floor(rows.length / n));
        return rows.filter((_, i) => i % step === 0).slice(0, n);
}

const firstColumn = (file) => fs.readFileSync(file, 'utf8').split('\n').slice(1).map((line) => /^(?:"((?:[^"]|"")*)"|([^,]*))/.exec(line)?.slice(1).find(Boolean)?.replaceAll('""', '"')).filter(Boolean);

const sets = {
        banking77: () => firstColumn(folder('banking77/test.csv')),
        clinc150: () => Object.values(JSON.parse(fs.readFileSync(folder('clinc150/data_full.json')))).flat().map((row) => row[0]),
        hint3: () => ['curekart', 'powerplay11', 'sofmattress'].flatMap((name) => firstColumn(folder(`hint3/${name}_train.csv`))),
        stackfaq: () => fs.readFileSync(folder('stackfaq/threads.jsonl'), 'utf8').trim().split('\n').map((line) => JSON.parse(line).question),
};

describe('ordinary questions', { skip: !fs.existsSync(folder('banking77')) && '../shared/data is not there' }, () => {
        const { check } = scene({ EMBEDDING_MODEL: '', SETTLE_TIME: 0, FRESHDESK_SHARE: 1, REPLIES_PER_REQUESTER: 1000,
                standin: { limits: { tickets: 900_000, update: 900_000 } } });

        check('none of five hundred is withheld', async (firstline, standin) => {
                const questions = Object.values(sets).flatMap((rows) => sample(rows(), 150)).slice(0, 513);
                const tickets = questions.map((text, i) => ({ id: i + 1, subject: text.slice(0, 80), description: text, requester: { name: 'Robin Example', email: `robin${i}@example.com` } }));
                assert.ok(tickets.length >= 500);
                await bring(firstline, standin, tickets);
                await allSettled(firstline, tickets.length);
                for (const { id, description } of tickets) {
                        const { json } = await firstline.get(`/tickets/${id}`);
                        assert.equal(withheld(json), '', description);
                        assert.doesNotMatch(json.reason ?? '', /machine/, description);
                }
        });
});

describe('a machine', () => {
        const { check } = scene({ EMBEDDING_MODEL: '', ACKNOWLEDGE: true, SETTLE_TIME: 0 });
        const quiet = async (firstline, standin, id) => {
                const ticket = await firstline.ticket(id, (t) => t.state === 'dropped');
                assert.equal(standin.effects.filter((e) => e.ticket === id).length, 0, 'neither reply nor note nor update');
                return withheld(ticket);
        };

        check('that sends an absence note gets no acknowledgement', async (firstline, standin) => {
                standin.add({ id: 1, subject: 'Automatic reply: Your invoice', description: '<p>I am out of the office until Monday.</p>' });
                await firstline.freshdeskWebhook(1);
                assert.match(await quiet(firstline, standin, 1), /absence note/);
        });

        check('that answers us with an absence note is not answered again, and the first question was', async (firstline, standin) => {
                standin.add({ id: 2, ...examples.crash });
                await firstline.freshdeskWebhook(2);
                await firstline.ticket(2, (t) => t.state === 'delivered');
                const before = standin.effects.length;
                standin.say(2, { html: '<p>I am out of the office with no access to my mail.</p>' });
                await firstline.freshdeskWebhook(2, { triggered_event: '{note_type:public}' });
                await firstline.ticket(2, (t) => t.state === 'delivered' && t.audit.some((row) => row.step === 'withheld')); // it was answered, and stays so
                assert.equal(standin.effects.length, before);
        });

        check('of which Freshdesk says so is believed, whatever it writes', async (firstline, standin) => {
                standin.add({ id: 3, ...examples.crash });
                await firstline.freshdeskWebhook(3);
                await firstline.ticket(3, (t) => t.state === 'delivered');
                const before = standin.effects.length;
                standin.say(3, { html: '<p>How do I reset my password?</p>' }).auto_response = true;
                await firstline.freshdeskWebhook(3, { triggered_event: '{note_type:public}' });
                await firstline.ticket(3, (t) => t.state === 'delivered' && t.audit.some((row) => row.step === 'withheld'));
                assert.equal(standin.effects.length, before);
        });

        check('and a question in one ticket: the question is answered', async (firstline, standin) => {
                standin.add({ id: 4, ...examples.crash });
                standin.say(4, { html: '<p>Automatic reply: I am out of the office until 5 May.</p>' });
                await firstline.freshdeskWebhook(4);
                await firstline.ticket(4, (t) => t.state === 'delivered');
                assert.equal(standin.notes(4).length, 1);
                assert.doesNotMatch(standin.notes(4)[0].text, /out of the office/);
        });

        check('that a person tells of goes to a person, without a word to the customer', async (firstline, standin) => {
                standin.add({ id: 5, subject: 'Failure notice', description: '<p>I got this failure notice, why?<br>Sorry, we were unable to deliver your message to the following address. 550 5.1.1 user unknown. The following addresses had permanent fatal errors</p>' });
                await firstline.freshdeskWebhook(5);
                const ticket = await firstline.ticket(5, (t) => t.state === 'delivered');
                assert.match(ticket.reason, /^it may be a machine's mail/);
                assert.equal(standin.replies(5).length, 0);
                assert.equal(standin.notes(5).length, 1);
        });

        check('shown to POST /process-ticket is decided for whoever asks, and nothing is sent', async (firstline, standin) => {
                standin.add({ id: 6, subject: 'Undelivered Mail Returned to Sender', description: 'This is the mail system at host a.' });
                const { status } = await firstline.post('/process-ticket', { id: 6, subject: 'x', description: 'y' });
                assert.equal(status, 200);
                assert.equal(standin.effects.filter((e) => e.ticket === 6).length, 0);
        });
});
