// The OpenAPI document, held against what the program answers: every answer of every journey is checked by it.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
export const openapi = JSON.parse(fs.readFileSync(path.join(here, '../../src/api/openapi.json'), 'utf8'));

let ajv = null;
try {
        const { default: Ajv } = await import('ajv/dist/2020.js');
        const { default: addFormats } = await import('ajv-formats');
        ajv = new Ajv({ strict: false, allErrors: true });
        addFormats(ajv);
        ajv.addSchema(openapi, 'openapi');
} catch (error) {
        if (error.code !== 'ERR_MODULE_NOT_FOUND')
                throw error;
}
export const noAjv = !ajv && 'npm ajv is not installed';

const templates = Object.keys(openapi.paths).map((template) => ({
        template, pattern: new RegExp(`^${template.replace(/[.*+?^$()|[\]\\]/g, '\\$&').replace(/\{[^}]+\}/g, '[^/]+')}$`),
}));
const pointer = (...parts) => parts.map((part) => String(part).replace(/~/g, '~0').replace(/\//g, '~1')).join('/');
const compiled = new Map();

export const seen = new Set(); // "GET /stats 200": what the journeys of this file have met

function holds(ref, value, what) {
        if (!compiled.has(ref))
                compiled.set(ref, ajv.compile({ $ref: ref }));
        const validate = compiled.get(ref);
        assert.ok(validate(value), `${what} is not as openapi.json says: ${ajv.errorsText(validate.errors, { separator: '\n' })}\n${JSON.stringify(value).slice(0, 2000)}`);
}

// An answer's status must be listed for its path and method, and its JSON must fit the schema there. What the server refuses before a
// route is known (unknown path, wrong method, a malformed request) has the shape of every error.
export function checkAnswer(method, where, { status, json, headers }) {
        if (!ajv)
                return;
        const what = `${method} ${where} ${status}`;
        const { pathname } = new URL(where, 'http://x');
        const template = templates.find((t) => t.pattern.test(pathname))?.template;
        const responses = template && openapi.paths[template][method.toLowerCase()]?.responses;
        if (!responses || (!responses[status] && [400, 404, 405, 408, 413, 415, 431].includes(status))) {
                if (status >= 400)
                        holds('openapi#/components/schemas/Error', json, what);
                return;
        }
        assert.ok(responses[status], `${what} is not listed in openapi.json`);
        seen.add(`${method} ${template} ${status}`);
        const content = responses[status].content ?? {};
        const type = (headers.get('content-type') ?? '').split(';')[0].trim();
        if (Object.keys(content).length > 0)
                assert.ok(content[type], `${what} came as ${type}`);
        if (content['application/json']?.schema && type === 'application/json')
                holds(`openapi#/${pointer('paths', template, method.toLowerCase(), 'responses', status, 'content', 'application/json', 'schema')}`, json, what);
}
