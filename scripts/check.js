// What can be said about the tree without running it: `node scripts/check.js [NAME...] [--tally FILE]`. `make check`
// has built what this reads: build-san/ knows how every file is compiled, the tests' too.
import { execFile, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { staleFiles } from './generated.js';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));

const BUILD = 'build-san';
const OUTPUT_MAX = 64 * 1024 * 1024; // bytes of one tool's output; clang-tidy can be wordy
const tracked = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '-z'], { maxBuffer: OUTPUT_MAX })
        .toString().split('\0').filter((name) => name && existsSync(name));
const sources = tracked.filter((name) => /^(src|tests|bench)\/.*\.c$/.test(name));
const headers = tracked.filter((name) => /^(src|tests|bench)\/.*\.h$/.test(name));

function execute(command, args) {
        return new Promise((resolve) => {
                execFile(command, args, { maxBuffer: OUTPUT_MAX }, (error, stdout, stderr) =>
                        resolve({ ok: !error, text: `${stdout}${stderr}` }));
        });
}

// Runs one command per item, as many at a time as there are processors; gives what the failed ones said.
async function eachOf(items, commandOf) {
        const complaints = [];
        const queue = items.values();
        await Promise.all(Array.from({ length: availableParallelism() }, async () => {
                for (const item of queue) {
                        const [command, ...args] = commandOf(item);
                        const { ok, text } = await execute(command, args);
                        if (!ok)
                                complaints.push(text.trim() || `${command} failed on ${item}`);
                }
        }));
        return complaints;
}

