// A program whose allocations fail, whose wall clock jumps and whose disk is nearly full when the test says so: see tests/unit/faults.c.
import fs from 'node:fs';
import path from 'node:path';

import { buildFolder, newFolder, root } from './ground.js';

const library = [buildFolder, path.join(root, 'build-san')].map((folder) => path.join(folder, 'tests/unit/faults.so')).find((file) => fs.existsSync(file));
export const noFaults = !library && 'tests/unit/faults.so is not built';

const preloaded = `LD_PRELOAD='${library}' ASAN_OPTIONS="$ASAN_OPTIONS:verify_asan_link_order=0"; exec "$@"`;

// For the option `wrap` of the program: a library starts a thread before main, which knows nothing of the program's signals.
export const threadBeforeMain = `export FAULTS_THREAD=1 ${preloaded}`;

const ORDERS = { clock_ms: 0, countdown: 8, failed: 16, row: 24, live: 32, disk_free: 40 };

export class Faults {
        constructor() {
                this.file = path.join(newFolder(), 'orders');
                fs.writeFileSync(this.file, Buffer.alloc(48), { mode: 0o666 });
                this.fd = fs.openSync(this.file, 'r+');
        }

        // For the option `wrap` of the program.
        get wrap() {
                return `export FAULTS_FILE='${this.file}' ${preloaded}`;
        }

        set(name, value) {
                const bytes = Buffer.alloc(8);
                bytes.writeBigInt64LE(BigInt(value));
                fs.writeSync(this.fd, bytes, 0, 8, ORDERS[name]);
        }

        get(name) {
                const bytes = Buffer.alloc(8);
                fs.readSync(this.fd, bytes, 0, 8, ORDERS[name]);
                return Number(bytes.readBigInt64LE());
        }

        // The n-th allocation from now on fails, and `row` - 1 after it.
        failAt(n, row = 1) {
                this.set('failed', 0);
                this.set('row', row);
                this.set('countdown', n);
        }

        // Ends it, and tells whether any has failed.
        end() {
                this.set('countdown', 0);
                return this.get('failed') > 0;
        }
}
