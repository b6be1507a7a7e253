// How it went: by day, tier, category, rung and decision; what became of the answers; how long each step takes. Each plot can be had as a
// table and as CSV.
import type { Analytics as Numbers } from 'openapi';
import { useMemo, useRef } from 'preact/hooks';

import { query, useGet } from './api';
import { name, number, percent, plural } from './format';
import { Bar, Empty, Facts, Loading, Page, Problem, Section } from './parts';
import { DayPlot, type Line } from './plot';
import { Quality } from './quality';
import { go, href, route } from './route';
import { type Sheet, Sheeted } from './sheet';
import { Times } from './steps';
import { useStore } from './store';

const DAY_MS = 86_400_000;
const RANGES = [7, 30, 90, 365];

// ---- shares

function Shares({ sheet, counts }: { sheet: Sheet; counts: [string, number][] }) {
  const sum = counts.reduce((a, [, n]) => a + n, 0);
  return (
    <Sheeted sheet={sheet}>
      {counts.map(([key, n]) => <div class="score share" key={key}><span>{name(key)}</span><Bar value={sum ? n / sum : 0} label={name(key)} text={`${number(n)} · ${percent(sum ? n / sum : 0)}`} /></div>)}
    </Sheeted>
  );
}

// ---- the whole

const iso = (ms: number) => new Date(ms).toISOString().slice(0, 10);

