// The first visit: five steps from nothing to answers that customers get, each with what is there already.
import type { Health as HealthOf, Outcome } from 'openapi';
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';

import { post, session, useGet, wordsOf } from './api';
import { plural } from './format';
import { health as live } from './live';
import { Facts, Health, Mark, say, Section } from './parts';
import { go, href } from './route';
import { useStore } from './store';

const EXAMPLE = { subject: 'Password reset not working', description: 'I clicked the password reset link but it does not work. What can I do?', requester: 'robin@example.com' };

function Step({ title, done, children }: { title: string; done: boolean | null; children: ComponentChildren }) {
  return (
    <li class="start-step">
      <h3>{title} {done === null ? null : done ? <Mark tone="good">done</Mark> : <Mark>open</Mark>}</h3>
      {children}
    </li>
  );
}

const MODES: [string, string][] = [
  ['shadow', 'decides and records, sends nothing'],
  ['draft', 'leaves replies as private notes, and here for approval'],
  ['auto', 'answers customers by itself where it is sure'],
];

export function Start({ tickets }: { tickets: boolean }) {
  const who = useStore(session);
  const first = useGet<HealthOf>('health');
  const h = useStore(live) ?? first.data;
  const [busy, setBusy] = useState(false);
  const example = async () => {
    setBusy(true);
    try {
      const { ticket_id } = await post<Outcome>('process-ticket', EXAMPLE);
      if (ticket_id)
        go(href('inbox', [ticket_id]));
    } catch (reason) {
      say(wordsOf(reason), { tone: 'bad' });
    }
    setBusy(false);
  };
  const connected = h?.freshdesk.status === 'ok' || h?.freshdesk.status === 'degraded';
  return (
    <div class="ticket">
      <Section title="Getting started">
        <ol class="start">
          <Step title="Try an example ticket" done={tickets}>
            <p>It goes the whole way, and as long as no Freshdesk is connected nothing is sent.</p>
            {who?.role === 'write' ? <p><button type="button" class={tickets ? '' : 'primary'} disabled={busy} onClick={() => void example()}>{busy ? 'Working …' : 'Take an example'}</button></p> : null}
            <p><a href={href('classify')}>Classify</a> shows the same for any text, without keeping it.</p>
          </Step>
          <Step title="Your own documents" done={null}>
            <p>{h ? `${plural(h.knowledge.documents, 'document')} with ${plural(h.knowledge.passages, 'passage')} at the moment. ` : ''}Put .txt, .md or .html files into the folder of the setting <code>KNOWLEDGE_DIR</code>; they are found within seconds. <a href={href('knowledge')}>Knowledge</a> lists them, <a href={href('ask')}>Ask</a> searches them.</p>
          </Step>
          <Step title="Connect Freshdesk" done={h ? connected : null}>
            <p>In <code>.env</code>, then start again:</p>
            <pre>{'FRESHDESK_DOMAIN=yourcompany\nFRESHDESK_API_KEY=the key of an agent of its own\nWEBHOOK_SECRET=a long random text\nWEBHOOK_URL=https://your.host/webhook'}</pre>
            <p><code>firstline doctor</code> tests it, and here it stands: {h ? <Health status={h.freshdesk.status} /> : '…'} {h?.freshdesk.detail ? <span class="quiet">{h.freshdesk.detail}</span> : null}</p>
            <p><code>firstline freshdesk connect</code> makes the two automation rules that send tickets and replies here, or corrects them; <code>--dry-run</code> shows what it would do.</p>
            <details class="fold">
              <summary>The rules by hand</summary>
              <p><em>Admin → Automations → Ticket Creation → New rule</em>. Condition: whatever Firstline should see. Action: <em>Trigger webhook</em> with</p>
              <Facts items={[['Request type', 'POST'], ['URL', <code>https://your.host/webhook</code>], ['Custom header', <code>X-Webhook-Secret: your WEBHOOK_SECRET</code>], ['Encoding', 'JSON'], ['Content', 'Advanced, with the text below']]} />
              <pre>{'{"ticket_id": "{{ticket.id}}", "triggered_event": "{{triggered_event}}"}'}</pre>
              <p>Then <em>Ticket Updates → New rule</em>: when an action is performed by <strong>Requester</strong>, event <em>Reply is sent</em>, the same webhook. Not by Agent: that would fire for Firstline’s own replies.</p>
            </details>
          </Step>
          <Step title="Choose a mode" done={null}>
            <ul class="start-modes">{MODES.map(([mode, what]) => <li key={mode}><code>MODE={mode}</code> {what}{h?.mode === mode ? <> <Mark tone="busy">now</Mark></> : null}</li>)}</ul>
          </Step>
          <Step title="Rehearse" done={null}>
            <p><code>firstline rehearse FILE.csv</code> takes past tickets the same way, sends nothing, and reports what would have been answered, and how well.</p>
          </Step>
        </ol>
      </Section>
    </div>
  );
}
