// Writes the labelled sets that doc/quality.md measures on, from ../shared/data, as files that the program reads.
//
//     node bench/sets.js DATA FOLDER
//
// FOLDER/test/SET.csv has text and intent, for bench_triage with FOLDER/SET.map.csv (tier and category of an intent).
// FOLDER/SET has for each draw of eight rows per intent (first: the first eight, others by chance) a file for
// `firstline train`, and a mapping; FOLDER/SET/config is config/ with the set's intents. FOLDER/outside has questions that
// no desk's articles answer, FOLDER/helpcentre articles, and questions.csv what is asked about them.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const [data, folder] = process.argv.slice(2);
if (!folder) {
        console.error('usage: node bench/sets.js DATA FOLDER');
        process.exit(2);
}
const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const EACH = 8;
const DRAWS = ['first', 1, 2, 3, 4, 5];

const read = (...name) => fs.readFileSync(path.join(data, ...name), 'utf8');
const quoted = (text) => `"${text.replaceAll('"', '""').replace(/\s+/g, ' ')}"`;

function write(name, header, rows) {
        const file = path.join(folder, name);
        fs.mkdirSync(path.dirname(file), { recursive: true });
        fs.writeFileSync(file, [header, ...rows.map((row) => row.map(quoted).join(','))].join('\n') + '\n');
}

// RFC 4180: rows of fields, without the header.
function parseCsv(text) {
        const rows = [[]];
        for (const [, inQuotes, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/g)) {
                rows.at(-1).push(inQuotes?.replaceAll('""', '"') ?? plain);
                if (end !== ',')
                        rows.push([]);
        }
        return rows.slice(1).filter((row) => row.length > 1);
}

// mulberry32: the same draws on every machine.
function chance(seed) {
        let a = seed;
        return () => {
                a = (a + 0x6d2b79f5) | 0;
                let t = Math.imul(a ^ (a >>> 15), 1 | a);
                t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
                return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
        };
}

function shuffled(list, seed) {
        const random = chance(seed), copy = [...list];
        for (let i = copy.length - 1; i > 0; i--) {
                const k = Math.floor(random() * (i + 1));
                [copy[i], copy[k]] = [copy[k], copy[i]];
        }
        return copy;
}

function drawEight(rows, draw) {
        const taken = new Map();
        return (draw === 'first' ? rows : shuffled(rows, draw)).filter(([, intent]) => {
                taken.set(intent, (taken.get(intent) ?? 0) + 1);
                return taken.get(intent) <= EACH;
        });
}

// draws: [name, rows to learn from, rows to measure on]
function writeSet(set, map, draws) {
        const known = new Set(map.map(([, intent]) => intent));
        const of = (rows) => rows.filter(([, intent]) => known.has(intent));
        const config = path.join(folder, set, 'config');

        write(`${set}.map.csv`, 'dataset,intent,tier,category,ambiguous', map);
        fs.cpSync(path.join(root, 'config'), config, { recursive: true });
        fs.writeFileSync(path.join(config, 'intents.tsv'), map.map((row) => row.slice(1, 4).join('\t')).join('\n') + '\n');
        fs.writeFileSync(path.join(folder, set, 'mapping.tsv'), 'column\ttext\tdescription\ncolumn\tcategory\tintent\n');
        for (const [name, train, test] of draws) {
                write(path.join(set, `${name}.csv`), 'text,category', of(train));
                write(path.join('test', draws.every(([, , other]) => other === test) ? `${set}.csv` : `${set}-${name}.csv`),
                        'text,category', of(test));
        }
}

const map = (set) => parseCsv(fs.readFileSync(path.join(root, 'bench/labels', `${set}.csv`), 'utf8'));
const bank = [parseCsv(read('banking77/train.csv')), parseCsv(read('banking77/test.csv'))];
const clinc = JSON.parse(read('clinc150/data_full.json'));
const hint3 = ['curekart', 'powerplay11', 'sofmattress'].flatMap((shop) =>
        parseCsv(read('hint3', `${shop}_train.csv`)).map(([text, intent]) => [text, intent]));

writeSet('banking77', parseCsv(read('banking77/tiers.csv')), DRAWS.map((draw) => [draw, drawEight(bank[0], draw), bank[1]]));
writeSet('clinc150', map('clinc150'), DRAWS.map((draw) => [draw, drawEight(clinc.train, draw), clinc.test]));
// Too few rows for eight of each: half to learn from, uneven as it is, half to measure on.
writeSet('hint3', map('hint3'), [1, 2, 3].map((draw) => {
        const rows = shuffled(hint3, draw), half = Math.floor(rows.length / 2);
        return [draw, rows.slice(0, half), rows.slice(half)];
}));
write('test/hint3.csv', 'text,category', hint3);

write('outside/clinc150.csv', 'description', [...clinc.oos_train, ...clinc.oos_val, ...clinc.oos_test].map(([text]) => [text]));
write('outside/hint3.csv', 'description', hint3.map(([text]) => [text]));
const threads = read('stackfaq/threads.jsonl').trim().split('\n').map((line) => JSON.parse(line));
fs.mkdirSync(path.join(folder, 'helpcentre'), { recursive: true });
for (const { thread, question, answers } of threads)
        fs.writeFileSync(path.join(folder, 'helpcentre', `article_${thread}.md`), `# ${question}\n\n${answers.join('\n\n')}\n`);
write('questions.csv', 'description,article', threads.flatMap(({ question, queries }) => queries.map((q) => [q, question])));
