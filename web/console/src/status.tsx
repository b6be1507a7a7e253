// How each part is and what to do where it is not well; numbers; settings; the newest errors; a file for whoever helps.
import type { Errors, Health as HealthOf, Settings, Stats } from 'openapi';
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';

import { get, useGet, wordsOf } from './api';
import { bytes, duration, name, number, percent, plural, short, span } from './format';
import { health as live } from './live';
import { Age, Facts, Health, Loading, Mark, Page, Problem, say, Scroll, Section } from './parts';
import { useStore } from './store';

interface Part { title: string; detail: string; help: string }

const DISK_HELP = 'Make room, or move the database to another disk. RETENTION_DAYS lets old texts go by themselves; the Documentation says how much a ticket takes.';

function partsOf(h: HealthOf): [string, Part, string][] {
  const f = h.freshdesk, d = h.database;
  const low = d.status === 'degraded';
  const rows: [keyof HealthOf & string, Part][] = [
    ['database', { title: 'Database', detail: [d.detail, `${bytes(d.bytes)}, ${d.retention_days ? `texts are kept ${plural(d.retention_days, 'day')}` : 'everything is kept'}`].filter(Boolean).join('; '), help: low ? DISK_HELP : 'Webhooks are refused until it can be written, and Freshdesk sends them again. Look at the disk, the file’s owner and who else has it open; it is opened again by itself.' }],
    ['model', { title: 'Model', detail: [h.model.detail, `best rung: ${name(h.model.method).toLowerCase()}`].filter(Boolean).join(', '), help: 'Tickets are classified by keywords meanwhile. Check EMBEDDING_MODEL and ONNX_RUNTIME; “firstline doctor” says what is missing.' }],
    ['knowledge', { title: 'Knowledge base', detail: `${plural(h.knowledge.documents, 'document')}, ${plural(h.knowledge.passages, 'passage')}, searched by ${name(h.knowledge.method).toLowerCase()}${h.knowledge.detail ? `; ${h.knowledge.detail}` : ''}`, help: 'What cannot be found goes to a person. Check KNOWLEDGE_DIR; the tab Knowledge lists documents with a problem.' }],
    ['freshdesk', { title: 'Freshdesk', detail: f.detail ?? '', help: f.status === 'off' ? 'Set FRESHDESK_DOMAIN and FRESHDESK_API_KEY, then start again. Until then decisions are recorded and nothing is sent.' : 'Jobs wait and are tried again. A refused key must be replaced (FRESHDESK_API_KEY); “firstline doctor” tests the connection.' }],
    ['poll', { title: 'Look for missed tickets', detail: [h.poll.detail, h.poll.last_run ? `last ${short(h.poll.last_run)}` : '', h.poll.found ? `${plural(h.poll.found, 'ticket')} found` : ''].filter(Boolean).join(', '), help: h.poll.status === 'off' ? 'It runs when Freshdesk is set up and FRESHDESK_POLL is not 0.' : 'It is tried again by itself; webhooks arrive meanwhile.' }],
    ['queue', { title: 'Queue', detail: `${number(h.queue.queued)} waiting, ${number(h.queue.running + h.queue.delivering)} in work, ${number(h.queue.failed)} failed`, help: 'A person must look at failed tickets: in the Inbox, state Failed. “firstline jobs” retries or drops them.' }],
  ];
  const parts = rows.map(([id, part]): [string, Part, string] => [id, part, (h[id] as { status: string }).status]);
  if (d.disk_bytes > 0)
    parts.splice(1, 0, ['disk', { title: 'Disk', detail: `${bytes(d.disk_free_bytes)} free of ${bytes(d.disk_bytes)}`, help: DISK_HELP }, low ? 'degraded' : 'ok']);
  return parts;
}

function Parts({ h }: { h: HealthOf }) {
  return (
    <Scroll label="Parts"><table class="parts">
      <thead><tr><th scope="col">Part</th><th scope="col">State</th><th scope="col">Detail</th></tr></thead>
      <tbody>{partsOf(h).map(([id, part, status]) => (
        <tr key={id}><th scope="row">{part.title}</th><td><Health status={status} /></td><td><span dir="auto">{part.detail}</span>{status !== 'ok' ? <p class="advice">{part.help}</p> : null}</td></tr>
      ))}</tbody>
    </table></Scroll>
  );
}

