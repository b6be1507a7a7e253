// A ticket's audit trail is shown to its last row, however long it has become.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { examples, noDatabaseTool, sql } from './firstline.js';
import { act } from './scene.js';

test('a long trail comes page by page, in order, without a gap', { skip: noDatabaseTool }, () => act({ freshdesk: false, EMBEDDING_MODEL: '' }, async (firstline) => {
        const { json } = await firstline.post('/process-ticket', { id: 1, ...examples.crash });
        assert.equal(json.ticket_id, 1);
        assert.equal((await firstline.ticket(1)).audit_next, null, 'a short one is whole');
        sql(firstline.database, "WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i + 1 FROM n WHERE i < 2400) INSERT INTO audit(ticket_id, job_id, at_ms, step, detail) SELECT 1, 1, 1790000000000 + i, 'retry', '{}' FROM n");
        const ids = [];
        for (let after = 0, pages = 0; after !== null; pages++) {
                assert.ok(pages < 10);
                const page = await firstline.get(`/tickets/1?after=${after}`);
                assert.equal(page.status, 200);
                ids.push(...page.json.audit.map((row) => row.id));
                after = page.json.audit_next;
        }
        assert.equal(ids.length, Number(sql(firstline.database, 'SELECT count(*) FROM audit WHERE ticket_id = 1')));
        assert.deepEqual(ids, [...new Set(ids)].sort((a, b) => a - b));
}));