export default function Analytics() {
  const { params } = useStore(route);
  const days_wanted = RANGES.includes(Number(params.days)) ? Number(params.days) : 30;
  const today = iso(Date.now());
  const to = /^\d{4}-\d\d-\d\d$/.test(params.to ?? '') ? params.to : today;
  const from = /^\d{4}-\d\d-\d\d$/.test(params.from ?? '') ? params.from : iso(Date.parse(to) - (days_wanted - 1) * DAY_MS);
  const { data: fresh, error, reload } = useGet<Numbers>(from <= to ? `analytics${query({ from, to })}` : null);
  const last = useRef<Numbers | null>(null); // shown until the new range is there
  last.current = fresh ?? last.current;
  const data = last.current;

  const days = useMemo(() => {
    const all: string[] = [];
    for (let at = Date.parse(from); at <= Date.parse(to) && all.length < 1100; at += DAY_MS)
      all.push(iso(at));
    return all;
  }, [from, to]);
  type Day = Numbers['by_day'][string];
  const valuesOf = (key: keyof Day & string) => days.map((day) => Number(data?.by_day[day]?.[key] ?? 0));
  const byAction = useMemo<Line[]>(() => [
    { name: 'Resolved', variable: '--plot-1', values: valuesOf('auto_resolve') }, { name: 'Answered', variable: '--plot-2', values: valuesOf('answer') },
    { name: 'To a person', variable: '--plot-3', values: valuesOf('escalate') }, { name: 'Undecided', variable: '--plot-4', values: valuesOf('undecided') },
  ], [data, days]);
  const byTier = useMemo<Line[]>(() => [
    { name: 'Simple', variable: '--plot-1', values: valuesOf('tier_1') }, { name: 'Moderate', variable: '--plot-2', values: valuesOf('tier_2') }, { name: 'Complex', variable: '--plot-3', values: valuesOf('complex') },
  ], [data, days]);
  const shares = useMemo<Line[]>(() => [
    { name: 'Decided to answer', variable: '--plot-1', values: days.map((day) => { const d = data?.by_day[day]; return d && d.tickets > 0 ? (d.auto_resolve + d.answer) / d.tickets : null; }) },
    { name: 'Failed', variable: '--plot-3', values: days.map((day) => { const d = data?.by_day[day]; return d && d.tickets > 0 ? d.failed / d.tickets : null; }) },
  ], [data, days]);
  const answers = data?.answers;
  const heldOf = (key: 'held' | 'waiting' | 'reopened' | 'corrected' | 'answered_again') => days.map((day) => Number(answers?.by_day[day]?.[key] ?? 0));
  const byEnd = useMemo<Line[]>(() => [
    { name: 'Held', variable: '--plot-2', values: heldOf('held') }, { name: 'Waiting', variable: '--plot-4', values: heldOf('waiting') }, { name: 'Reopened', variable: '--plot-3', values: heldOf('reopened') },
    { name: 'Corrected', variable: '--plot-5', values: heldOf('corrected') }, { name: 'Answered again', variable: '--plot-1', values: heldOf('answered_again') },
  ], [data, days]);
  const sheetOf = (title: string, file: string, lines: Line[]): Sheet => ({ title, file, columns: ['Day', ...lines.map((line) => line.name)], rows: days.map((day, k) => [day, ...lines.map((line) => line.values[k] ?? '')]) });
  const countsOf = (counts: Record<string, number>) => Object.entries(counts).sort((a, b) => b[1] - a[1]);
  const shareSheet = (title: string, file: string, counts: [string, number][]): Sheet => ({ title, file, columns: [title, 'Tickets'], rows: counts.map(([key, n]) => [name(key), n]) });
  const choose = (next: Record<string, string>) => go(href('analytics', [], next), true);

  return (
    <Page title="Analytics" aside={(
      <div class="range" role="group" aria-label="Range">
        {RANGES.map((n) => <button type="button" key={n} aria-pressed={!params.from && days_wanted === n} onClick={() => choose({ days: String(n) })}>{n} days</button>)}
        <label class="hidden" for="from">From</label><input id="from" type="date" value={from} max={to} onChange={(e) => e.currentTarget.value && choose({ from: e.currentTarget.value, to })} />
        <label class="hidden" for="to">To</label><input id="to" type="date" value={to} min={from} max={today} onChange={(e) => e.currentTarget.value && choose({ from, to: e.currentTarget.value })} />
      </div>
    )}>
      {error ? <Problem text={error} again={reload} /> : null}
      {!data && !error ? <Loading what="the numbers" /> : null}
      {data && data.tickets === 0 ? <Empty title="No tickets in these days."><p>Another range may have some.</p></Empty> : null}
      {data && data.tickets > 0 ? (
        <>
          <Section title="In these days">
            <Facts items={[
              ['Tickets', number(data.tickets)],
              ['Decided to answer', percent(((data.by_action.auto_resolve ?? 0) + (data.by_action.answer ?? 0)) / data.tickets)],
              ['To a person', percent((data.by_action.escalate ?? 0) / data.tickets)],
              ['Automatic answers', number(answers?.automatic ?? 0)],
              [`Held after ${answers?.hours ?? 72} h`, answers?.held_rate === null || !answers ? '–' : `${percent(answers.held_rate, 1)} (${number(answers.held)})`],
              ['Error rate', percent(valuesOf('failed').reduce((a, b) => a + b, 0) / data.tickets, 1)],
            ]} />
          </Section>
          <Sheeted sheet={sheetOf('Tickets by decision', 'firstline-decisions', byAction)}><DayPlot days={days} lines={byAction} stacked format={(n) => number(n)} label={`Tickets by decision, ${from} to ${to}`} /></Sheeted>
          <Sheeted sheet={sheetOf('Tickets by tier', 'firstline-tiers', byTier)}><DayPlot days={days} lines={byTier} stacked format={(n) => number(n)} label={`Tickets by tier, ${from} to ${to}`} /></Sheeted>
          <Sheeted sheet={sheetOf('Share decided to answer, and failed', 'firstline-shares', shares)}><DayPlot days={days} lines={shares} format={(n) => percent(n)} label={`Share of tickets decided to be answered, and of those that failed, ${from} to ${to}`} /></Sheeted>
          {answers && answers.automatic > 0 ? (
            <Sheeted sheet={sheetOf(`Automatic answers, and what became of them in ${plural(answers.hours, 'hour')}`, 'firstline-answers', byEnd)}><DayPlot days={days} lines={byEnd} stacked format={(n) => number(n)} label={`Automatic answers by what became of them, ${from} to ${to}`} /></Sheeted>
          ) : (
            <Section title={`Automatic answers, and what became of them in ${plural(answers?.hours ?? 72, 'hour')}`}><p class="quiet">No automatic answer in these days.</p></Section>
          )}
          <Quality days={Math.min(3660, Math.max(1, Math.round((Date.parse(today) - Date.parse(from)) / DAY_MS) + 1))} />
          <div class="two">
            <Shares sheet={shareSheet('Category', 'firstline-categories', countsOf(data.by_category))} counts={countsOf(data.by_category)} />
            <Shares sheet={shareSheet('Decided by', 'firstline-rungs', countsOf(data.by_method))} counts={countsOf(data.by_method)} />
          </div>
        </>
      ) : null}
      <Times />
    </Page>
  );
}
