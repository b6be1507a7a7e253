// Makes the pages and writes C that holds them: `node web/build.js OUTPUT.c DEPFILE`. Vite builds the console; what it gave is kept in
// node_modules/.cache under a hash of all it was made from, so that a second build folder, or a second `make`, builds nothing.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

import { manual } from './manual.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const [output, depfile] = process.argv.slice(2);
if (!depfile) {
        console.error('usage: node web/build.js OUTPUT.c DEPFILE');
        process.exit(2);
}

const types = {
        '.html': 'text/html; charset=utf-8', '.css': 'text/css; charset=utf-8', '.js': 'text/javascript; charset=utf-8',
        '.json': 'application/json', '.svg': 'image/svg+xml', '.png': 'image/png',
};

function filesOf(folder, wanted = () => true) {
        return readdirSync(path.join(root, folder), { withFileTypes: true }).flatMap((entry) => {
                const name = path.join(folder, entry.name);
                return entry.isDirectory() ? filesOf(name, wanted) : wanted(name) ? [name] : [];
        }).sort();
}

// ---- the console

const manuals = filesOf('doc', (name) => name.endsWith('.md'));
const sources = ['package-lock.json', ...filesOf('web'), ...manuals];

async function built() {
        const hash = createHash('sha256');
        for (const name of sources)
                hash.update(`${name}\0`).update(readFileSync(path.join(root, name))).update('\0');
        const cache = path.join(root, 'node_modules/.cache/firstline');
        const folder = path.join(cache, hash.digest('hex').slice(0, 16));
        if (existsSync(folder))
                return folder;
        const part = `${folder}.${process.pid}`;
        await viteBuild(part);
        for (const old of readdirSync(cache).filter((name) => !path.join(cache, name).startsWith(folder)))
                rmSync(path.join(cache, old), { recursive: true, force: true });
        if (!existsSync(folder))
                renameSync(part, folder);
        return folder;
}

async function viteBuild(outDir) {
        const { build } = await import('vite');
        mkdirSync(outDir, { recursive: true });
        await build({
                configFile: false,
                root: path.join(root, 'web/console'),
                base: './', // so that a proxy may serve it under a path of its own
                logLevel: 'warn',
                esbuild: { jsx: 'automatic', jsxImportSource: 'preact', legalComments: 'none' },
                plugins: [manual(manuals.map((name) => path.join(root, name)))],
                build: {
                        outDir,
                        emptyOutDir: true,
                        target: 'es2022',
                        modulePreload: { polyfill: false },
                        assetsInlineLimit: 0,
                        reportCompressedSize: false,
                },
        });
}

// ---- everything that is embedded

const console_ = await built();
const swagger = path.join(root, 'node_modules/swagger-ui-dist');
const own = (name) => path.join(root, name);
const files = [
        { where: '/', file: path.join(console_, 'index.html') },
        ...readdirSync(path.join(console_, 'assets')).sort().map((name) => ({ where: `/assets/${name}`, file: path.join(console_, 'assets', name), forever: true })),
        { where: '/docs', file: own('web/docs/docs.html') },
        { where: '/openapi.json', file: own('src/api/openapi.json') },
        { where: '/assets/favicon.svg', file: own('web/favicon.svg') },
        { where: '/assets/docs.css', file: own('web/docs/docs.css') },
        { where: '/assets/docs.js', file: own('web/docs/docs.js') },
        { where: '/assets/swagger-ui.css', file: path.join(swagger, 'swagger-ui.css') },
        { where: '/assets/swagger-ui-bundle.js', file: path.join(swagger, 'swagger-ui-bundle.js') },
];

// Beside the output, because the assembler takes them in by their names.
const kept = path.resolve(path.dirname(output), 'assets');
rmSync(kept, { recursive: true, force: true });
mkdirSync(kept, { recursive: true });
const lines = ['#include "api/asset.h"'];
const rows = [];
files.forEach(({ where, file, forever = false }, i) => {
        const bytes = readFileSync(file);
        const zipped = gzipSync(bytes, { level: 9 });
        const plain = path.join(kept, `${i}`);
        writeFileSync(plain, bytes);
        writeFileSync(`${plain}.gz`, zipped);
        const tag = createHash('sha256').update(bytes).digest('hex').slice(0, 16);
        lines.push(`ASSET_EMBED(a${i}, "${plain}")`, `ASSET_EMBED(z${i}, "${plain}.gz")`);
        rows.push(`        {"${where}", "${types[path.extname(file)]}", "\\"${tag}\\"", "\\"${tag}z\\"", ${forever}, asset_a${i}, asset_a${i}_end, asset_z${i}, asset_z${i}_end},`);
});
writeFileSync(output, `${lines.join('\n')}\nconst struct asset assets[] = {\n${rows.join('\n')}\n};\nconst size_t n_assets = ${rows.length};\n`);
const needs = [...new Set([...sources.map(own), ...files.map(({ file }) => file)])].filter((file) => !file.startsWith(console_));
writeFileSync(depfile, `${output}: ${needs.map((file) => file.replaceAll(' ', '\\ ')).join(' ')}\n`);
