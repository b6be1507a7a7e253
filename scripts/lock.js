// Takes the addresses out of package-lock.json: packages are pinned by their integrity, and any registry may serve them.
import { readFileSync, writeFileSync } from 'node:fs';

const path = new URL('../package-lock.json', import.meta.url);
const lock = JSON.parse(readFileSync(path, 'utf8'));
for (const entry of Object.values(lock.packages)) {
        delete entry.resolved;
        delete entry.funding;
}
writeFileSync(path, JSON.stringify(lock, null, 2) + '\n');
