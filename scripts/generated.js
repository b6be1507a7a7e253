// Files, and parts of files, that the program itself writes: `node scripts/generated.js` writes them, `make check` compares.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const PROGRAM = 'build/firstline';
const OPEN = '<!-- settings: written by `make docs` -->';
const CLOSE = '<!-- end of settings -->';

// Settings of the machine that writes must not show in what it writes.
function firstline(...args) {
        return execFileSync(PROGRAM, args, { cwd: root, encoding: 'utf8', env: { PATH: process.env.PATH } });
}

// The example file has, for each setting, remarks and then its line as a remark: #NAME=default.
function settingsTable() {
        const rows = [];
        let remarks = [];
        for (const line of firstline('settings', '--example').split('\n')) {
                const group = line.match(/^# ---- (.*)/);
                const setting = line.match(/^#([A-Z_]+)=(.*)/);
                if (group) {
                        rows.push('', `**${group[1]}**`, '', '| setting | default | what it does |', '| --- | --- | --- |');
                } else if (setting) {
                        const value = setting[2].replace(/^"(.*)"$/, '$1');
                        rows.push(`| \`${setting[1]}\` | ${value && `\`${value}\``} | ${remarks.join(' ').replaceAll('|', '\\|')} |`);
                        remarks = [];
                } else {
                        remarks = line.startsWith('# ') ? [...remarks, line.slice(2)] : [];
                }
        }
        return rows.join('\n');
}

function readme() {
        const text = readFileSync(`${root}README.md`, 'utf8');
        const open = text.indexOf(OPEN);
        const close = text.indexOf(CLOSE);
        if (open < 0 || close < open)
                throw new Error(`README.md has not the lines ${OPEN} and ${CLOSE}`);
        return `${text.slice(0, open + OPEN.length)}\n${settingsTable()}\n\n${text.slice(close)}`;
}

const generated = {
        '.env.example': () => firstline('settings', '--example'),
        'doc/firstline.1': () => firstline('help', '--man'),
        'README.md': readme,
};

export function staleFiles() {
        return Object.entries(generated)
                .filter(([path, content]) => !existsSync(root + path) || readFileSync(root + path, 'utf8') !== content())
                .map(([path]) => `${path} is not what the program says: make docs`);
}

if (process.argv[1] === fileURLToPath(import.meta.url))
        for (const [path, content] of Object.entries(generated))
                writeFileSync(root + path, content());
