// Jobs for people: on the command line and through the API, beside the running server and without it.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { command, examples, noModel } from './firstline.js';
import { act } from './scene.js';

const password = { subject: examples.password.subject, description: `<div>${examples.password.description}</div>` };
const refusal = { kind: 'status', status: 400, body: '{"description":"Validation failed","errors":[{"field":"body","message":"It is wrong","code":"invalid_value"}]}' };

function jobs(firstline, ...args) {
        const run = command(['jobs', ...args, '--json'], { folder: firstline.folder });
        return { status: run.status, json: run.status === 0 ? JSON.parse(run.stdout) : null, stderr: run.stderr };
}

// A ticket whose reply was refused.
async function failed(firstline, standin, id) {
        standin.add({ id, ...password });
        standin.fault('reply', refusal);
        await firstline.freshdeskWebhook(id);
        await firstline.ticket(id, (t) => t.state === 'failed');
        const { json } = await firstline.get(`/jobs?ticket_id=${id}&state=failed`);
        assert.equal(json.jobs.length, 1);
        return json.jobs[0];
}

describe('a job that failed', { skip: noModel }, () => {
        test('is listed, shown, and tried again by the command while the server runs', () => act({}, async (firstline, standin) => {
                const { job_id } = await failed(firstline, standin, 1);
                const { jobs: [job] } = jobs(firstline).json;
                assert.equal(job.job_id, job_id);
                assert.equal(job.state, 'failed');
                assert.match(job.error, /400 Validation failed/);
                assert.equal(job.subject, password.subject);
                const shown = jobs(firstline, 'show', String(job_id)).json;
                assert.deepEqual(shown.outbox.map((s) => [s.step, s.state]), [['reply', 'refused'], ['update', 'waiting']]);
                assert.equal(jobs(firstline, 'retry', String(job_id)).json.state, 'queued');
                const ticket = await firstline.ticket(1, (t) => t.state === 'delivered');
                assert.equal(standin.replies(1).length, 1);
                assert.ok(ticket.audit.some((row) => row.step === 'retried_by_person' && row.detail.by === 'command'));
                assert.deepEqual(jobs(firstline).json.jobs, []);
                assert.equal(jobs(firstline, '--all').json.jobs.length, 1);
                const again = jobs(firstline, 'retry', String(job_id));
                assert.equal(again.status, 1);
                assert.match(again.stderr, /delivered: it is over/);
                await firstline.health((h) => h.queue.failed === 0);
        }));

        test('is tried again without the server, and worked on at the next start', () => act({}, async (firstline, standin) => {
                const { job_id } = await failed(firstline, standin, 1);
                await firstline.end();
                assert.equal(jobs(firstline, 'retry', String(job_id)).json.state, 'queued');
                assert.equal(jobs(firstline, '--state', 'queued').json.jobs.length, 1);
                await firstline.launch();
                await firstline.ticket(1, (t) => t.state === 'delivered');
                assert.equal(standin.replies(1).length, 1);
        }));

        test('is dropped: nothing more is done', () => act({}, async (firstline, standin) => {
                const { job_id } = await failed(firstline, standin, 1);
                assert.equal(jobs(firstline, 'drop', String(job_id)).json.state, 'dropped');
                assert.equal((await firstline.get('/tickets/1')).json.state, 'dropped');
                assert.equal(standin.replies(1).length, 0);
                assert.equal(jobs(firstline, 'drop', String(job_id)).status, 1);
        }));

        test('whose reply was made all the same brings no second one when it is tried again', () => act({ FRESHDESK_RETRY_MAX: 1 }, async (firstline, standin) => {
                standin.add({ id: 1, ...password });
                const gate = standin.fault('reply', { kind: 'hold', after: true });
                await firstline.freshdeskWebhook(1);
                await gate.reached;
                standin.fault('any', { kind: 'status', status: 502, times: 1000 }); // nobody can look whether it was made
                standin.send = ((send) => (call, plan, ...rest) => send.call(standin, call, plan?.kind === 'hold' ? { kind: 'cut' } : plan, ...rest))(standin.send);
                gate.release();
                await firstline.ticket(1, (t) => t.state === 'failed', { timeout_ms: 60_000 });
                standin.noFaults();
                const [job] = (await firstline.get('/jobs')).json.jobs;
                assert.equal((await firstline.post(`/jobs/${job.job_id}/retry`)).status, 200);
                await firstline.ticket(1, (t) => ['dropped', 'delivered'].includes(t.state), { timeout_ms: 60_000 });
                assert.equal(standin.called('reply').filter((call) => call.fault === 'hold' || call.status === 201).length, 1);
                assert.equal(standin.replies(1).length, 1);
        }));
});

