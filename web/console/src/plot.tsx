// A plot: lines, points or stacked bars over a row of numbers. Where the pointer is, the legend has the values.
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';

const HEIGHT_PX = 220;
const POINTS_MAX = 40; // of a line, that are marked one by one
const DAY_S = 86_400;

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

// marks: its points without a line between them; dashes: a line that something is compared with.
export interface Line { name: string; variable: string; values: (number | null)[]; kind?: 'marks' | 'dashes' }

interface PlotOf {
  x: number[];
  lines: Line[];
  label: string;
  stacked?: boolean;
  range: { x: [number, number] | ((least: number, most: number) => [number, number]); y: (most: number) => [number, number] };
  format: { x: (n: number) => string; y: (n: number) => string };
  steps?: number[]; // between marks on the axis of x
  title?: string; // of the axis of x
}

function styleOf(line: Line, stacked: boolean, many: boolean): Partial<uPlot.Series> {
  const stroke = colour(line.variable);
  if (stacked)
    return { stroke, fill: stroke, width: 0, paths: uPlot.paths.bars!({ size: [0.7, 40] }), points: { show: false } };
  if (line.kind === 'marks')
    return { stroke, paths: () => null, points: { show: true, size: 9, fill: stroke } };
  return { stroke, width: line.kind === 'dashes' ? 1.5 : 2, dash: line.kind === 'dashes' ? [5, 4] : undefined, points: { show: !many && !line.kind, fill: colour('--card') } };
}

export function Plot({ x, lines, label, stacked = false, range, format, steps, title }: PlotOf) {
  const box = useRef<HTMLDivElement>(null);
  const scheme = useScheme();
  const [at, setAt] = useState<number | null>(null);
  useEffect(() => {
    const grid = colour('--line');
    // Stacked bars: each reaches from 0 to the sum so far, the tallest drawn first.
    const sums = lines.map((_, i) => x.map((__, k) => lines.slice(0, i + 1).reduce((sum, line) => sum + (line.values[k] ?? 0), 0)));
    const order = stacked ? lines.map((_, i) => lines.length - 1 - i) : lines.map((_, i) => i);
    const data: uPlot.AlignedData = [x, ...order.map((i) => (stacked ? sums[i] : lines[i].values))];
    const axis = { stroke: colour('--faint'), grid: { stroke: grid, width: 1 }, ticks: { stroke: grid, width: 1 }, font: '12px system-ui, "DejaVu Sans", sans-serif' };
    const plot = new uPlot({
      width: box.current!.clientWidth,
      height: HEIGHT_PX,
      legend: { show: false },
      cursor: { drag: { x: false, y: false }, points: { show: !stacked } },
      scales: { x: { time: false, range: (_, least, most) => (typeof range.x === 'function' ? range.x(least, most) : range.x) }, y: { range: (_, __, most) => range.y(most) } },
      axes: [
        { ...axis, grid: { show: false }, ...(steps ? { incrs: steps } : {}), ...(title ? { label: title, labelFont: axis.font, labelSize: 20 } : {}), values: (_, marks) => marks.map(format.x) },
        { ...axis, size: 56, values: (_, marks) => marks.map((n) => (stacked && n % 1 ? '' : format.y(n))) },
      ],
      series: [{}, ...order.map((i) => ({ label: lines[i].name, ...styleOf(lines[i], stacked, x.length >= POINTS_MAX) }))],
      hooks: { setCursor: [(self) => setAt(self.cursor.idx ?? null)] },
    }, data, box.current!);
    const watcher = new ResizeObserver(() => box.current && plot.setSize({ width: box.current.clientWidth, height: HEIGHT_PX }));
    watcher.observe(box.current!);
    return () => { watcher.disconnect(); plot.destroy(); };
  }, [x, lines, stacked, scheme]);
  const shown = at !== null && at < x.length ? at : null;
  return (
    <figure class="plot">
      <div ref={box} role="img" aria-label={label} />
      <figcaption>
        {lines.map((line) => (
          <span key={line.name} class="legend"><span class={`swatch swatch${line.variable}`} aria-hidden="true" />{line.name}{shown !== null && line.values[shown] !== null ? <strong>{format.y(line.values[shown]!)}</strong> : null}</span>
        ))}
        {shown !== null ? <span class="plot-at">{format.x(x[shown])}</span> : null}
      </figcaption>
    </figure>
  );
}

const dayName = (at: number) => new Date(at * 1000).toLocaleDateString(undefined, { month: 'short', day: 'numeric', timeZone: 'UTC' });

export function DayPlot({ days, lines, stacked = false, format, label }: { days: string[]; lines: Line[]; stacked?: boolean; format: (n: number) => string; label: string }) {
  const x = useMemo(() => days.map((day) => Date.parse(day) / 1000), [days]);
  return (
    <Plot x={x} lines={lines} label={label} stacked={stacked} steps={[1, 2, 7, 14, 28, 56, 112].map((n) => n * DAY_S)} format={{ x: dayName, y: format }}
      range={{ x: (least, most) => [least - DAY_S / 2, most + DAY_S / 2], y: (most) => [0, Math.max(most * 1.05, stacked ? 4 : 0.01)] }} />
  );
}