// How the build compiles each file, as arguments without the compiler, its output and its dependency files.
function compilations() {
        const found = new Map();
        for (const { file, command } of JSON.parse(readFileSync(`${BUILD}/compile_commands.json`, 'utf8'))) {
                const args = (command.replace(/^ccache /, '').match(/(?:"(?:\\.|[^"\\])*"|'[^']*'|\\.|[^\s"'\\])+/g) ?? []).slice(1)
                        .map((word) => word.replace(/"((?:\\.|[^"\\])*)"|'([^']*)'|\\(.)/g,
                                (_, double, single, escaped) => double?.replace(/\\(["\\$`])/g, '$1') ?? single ?? escaped));
                const kept = [];
                for (let i = 0; i < args.length; i++) {
                        if (['-o', '-MF', '-MQ', '-MT'].includes(args[i]))
                                i++;
                        else if (!['-c', '-MD', '-MMD', '-fdiagnostics-color=always'].includes(args[i]) && !args[i].endsWith('.c'))
                                kept.push(args[i].replace(/^-I(?!\/)/, `-I${BUILD}/`).replace(/^-isystem(?!\/)(?=.)/, `-isystem${BUILD}/`));
                }
                found.set(file.replace(/^\.\.\//, ''), kept);
        }
        return found;
}

// A header compiles with the arguments of any file of its folder.
function argumentsFor(header, all) {
        const folder = header.slice(0, header.lastIndexOf('/') + 1);
        for (const [file, args] of all)
                if (file.startsWith(folder))
                        return args;
        return [...all.values()][0] ?? [];
}

async function format() {
        return eachOf([...sources, ...headers], (name) => ['clang-format', '--dry-run', '-Werror', name]);
}

async function headersAlone() {
        const all = compilations();
        return eachOf(headers.filter((name) => name.startsWith('src/')), (name) =>
                ['cc', ...argumentsFor(name, all), '-fsyntax-only', '-include', name, '-x', 'c', '/dev/null']);
}

async function warnings() {
        const all = compilations();
        return eachOf([...all.keys()].filter((name) => sources.includes(name)), (name) =>
                ['clang', ...all.get(name), '-Werror', '-Wno-unknown-warning-option', '-fsyntax-only', name]);
}

// A file whose own text, whose headers and whose rules are as they were when it was found clean is not read again.
async function tidy() {
        const all = compilations();
        const common = createHash('sha256').update(readFileSync('.clang-tidy'));
        for (const name of headers)
                common.update(readFileSync(name));
        const base = common.digest('hex');
        const memory = `${BUILD}/tidy.json`;
        const clean = existsSync(memory) ? JSON.parse(readFileSync(memory, 'utf8')) : {};
        const now = {};
        const todo = [];
        for (const name of [...all.keys()].filter((file) => sources.includes(file))) {
                now[name] = createHash('sha256').update(base).update(readFileSync(name)).digest('hex');
                if (clean[name] !== now[name])
                        todo.push(name);
        }
        const complaints = [];
        await Promise.all(Array.from({ length: availableParallelism() }, async () => {
                for (let name = todo.pop(); name; name = todo.pop()) {
                        const { ok, text } = await execute('clang-tidy', ['--quiet', '-p', BUILD, name]);
                        if (!ok) {
                                complaints.push(text.trim());
                                delete now[name];
                        }
                }
        }));
        writeFileSync(memory, JSON.stringify(now));
        return complaints;
}

// The project names no host but these: registries and mirrors are the machine's own business, and tests call nobody.
const HOSTS = [
        /^(127\.\d+\.\d+\.\d+|localhost|\[::1\]|0\.0\.0\.0)$/,
        /(^|\.)example(\.(com|org|net))?$/,
        /\.(test|invalid|example|localhost)$/,
        /(^|\.)freshdesk\.com$/,
        /^(www\.w3\.org|json-schema\.org|spec\.openapis\.org|prometheus\.io|www\.sqlite\.org)$/, // names of formats, never called
        /^stand\.in$/, // what a path is parsed against, in tests
        /^(your|acme)\b/, // placeholders
];
// Single letters in brackets keep these rules from finding themselves.
const WORDS = [
        /regist[r]y\.[a-z]+js/i, /npmj[s]\.(org|com)/i, /(deb|security|snapshot)\.debia[n]\.org/i, /\/wor[k]\//, /shared\/(fact[s]|desig[n]|styl[e])/,
        /\bcl[a]ude\b/i, /anthr[o]pic/i, /\bcop[i]lot\b/i, /generated (by|with) (an )?A[I]\b/i, /\bissu[e]s show\b/,
];

function* lines(pattern) {
        for (const name of tracked.filter((path) => !pattern || pattern.test(path))) {
                const text = readFileSync(name);
                if (!text.includes(0))
                        yield* text.toString().split('\n').map((line, i) => [name, i + 1, line]);
        }
}

async function hosts() {
        const complaints = [];
        // Articles, mails and fuzz inputs are material, not addresses that the project calls.
        for (const [name, number, line] of lines(/^(?!LICENSE|THIRD_PARTY|tests\/fuzz\/(corpus|.*\.dict)|tests\/.*data\/|knowledge\/)/)) {
                for (const [, host] of line.matchAll(/\bhttps?:\/\/([^\s/"'`<>)\\?#,;]+)/g)) {
                        const bare = host.replace(/^[^@]*@/, '').replace(/(?<!:):\d*$/, '').replace(/[.:]+$/, '');
                        if (/^[a-z0-9.-]+\.[a-z]{2,}$/i.test(bare) && !HOSTS.some((allowed) => allowed.test(bare)))
                                complaints.push(`${name}:${number}: names the host ${bare}`);
                }
        }
        for (const [name, number, line] of lines())
                for (const word of WORDS)
                        if (word.test(line))
                                complaints.push(`${name}:${number}: ${word} has no place in the project`);
        return complaints;
}

async function lock() {
        const text = readFileSync('package-lock.json', 'utf8');
        const { packages } = JSON.parse(text);
        const wanted = JSON.parse(readFileSync('package.json', 'utf8'));
        const complaints = text.includes('://') ? ['package-lock.json has addresses: make lock'] : [];
        for (const [path, entry] of Object.entries(packages))
                if (path && !entry.integrity)
                        complaints.push(`package-lock.json: ${path} has no integrity`);
        for (const part of ['dependencies', 'devDependencies'])
                for (const [name, version] of Object.entries(wanted[part] ?? {}))
                        if (packages[''][part]?.[name] !== version || packages[`node_modules/${name}`]?.version !== version)
                                complaints.push(`package-lock.json has another ${name} than package.json's ${version}: make lock`);
        return complaints;
}

// The console against the API as openapi.json has it.
async function types() {
        const made = await execute('node', ['web/types.js']);
        return made.ok ? eachOf(['web/console'], (folder) => ['node', 'node_modules/typescript/bin/tsc', '-p', folder]) : [made.text];
}

async function generated() {
        return staleFiles();
}

const checks = {
        'clang-format': format,
        'headers compile alone': headersAlone,
        'clang warnings': warnings,
        'clang-tidy': tidy,
        'hosts and words': hosts,
        'package-lock.json': lock,
        'console types': types,
        'generated files': generated,
};

const args = process.argv.slice(2);
const tallyAt = args.indexOf('--tally');
const [, tally] = tallyAt < 0 ? [] : args.splice(tallyAt, 2);
let passed = 0;
let failed = 0;
for (const [name, check] of Object.entries(checks)) {
        if (args.length > 0 && !args.includes(name))
                continue;
        const started = Date.now();
        const complaints = await check().catch((error) => [String(error.stack)]);
        if (complaints.length > 0) {
                console.log(complaints.join('\n'));
                failed++;
        } else {
                passed++;
        }
        console.log(`${complaints.length > 0 ? 'FAIL' : 'ok  '} ${name} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
}
if (tally) {
        mkdirSync('build', { recursive: true });
        writeFileSync(tally, JSON.stringify({ passed, failed, skipped: 0 }));
} else {
        console.log(`check: ${passed} passed, ${failed} failed`);
}
process.exit(failed === 0 ? 0 : 1);
