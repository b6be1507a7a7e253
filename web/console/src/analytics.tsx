// How it went: by day, tier, category, rung and decision; how long each step takes. Each plot can be had as a table and as CSV.
import type { Analytics as Numbers } from 'openapi';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';

import { query, useGet } from './api';
import { duration, name, number, percent } from './format';
import { Bar, Empty, Facts, Loading, Page, Problem, Scroll, Section } from './parts';
import { go, href, route } from './route';
import { useStore } from './store';

const DAY_MS = 86_400_000;
const RANGES = [7, 30, 90, 365];

// ---- a table behind each plot

interface Sheet { title: string; file: string; columns: string[]; rows: (string | number)[][]; unit?: string }

function csv({ columns, rows }: Sheet): string {
  // A leading sign would be a formula to a spreadsheet.
  const cell = (value: string | number) => (typeof value === 'number' ? String(value) : `"${value.replace(/^[=+\-@\t]/, "'$&").replaceAll('"', '""')}"`);
  return [columns, ...rows].map((row) => row.map(cell).join(',')).join('\r\n');
}

function save(sheet: Sheet): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([csv(sheet)], { type: 'text/csv' }));
  link.download = `${sheet.file}.csv`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

const SheetTable = ({ sheet }: { sheet: Sheet }) => (
  <Scroll label={sheet.title}><table>
    <thead><tr>{sheet.columns.map((column, i) => <th scope="col" key={column} class={i ? 'right' : ''}>{column}</th>)}</tr></thead>
    <tbody>{sheet.rows.map((row, i) => <tr key={i}>{row.map((cell, k) => (k ? <td key={k} class="right">{typeof cell === 'number' ? number(cell, 4) : cell}</td> : <th scope="row" key={k}>{cell}</th>))}</tr>)}</tbody>
  </table></Scroll>
);

function Sheeted({ sheet, children }: { sheet: Sheet; children: preact.ComponentChildren }) {
  const [table, setTable] = useState(false);
  return (
    <Section title={sheet.title} aside={(
      <span class="sheet-buttons">
        <button type="button" class="link" aria-pressed={table} onClick={() => setTable(!table)}>{table ? 'Plot' : 'Table'}</button>
        <button type="button" class="link" onClick={() => save(sheet)}>CSV</button>
      </span>
    )}>
      {table ? <SheetTable sheet={sheet} /> : children}
    </Section>
  );
}

// ---- plots over days

