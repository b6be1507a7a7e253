// The manual for the console: doc/*.md read when the console is built, as trees of [tag, attributes, ...children], so that the page makes
// nodes of them and never reads markup.
import { readFileSync } from 'node:fs';
import path from 'node:path';

import { marked } from 'marked';

const NAME = 'virtual:manual';
const first = ['console', 'operations', 'api', 'triage', 'retrieval', 'reliability']; // in this order; the others follow by name

const slug = (text) => text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '-').replace(/^-|-$/g, '');

// Character references are the only markup that marked leaves in texts.
const references = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'" };
const plain = (text) => text.replace(/&(?:amp|lt|gt|quot|#39);/g, (reference) => references[reference]);

function link(href) {
        const page = /^(?:\.\/)?([\w-]+)\.md(?:#([\w-]+))?$/.exec(href);
        if (page)
                return `#/manual/${page[1]}${page[2] ? `/${page[2]}` : ''}`;
        return /^\/?(docs|openapi\.json|metrics|health)$/.test(href) ? href.replace(/^\//, '') : null;
}

function inline(tokens = []) {
        return tokens.map((token) => {
                switch (token.type) {
                case 'strong': return ['strong', {}, ...inline(token.tokens)];
                case 'em': return ['em', {}, ...inline(token.tokens)];
                case 'codespan': return ['code', {}, plain(token.text)];
                case 'br': return ['br', {}];
                case 'link': return link(token.href) ? ['a', { href: link(token.href) }, ...inline(token.tokens)] : ['span', {}, ...inline(token.tokens)];
                case 'image': return plain(token.text);
                default: return token.tokens ? ['span', {}, ...inline(token.tokens)] : plain(token.text ?? token.raw);
                }
        });
}

const textOf = (tree) => (typeof tree === 'string' ? tree : tree.slice(2).map(textOf).join(''));

function block(token) {
        switch (token.type) {
        case 'heading': {
                const children = inline(token.tokens);
                return [`h${Math.min(token.depth + 1, 6)}`, { id: slug(textOf(['', {}, ...children])) }, ...children];
        }
        case 'paragraph': return ['p', {}, ...inline(token.tokens)];
        case 'text': return ['span', {}, ...inline(token.tokens ?? [token])];
        case 'code': return ['pre', {}, ['code', {}, token.text]];
        case 'blockquote': return ['blockquote', {}, ...blocks(token.tokens)];
        case 'list': return [token.ordered ? 'ol' : 'ul', {}, ...token.items.map((item) => ['li', {}, ...blocks(item.tokens)])];
        case 'table': return ['table', {},
                ['thead', {}, ['tr', {}, ...token.header.map((cell) => ['th', {}, ...inline(cell.tokens)])]],
                ['tbody', {}, ...token.rows.map((row) => ['tr', {}, ...row.map((cell) => ['td', {}, ...inline(cell.tokens)])])]];
        case 'hr': return ['hr', {}];
        default: return null; // comments, spaces, references
        }
}

function blocks(tokens) {
        return tokens.map(block).filter(Boolean);
}

function page(file) {
        const tree = blocks(marked.lexer(readFileSync(file, 'utf8')));
        const name = path.basename(file, '.md');
        const title = tree.find(([tag]) => tag === 'h2');
        return { name, title: title ? textOf(title) : name, tree: tree.filter((one) => one !== title) };
}

// A plugin for Vite that gives the module "virtual:manual".
export function manual(files) {
        const rank = (file) => (first.indexOf(path.basename(file, '.md')) + first.length + 1) % (first.length + 1);
        return {
                name: 'manual',
                resolveId: (id) => (id === NAME ? `\0${NAME}` : null),
                load: (id) => (id === `\0${NAME}` ? `export default ${JSON.stringify([...files].sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1)).map(page))}` : null),
        };
}