const RUNGS: [string, string][] = [
  ['classifier', 'learned from this desk’s own tickets: firstline train'],
  ['zero_shot_model', 'a model that reads the ticket with what each label means: ZERO_SHOT_MODEL'],
  ['zero_shot', 'the ticket’s meaning against example lines'],
  ['keyword', 'a table of words; needs no model'],
  ['none', 'where no word is known: complex, so a person'],
];

// Each rung works without the ones above it: those from the best that works downward are in use.
function Rungs({ best }: { best: string }) {
  const { data } = useGet<Settings>('settings');
  const at = RUNGS.findIndex(([method]) => method === best);
  // This one is there only where somebody has set it, whatever is above it.
  const there = (method: string, i: number) => i >= at && (method !== 'zero_shot_model' || i === at || !!data?.settings.find((one) => one.name === 'ZERO_SHOT_MODEL')?.value);
  return (
    <ol class="rungs">{RUNGS.map(([method, what], i) => (
      <li key={method}><Mark tone={i === at ? 'good' : 'plain'}>{!there(method, i) ? 'Not there' : i === at ? 'First' : 'Behind it'}</Mark> <span><strong>{name(method)}</strong> <span class="quiet">{what}</span></span></li>
    ))}</ol>
  );
}

// What is out of order with Freshdesk, and what to do about it.
function trouble(f: HealthOf['freshdesk']): string[] {
  const paused = f.families?.filter((one) => one.paused_until) ?? [];
  return [
    f.key?.state === 'refused' ? `The API key is refused. Make a new one in the agent’s profile in Freshdesk, put it into FRESHDESK_API_KEY and start again. No ticket fails meanwhile${f.key.next_trial ? `; tried next at ${short(f.key.next_trial)}` : ''}.` : '',
    f.breaker && f.breaker.state !== 'closed' ? `${plural(f.breaker.failures, 'call')} in a row had no answer. Tickets wait; one call is tried${f.breaker.next_trial ? ` at ${short(f.breaker.next_trial)}` : ' now'}. Is Freshdesk up, and can this machine reach it?` : '',
    paused.length ? `The allowance of ${paused.map((one) => name(one.family)).join(', ')} is used up. Calls go on by themselves; where it happens often, a larger plan of Freshdesk helps, or fewer other programs that call it.` : '',
  ].filter(Boolean);
}

function Freshdesk({ h }: { h: HealthOf }) {
  const f = h.freshdesk;
  if (!f.families || f.families.length === 0)
    return null;
  return (
    <Section title="Freshdesk’s allowance" aside={<span class="quiet small">calls a minute</span>}>
      <Facts items={[
        ['API key', f.key?.state === 'refused' ? <Mark tone="bad">Refused</Mark> : <Mark tone="good">Accepted</Mark>],
        ['Circuit breaker', f.breaker?.state === 'closed' ? <Mark tone="good">Closed</Mark> : <Mark tone="bad">{name(f.breaker?.state)}</Mark>],
      ]} />
      {trouble(f).map((words) => <p key={words} class="advice">{words}</p>)}
      <Scroll label="Allowance"><table>
        <thead><tr><th scope="col">Calls</th><th scope="col" class="right">Used by us</th><th scope="col" class="right">Our share</th><th scope="col" class="right">Left for all</th><th scope="col" class="right">Waiting</th><th scope="col">Paused</th></tr></thead>
        <tbody>{f.families.map((one) => (
          <tr key={one.family}><th scope="row">{name(one.family)}</th><td class="right">{number(one.used)}</td><td class="right">{one.ours === null ? 'not limited' : number(one.ours)}</td><td class="right">{one.remaining === null ? 'not known' : number(one.remaining)}</td><td class="right">{number(one.waiting)}</td><td>{one.paused_until ? `until ${short(one.paused_until)}` : 'no'}</td></tr>
        ))}</tbody>
      </table></Scroll>
    </Section>
  );
}