// A colour of the style sheet as it is now, light or dark.
function colour(variable: string): string {
  const probe = document.createElement('span');
  probe.style.color = `var(${variable})`;
  document.body.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

function useScheme(): string {
  const read = () => `${document.documentElement.dataset.theme ?? 'auto'} ${matchMedia('(prefers-color-scheme: dark)').matches}`;
  const [scheme, setScheme] = useState(read);
  useEffect(() => {
    const look = () => setScheme(read());
    const watcher = new MutationObserver(look);
    watcher.observe(document.documentElement, { attributeFilter: ['data-theme'] });
    const media = matchMedia('(prefers-color-scheme: dark)');
    media.addEventListener('change', look);
    return () => { watcher.disconnect(); media.removeEventListener('change', look); };
  }, []);
  return scheme;
}

interface Line { name: string; variable: string; values: (number | null)[] }

function Plot({ days, lines, stacked, format, label }: { days: string[]; lines: Line[]; stacked: boolean; format: (n: number) => string; label: string }) {
  const box = useRef<HTMLDivElement>(null);
  const scheme = useScheme();
  useEffect(() => {
    const faint = colour('--faint'), grid = colour('--line');
    // Stacked bars: each reaches from 0 to the sum so far, the tallest drawn first.
    const sums = lines.map((_, i) => days.map((__, k) => lines.slice(0, i + 1).reduce((sum, line) => sum + (line.values[k] ?? 0), 0)));
    const order = stacked ? lines.map((_, i) => lines.length - 1 - i) : lines.map((_, i) => i);
    const data: uPlot.AlignedData = [days.map((day) => Date.parse(`${day}T00:00:00`) / 1000), ...order.map((i) => (stacked ? sums[i] : lines[i].values))];
    const axis = { stroke: faint, grid: { stroke: grid, width: 1 }, ticks: { stroke: grid, width: 1 }, font: '12px system-ui, "DejaVu Sans", sans-serif' };
    const plot = new uPlot({
      width: box.current!.clientWidth,
      height: 220,
      legend: { show: false },
      cursor: { drag: { x: false, y: false }, points: { show: !stacked } },
      scales: { x: { range: (_, min, max) => [min - DAY_MS / 2000, max + DAY_MS / 2000] }, y: { range: (_, __, max) => [0, Math.max(max * 1.05, stacked ? 4 : 0.01)] } },
      axes: [
        { ...axis, grid: { show: false }, incrs: [1, 2, 7, 14, 28, 56, 112].map((n) => n * DAY_MS / 1000), values: (_, at) => at.map((t) => new Date(t * 1000).toLocaleDateString(undefined, { month: 'short', day: 'numeric' })) },
        { ...axis, size: 56, values: (_, at) => at.map((n) => (stacked && n % 1 ? '' : format(n))) },
      ],
      series: [{}, ...order.map((i) => ({
        label: lines[i].name,
        stroke: colour(lines[i].variable),
        ...(stacked ? { fill: colour(lines[i].variable), width: 0, paths: uPlot.paths.bars!({ size: [0.7, 40] }), points: { show: false } } : { width: 2, points: { show: days.length < 40, fill: colour('--card') } }),
      }))],
    }, data, box.current!);
    const watcher = new ResizeObserver(() => box.current && plot.setSize({ width: box.current.clientWidth, height: 220 }));
    watcher.observe(box.current!);
    return () => { watcher.disconnect(); plot.destroy(); };
  }, [days, lines, stacked, scheme]);
  return (
    <figure class="plot">
      <div ref={box} role="img" aria-label={label} />
      <figcaption>{lines.map((line) => <span key={line.name} class="legend"><span class={`swatch swatch${line.variable}`} aria-hidden="true" />{line.name}</span>)}</figcaption>
    </figure>
  );
}

// ---- shares

function Shares({ sheet, counts }: { sheet: Sheet; counts: [string, number][] }) {
  const sum = counts.reduce((a, [, n]) => a + n, 0);
  return (
    <Sheeted sheet={sheet}>
      {counts.map(([key, n]) => <div class="score share" key={key}><span>{name(key)}</span><Bar value={sum ? n / sum : 0} label={name(key)} text={`${number(n)} · ${percent(sum ? n / sum : 0)}`} /></div>)}
    </Sheeted>
  );
}

// ---- time per step, from the metrics of this process

interface Step { step: string; count: number; p50: number; p99: number }

const STEPS = ['read_back', 'embed', 'classify', 'retrieve', 'decide', 'deliver', 'ticket'];

// The value below which a share of the observations lies, between the bounds of its bucket.
function quantile(buckets: [number, number][], share: number): number {
  const all = buckets[buckets.length - 1]?.[1] ?? 0;
  let below = 0, from = 0;
  for (const [bound, count] of buckets) {
    if (count >= all * share)
      return Number.isFinite(bound) ? from + (bound - from) * ((all * share - below) / Math.max(count - below, 1)) : from;
    [from, below] = [bound, count];
  }
  return from;
}

function stepsOf(metrics: string): Step[] {
  const found = new Map<string, [number, number][]>();
  for (const [, step, bound, count] of metrics.matchAll(/^firstline_step_duration_seconds_bucket\{step="(\w+)",le="([^"]+)"\} (\d+)/gm)) {
    if (!found.has(step))
      found.set(step, []);
    found.get(step)!.push([bound === '+Inf' ? Infinity : Number(bound), Number(count)]);
  }
  return STEPS.filter((step) => (found.get(step)?.at(-1)?.[1] ?? 0) > 0).map((step) => {
    const buckets = found.get(step)!;
    return { step, count: buckets.at(-1)![1], p50: quantile(buckets, 0.5) * 1000, p99: quantile(buckets, 0.99) * 1000 };
  });
}

function Times() {
  const { data, error, reload } = useGet<string>('metrics');
  const steps = useMemo(() => (data ? stepsOf(data) : []), [data]);
  if (error)
    return <Problem text={error} again={reload} />;
  if (!data)
    return <Loading what="the times" />;
  const sheet: Sheet = { title: 'Time per step', file: 'firstline-steps', columns: ['Step', 'Times', 'p50 in ms', 'p99 in ms'], rows: steps.map((s) => [name(s.step), s.count, s.p50, s.p99]) };
  const most = Math.max(...steps.map((s) => s.p99), 1);
  return (
    <Sheeted sheet={sheet}>
      {steps.length === 0 ? <p class="quiet">No ticket since the start.</p> : (
        <>
          {steps.map((s) => <div class="score share" key={s.step}><span>{name(s.step)} <span class="quiet">({number(s.count)})</span></span><Bar value={Math.log1p(s.p99) / Math.log1p(most)} label={name(s.step)} text={`${duration(s.p50)} · ${duration(s.p99)}`} /></div>)}
          <p class="quiet small">Half of them were faster than the first time, 99 of 100 faster than the second; since the start of this process. Bars are on a logarithmic scale.</p>
        </>
      )}
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
              ['Failed', percent(valuesOf('failed').reduce((a, b) => a + b, 0) / data.tickets, 1)],
            ]} />
          </Section>
          <Sheeted sheet={sheetOf('Tickets by decision', 'firstline-decisions', byAction)}><Plot days={days} lines={byAction} stacked format={(n) => number(n)} label={`Tickets by decision, ${from} to ${to}`} /></Sheeted>
          <Sheeted sheet={sheetOf('Tickets by tier', 'firstline-tiers', byTier)}><Plot days={days} lines={byTier} stacked format={(n) => number(n)} label={`Tickets by tier, ${from} to ${to}`} /></Sheeted>
          <Sheeted sheet={sheetOf('Share decided to answer, and failed', 'firstline-shares', shares)}><Plot days={days} lines={shares} stacked={false} format={(n) => percent(n)} label={`Share of tickets decided to be answered, and of those that failed, ${from} to ${to}`} /></Sheeted>
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