describe('through the API', { skip: noModel }, () => {
        test('lists page by page, shows, retries, drops', () => act({}, async (firstline, standin) => {
                const one = await failed(firstline, standin, 1);
                const two = await failed(firstline, standin, 2);
                const page = (await firstline.get('/jobs?state=open&limit=1')).json;
                assert.deepEqual([page.jobs.length, page.jobs[0].job_id], [1, two.job_id]);
                const rest = (await firstline.get(`/jobs?state=open&cursor=${page.next}`)).json;
                assert.deepEqual(rest.jobs.map((j) => j.job_id), [one.job_id]);
                assert.equal(rest.next, null);
                assert.equal((await firstline.get(`/jobs/${one.job_id}`)).json.outbox[0].state, 'refused');
                assert.equal((await firstline.post(`/jobs/${one.job_id}/retry`)).json.state, 'queued');
                await firstline.ticket(1, (t) => t.state === 'delivered');
                assert.equal((await firstline.post(`/jobs/${two.job_id}/drop`)).json.state, 'dropped');
                assert.equal((await firstline.post(`/jobs/${two.job_id}/retry`)).status, 409);
                for (const where of ['/jobs?state=nowhere', '/jobs?limit=0', '/jobs?cursor=x', '/jobs?ticket_id=-1', '/jobs/x'])
                        assert.equal((await firstline.get(where)).status, 400, where);
                assert.equal((await firstline.get('/jobs/999')).status, 404);
                assert.equal((await firstline.post('/jobs/999/drop')).status, 404);
        }));

        test('a job that is being worked on is left to its worker; one that waits is tried at once', () => act({}, async (firstline, standin) => {
                standin.add({ id: 1, ...password });
                const gate = standin.fault('ticket', { kind: 'hold' });
                await firstline.freshdeskWebhook(1);
                await gate.reached;
                const [job] = (await firstline.get('/jobs?state=open')).json.jobs;
                assert.deepEqual([job.state, job.worked_on, job.due_at], ['running', true, null]);
                assert.equal((await firstline.post(`/jobs/${job.job_id}/drop`)).status, 409);
                gate.release();
                await firstline.ticket(1, (t) => t.state === 'delivered');

                standin.add({ id: 2, ...password });
                standin.fault('ticket', { kind: 'limit', retry_after: 300 });
                await firstline.freshdeskWebhook(2);
                const waiting = await firstline.ticket(2, (t) => t.state === 'queued' && t.audit.some((row) => row.step === 'read_failed'));
                assert.equal(waiting.delivered, false);
                const [held] = (await firstline.get('/jobs?ticket_id=2')).json.jobs;
                assert.ok(Date.parse(held.due_at) > Date.now() + 200_000);
                const now = await firstline.post(`/jobs/${held.job_id}/retry`);
                assert.ok(Date.parse(now.json.due_at) < Date.now() + 1000 || now.json.worked_on);
                await firstline.end();
                assert.equal(jobs(firstline, 'drop', String(held.job_id)).json.state, 'dropped');
        }));
});

test('what is no job, no task and no database is refused in words', () => act({ start: false, freshdesk: false }, async (firstline) => {
        assert.match(jobs(firstline).stderr, /no such database/);
        for (const args of [['sing'], ['show'], ['show', 'x'], ['retry', '0'], ['list', 'x'], ['--state', 'x'], ['--all', '--state', 'failed'], ['--limit', '0']])
                assert.notEqual(jobs(firstline, ...args).status, 0, args.join(' '));
}));