function Counts({ stats }: { stats: Stats }) {
  const items: [string, ComponentChildren][] = [
    ['Tickets', number(stats.total_tickets)], ['Resolved automatically', number(stats.auto_resolved)], ['Answered', number(stats.answered)], ['To a person', number(stats.escalated)],
    ['Drafts', number(stats.drafted)], ['Drafts approved', number(stats.approved)], ['Recorded only', number(stats.recorded)], ['In work', number(stats.pending)], ['Failed', number(stats.failed)],
    ['Mean time to decide', duration(stats.average_ms)], ['Error rate', percent(stats.error_rate, 1)],
  ];
  return <Facts items={items} />;
}

function SettingsList() {
  const { data, error, reload } = useGet<Settings>('settings');
  const [all, setAll] = useState(false);
  if (error)
    return <Problem text={error} again={reload} />;
  if (!data)
    return <Loading what="the settings" />;
  const shown = all ? data.settings : data.settings.filter((one) => one.source !== 'default');
  return (
    <>
      <p class="quiet">{all ? 'All settings' : 'Settings that differ from their defaults'}; secrets are masked. <button type="button" class="link" onClick={() => setAll(!all)}>{all ? 'Only those that differ' : `Show all ${data.settings.length}`}</button></p>
      {shown.length === 0 ? <p>Every setting has its default.</p> : (
        <Scroll label="Settings"><table>
          <thead><tr><th scope="col">Setting</th><th scope="col">Value</th><th scope="col">From</th></tr></thead>
          <tbody>{shown.map((one) => <tr key={one.name}><th scope="row"><code>{one.name}</code>{all ? <p class="quiet small">{one.help}</p> : null}</th><td><code dir="auto">{one.value || '–'}</code></td><td>{name(one.source)}</td></tr>)}</tbody>
        </table></Scroll>
      )}
    </>
  );
}

function ErrorList() {
  const { data, error, reload } = useGet<Errors>('errors');
  if (error)
    return <Problem text={error} again={reload} />;
  if (!data)
    return <Loading what="the newest errors" />;
  if (data.errors.length === 0)
    return <p class="quiet">No warning and no error since the start.</p>;
  return (
    <ul class="log">{data.errors.map((one, i) => (
      <li key={i}><Mark tone={one.level === 'error' ? 'bad' : 'fair'}>{name(one.level)}</Mark> <Age at={one.at} ago /> <span dir="auto">{one.message}</span></li>
    ))}</ul>
  );
}

async function download() {
  try {
    const bundle = await get<object>('support');
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([JSON.stringify(bundle, null, 1)], { type: 'application/json' }));
    link.download = `firstline-support-${new Date().toISOString().slice(0, 19).replaceAll(':', '')}.json`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  } catch (reason) {
    say(wordsOf(reason), { tone: 'bad' });
  }
}

export default function Status() {
  const first = useGet<HealthOf>('health');
  const stats = useGet<Stats>('stats');
  const now = useStore(live);
  const h = now?.version ? { ...first.data, ...now } as HealthOf : first.data;
  return (
    <Page title="Status" aside={<button type="button" onClick={() => void download()}>Support file</button>}>
      {first.error && !h ? <Problem text={first.error} again={first.reload} /> : null}
      {!h && !first.error ? <Loading what="the state" /> : null}
      {h ? (
        <>
          <Section title="Parts" aside={<Health status={h.status} />}>
            <Parts h={h} />
            <p class="quiet small">Version {h.version}, mode {h.mode}, up for {span(first.data?.uptime_s ?? 0)}</p>
          </Section>
          <Section title="Who classifies"><Rungs best={h.model.method} /></Section>
          <Section title="Tickets">{stats.error ? <Problem text={stats.error} again={stats.reload} /> : stats.data ? <Counts stats={stats.data} /> : <Loading what="the counts" />}</Section>
          <Freshdesk h={h} />
        </>
      ) : null}
      <Section title="Newest errors"><ErrorList /></Section>
      <Section title="Settings"><SettingsList /></Section>
      <p class="quiet small">The support file has the state, counts, metrics, settings without secrets, and the newest errors; no text of customers.</p>
    </Page>
  );
}
