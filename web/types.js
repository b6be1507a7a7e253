// The types of the API for the console, from openapi.json: `node web/types.js` writes them where web/console/tsconfig.json looks.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const output = path.join(root, 'node_modules/.cache/firstline-types/openapi.d.ts');

const primitives = { string: 'string', number: 'number', integer: 'number', boolean: 'boolean', null: 'null' };

function typeOf(schema) {
        if (schema.$ref)
                return schema.$ref.split('/').pop();
        if (schema.enum)
                return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
        for (const way of ['anyOf', 'oneOf'])
                if (schema[way] && !schema.properties)
                        return schema[way].map(typeOf).join(' | ');
        if (Array.isArray(schema.type))
                return schema.type.map((type) => typeOf({ ...schema, type, enum: undefined })).join(' | ');
        if (schema.type === 'array')
                return `(${typeOf(schema.items ?? {})})[]`;
        if (schema.type === 'object' || schema.properties)
                return objectOf(schema);
        return primitives[schema.type] ?? 'unknown';
}

function objectOf({ properties, required = [], additionalProperties }) {
        if (!properties)
                return `Record<string, ${typeof additionalProperties === 'object' ? typeOf(additionalProperties) : 'unknown'}>`;
        return `{ ${Object.entries(properties).map(([name, schema]) => `${JSON.stringify(name)}${required.includes(name) ? '' : '?'}: ${typeOf(schema)}`).join('; ')} }`;
}

const { components } = JSON.parse(readFileSync(path.join(root, 'src/api/openapi.json'), 'utf8'));
mkdirSync(path.dirname(output), { recursive: true });
writeFileSync(output, Object.entries(components.schemas).map(([name, schema]) => `export type ${name} = ${typeOf(schema)};\n`).join(''));
