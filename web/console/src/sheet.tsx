// The table behind a plot: shown in its place, or saved as CSV.
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';

import { number } from './format';
import { Scroll, Section } from './parts';

export interface Sheet { title: string; file: string; columns: string[]; rows: (string | number)[][]; unit?: string }

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

export function Sheeted({ sheet, children }: { sheet: Sheet; children: ComponentChildren }) {
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
