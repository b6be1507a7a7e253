// What `make install` leaves on a machine works from any folder, without the tree that it was built in.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { before, describe, test } from 'node:test';
import { buildFolder, newFolder, noModel, seededFolder } from './firstline.js';

const target = newFolder('firstline-install-');
let prefix, libraries;

// In an empty folder, with no settings but these, looking for nothing in the tree.
function installed(args, settings = {}) {
        return spawnSync(path.join(prefix, 'bin/firstline'), args, {
                cwd: newFolder(), encoding: 'utf8', input: '', timeout: 60_000, env: { PATH: process.env.PATH, LANG: 'C.UTF-8', ...settings },
        });
}

function mode(file) {
        return (fs.statSync(path.join(prefix, file)).mode & 0o777).toString(8);
}

describe('make install', () => {
        before(() => {
                const options = JSON.parse(fs.readFileSync(path.join(buildFolder, 'meson-info/intro-buildoptions.json'), 'utf8'));
                const option = (name) => options.find((o) => o.name === name).value;
                const run = spawnSync('meson', ['install', '-C', buildFolder, '--no-rebuild', '--quiet', '--destdir', target], { encoding: 'utf8' });
                assert.equal(run.status, 0, run.stdout + run.stderr);
                prefix = path.join(target, option('prefix'));
                libraries = path.join(prefix, option('libdir'), 'firstline');
        });

        test('puts each file where a distribution expects it', () => {
                for (const file of ['bin/firstline', 'share/man/man1/firstline.1', 'lib/systemd/system/firstline.service',
                        'share/doc/firstline/LICENSE', 'share/doc/firstline/third_party_licenses.md', 'share/doc/firstline/env.example',
                        'share/doc/firstline/swagger-ui/LICENSE', 'share/firstline/config/categories.tsv',
                        'share/firstline/config/templates/answer.html', 'share/firstline/knowledge/password_reset.txt'])
                        assert.ok(fs.statSync(path.join(prefix, file)).size > 0, file);
                assert.equal(mode('bin/firstline'), '755');
                assert.equal(mode('share/firstline/config/categories.tsv'), '644');
                const unit = fs.readFileSync(path.join(prefix, 'lib/systemd/system/firstline.service'), 'utf8');
                assert.match(unit, /^ExecStart=\/\S+\/bin\/firstline serve$/m);
                assert.doesNotMatch(unit, /@\w+@/);
        });

        test('the program says its version from an empty folder', () => {
                const run = installed(['version']);
                assert.equal(run.status, 0, run.stderr);
                assert.match(run.stdout, /\d+\.\d+\.\d+/);
        });

        test('it finds its own model, configuration and documents', { skip: noModel }, async () => {
                const DATABASE_URL = `sqlite:${path.join(await seededFolder(), 'firstline.db')}`; // with the vectors of its texts
                const run = installed(['classify', '--json', '--subject', 'Password reset not working',
                        '--description', "I clicked the reset link but it doesn't work"], { LD_DEBUG: 'files', DATABASE_URL });
                assert.equal(run.status, 0, run.stderr.slice(-2000));
                const outcome = JSON.parse(run.stdout);
                assert.equal(outcome.tier, 'tier_1');
                assert.equal(outcome.method, 'zero_shot');
                assert.equal(outcome.sources[0].document, 'password_reset.txt');
                // With a library of its own it takes that one, not the one in the tree that happens to be there still.
                const opened = run.stderr.match(/calling init: (\S*libonnxruntime\S*)/)?.[1] ?? '';
                if (fs.existsSync(libraries))
                        assert.equal(path.normalize(opened), path.join(libraries, 'libonnxruntime.so.1'));
        });
});
