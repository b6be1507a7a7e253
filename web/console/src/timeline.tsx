// All that happened to a ticket, as a line through time; each stop can be opened to what the audit trail holds.
import type { AuditRow } from 'openapi';

import { clock, day, duration, exact, name, percent, plural, score, sentence } from './format';

type Detail = Record<string, any>;

const STEPS: Record<string, string> = {
  received: 'Received', read: 'Read', read_failed: 'Could not be read', classified: 'Classified', found: 'Searched the knowledge base',
  decided: 'Decided', approved: 'Approved', discarded: 'Discarded', handed_over: 'Handed to a person', sent: 'Sent', retry: 'Will be tried again', delivered: 'Delivered', withheld: 'Withheld', failed: 'Failed',
  interrupted: 'Interrupted', feedback: 'Said by a person', joined: 'Joined with a newer message', superseded: 'Replaced by a newer decision', erased: 'Erased',
};
const BAD = ['failed', 'withheld', 'read_failed', 'retry', 'interrupted'];
const PEOPLE = ['approved', 'discarded', 'handed_over', 'feedback'];
const SENT: Record<string, string> = { reply: 'public reply', note: 'private note', update: 'status and tags' };

const list = (...parts: unknown[]) => parts.filter(Boolean).join(', ');

function words(row: AuditRow): string {
  const d = (row.detail ?? {}) as Detail;
  switch (row.step) {
  case 'received': return d.kind ? `event: ${name(d.kind).toLowerCase()}` : '';
  case 'read': return list(d.from === 'freshdesk' && `from Freshdesk, ${plural(d.messages, 'later message')}`, plural(d.characters, 'character'));
  case 'classified': return `${name(d.tier)} ${percent(d.confidence)}, ${name(d.category)} ${percent(d.category_confidence)}, by ${name(d.method).toLowerCase()}`;
  case 'found': return `${d.found ? 'found' : 'nothing found'}, best score ${d.passages?.length ? score(d.passages[0].score) : '–'}, ${score(d.floor)} needed`;
  case 'decided': return `${name(d.action)}: ${sentence(d.reason)}`;
  case 'approved': return list(d.edited ? 'with other words' : 'as it was', d.by && `by ${d.by}`);
  case 'discarded': case 'handed_over': return d.by ? `by ${d.by}` : '';
  case 'feedback': return list(d.answer && `answer ${d.answer}`, d.tier && `tier ${name(d.tier)}`, d.category && `category ${name(d.category)}`, d.by && `by ${d.by}`);
  case 'sent': return list(`${SENT[d.step] ?? d.step}${d.freshdesk_id ? ` as ${d.freshdesk_id}` : ''}`, d.found_there && 'found there already');
  default: return [d.step && name(d.step), d.reason, d.error].filter(Boolean).join(': ');
  }
}

// Since the stop before: what took long is seen at once.
function since(row: AuditRow, before: AuditRow | undefined): string {
  if (!row.at || !before?.at)
    return '';
  const ms = Date.parse(row.at) - Date.parse(before.at);
  return ms > 0 && ms < 3_600_000 ? `+${duration(ms)}` : '';
}

export function TimeLine({ rows }: { rows: AuditRow[] }) {
  return (
    <ol class="timeline">
      {rows.map((row, i) => {
        const today = row.at && day(row.at), shown = today !== (rows[i - 1]?.at && day(rows[i - 1].at!));
        return (
          <li key={row.id} class={BAD.includes(row.step) ? 'timeline-bad' : PEOPLE.includes(row.step) ? 'timeline-person' : ''}>
            {shown && today ? <p class="timeline-day">{today}</p> : null}
            <details>
              <summary>
                <span class="timeline-step">{STEPS[row.step] ?? name(row.step)}</span>
                <span class="timeline-words" dir="auto">{words(row)}</span>
                {row.at ? <time dateTime={row.at} title={exact(row.at)} class="quiet small">{since(row, rows[i - 1]) ? <span class="timeline-since">{since(row, rows[i - 1])}</span> : null}{clock(row.at)}</time> : null}
              </summary>
              <pre class="json">{JSON.stringify(row.detail, null, 2)}</pre>
            </details>
          </li>
        );
      })}
    </ol>
  );
}
