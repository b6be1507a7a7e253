// Byte-pair encoding and Unigram give the ids of the reference implementation, on real and on hostile texts and on pairs, with files
// in the shapes of the models that people take from the hub. They are learned here from the project's own pages.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';

import { PrecompiledNormalizer } from '@huggingface/tokenizers';

import { bart, charsmap, charsmapApplier, charsmapRules, clip, deberta, learnMerges, learnPieces, llama, modern, xlmRoberta } from './tokenizer_files.js';
import { compare, comparePairs, encode, hostile, noData, repaired, root, sets, textsOf } from './tokenizing.js';

const learned = ['README.md', 'knowledge/billing_issues.txt', 'knowledge/technical_support.txt', 'config/examples.tsv']
  .map((name) => fs.readFileSync(path.join(root, name)).toString()).join('\n') + repaired(hostile.slice(0, 60).join('\n').replaceAll('\0', ''));
const merges = learnMerges(learned, 500);
const pieces = learnPieces(learned, 2500);
const table = charsmapRules();
const map = charsmap(table);
const applied = charsmapApplier(table);

// The reference computes NFKC where the file has a table, so it is given the table, applied by other code than ours.
const computed = PrecompiledNormalizer.prototype.normalize;
before(() => (PrecompiledNormalizer.prototype.normalize = applied));
after(() => (PrecompiledNormalizer.prototype.normalize = computed));

let folder;
before(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tokenizer-'))));
after(() => fs.rmSync(folder, { recursive: true, force: true }));

function write(name, file) {
  const where = path.join(folder, `${name.replace(/\W+/g, '-')}.json`);
  fs.writeFileSync(where, JSON.stringify(file));
  return where;
}

const files = {
  bart: bart(merges),
  modern: modern(merges),
  llama: llama(learned, 200),
  clip: clip(learned, 200),
  deberta: deberta(pieces, map),
  'xlm-roberta': xlmRoberta(pieces, map),
};

describe('real texts become the ids of the reference', { skip: noData }, () => {
  for (const name of ['bart', 'deberta', 'xlm-roberta'])
    test(name, (t) => {
      let all = 0;
      for (const set of sets) all += compare(write(name, files[name]), textsOf(set).filter((text, i) => i % 6 === 0 && text.length < 2000));
      t.diagnostic(`${all} texts`);
      assert.ok(all >= 5000);
    });
});

describe('hostile texts become the ids of the reference', () => {
  for (const [name, file] of Object.entries(files)) test(name, () => void compare(write(name, file), hostile));
});

describe('a pair becomes the ids and types of the reference', () => {
  const pairs = hostile.filter((text) => text.length < 2000).map((text, i, all) => [text, all[(i * 7 + 3) % all.length] || 'This is about a refund.']);
  for (const name of ['bart', 'modern', 'deberta', 'xlm-roberta']) test(name, () => comparePairs(write(name, files[name]), pairs));
});

describe('fields of the models mean what they mean to the reference', () => {
  const change = (name, fn) => {
    const file = structuredClone(files[name]);
    fn(file);
    return file;
  };
  const variants = {
    'a space before the text': change('bart', (f) => (f.pre_tokenizer.add_prefix_space = true)),
    'bytes without words': change('bart', (f) => (f.pre_tokenizer.use_regex = false)),
    'unknown bytes left out': change('bart', (f) => ['Ã', 'ð', 'Ġ'].forEach((c) => delete f.model.vocab[c])),
    'unknown bytes apart': change('modern', (f) => ['Ã', 'ð', 'Ŀ'].forEach((c) => delete f.model.vocab[c])),
    'unknown bytes as one': change('modern', (f) => (['Ã', 'ð', 'Ŀ'].forEach((c) => delete f.model.vocab[c]), (f.model.fuse_unk = true))),
    'words that are pieces are merged all the same': change('modern', (f) => (f.model.ignore_merges = false)),
    'merges twice': change('modern', (f) => f.model.merges.push(...f.model.merges.slice(0, 50).reverse())),
    'merges that no piece comes of': change('modern', (f) => Object.keys(f.model.vocab).filter((p, i) => p.length > 1 && i % 5 === 0).forEach((p) => delete f.model.vocab[p])),
    'bytes that are missing': change('llama', (f) => delete f.model.vocab['<0xE4>']),
    'no bytes': change('llama', (f) => (f.model.byte_fallback = false)),
    'a sign at the first text only': change('xlm-roberta', (f) => (f.pre_tokenizer = { type: 'Metaspace', replacement: '▁', prepend_scheme: 'first' })),
    'no sign before the text': change('deberta', (f) => (f.pre_tokenizer = { type: 'Metaspace', replacement: '▁', prepend_scheme: 'never', split: false })),
    'words and signs apart': change('deberta', (f) => f.pre_tokenizer.pretokenizers.unshift({ type: 'Punctuation', behavior: 'Isolated' }, { type: 'Digits', individual_digits: false })),
    'a pattern between': change('xlm-roberta', (f) => f.pre_tokenizer.pretokenizers.splice(1, 0, { type: 'Split', pattern: { Regex: '[A-Z]?[a-z]+|\\d{1,3}(?!\\d)|[^\\p{L}\\d]' }, behavior: 'Isolated', invert: false })),
    'a pattern taken out': change('xlm-roberta', (f) => f.pre_tokenizer.pretokenizers.splice(1, 0, { type: 'Split', pattern: { Regex: '(?i:e|ss)|[.,]+?' }, behavior: 'Removed', invert: false })),
    'a pattern replaced': change('deberta', (f) => f.normalizer.normalizers.push({ type: 'Replace', pattern: { Regex: '(?:a|ab)(?:c|bcd)?|\\x{e9}|[\\s\\p{Lu}]{2,3}?x*' }, content: '_' })),
    'a pattern that may be nothing': change('deberta', (f) => f.normalizer.normalizers.push({ type: 'Replace', pattern: { Regex: '(?:a?b?)c|d?' }, content: '-' })),
    'NFKD and lower case': change('deberta', (f) => (f.normalizer = { type: 'Sequence', normalizers: [{ type: 'NFKD' }, { type: 'StripAccents' }, { type: 'Lowercase' }] })),
    'no table': change('deberta', (f) => (f.normalizer = null)),
    'added tokens that the normalizer sees': change('deberta', (f) => f.added_tokens.push({ id: 5000, content: 'Ｆｕｌｌ word', normalized: true, lstrip: true, rstrip: true, single_word: true, special: false })),
  };
  const more = [...hostile.filter((text) => text.length < 12000), 'Full word  Full word', 'x Full word y', 'abcd abc ab aab éÉé ABcx ABCD  x', 'less LESS lesson 1234567 12,345.67', 'aabbc dd c', '<mask> x <mask>', 'a <mask>b', 'don\'t we\'ll I\'m \'S'];
  for (const [name, file] of Object.entries(variants)) test(name, () => void compare(write(`v ${name}`, file), name.includes('pattern') ? more.filter((text) => text.length < 300) : more));
});

test('two texts that are too long together are cut as the rule says', () => {
  const a = 'The invoice of March was charged twice and nobody answers my letters about it';
  const b = 'This ticket is about money that has to be looked at by somebody';
  for (const [name, specials] of [['bart', 4], ['deberta', 3]]) {
    const file = write(name, files[name]);
    const whole = encode(file, [a, b]).map(({ ids }) => ids.slice(1, -1));
    const alone = whole.map((ids) => ids.length);
    for (const cut of ['first', 'longest'])
      for (let max = specials + 2; max < alone[0] + alone[1] + 6; max += 5) {
        const room = max - specials;
        let [x, y] = alone;
        if (cut === 'first') {
          if (y >= room) continue;
          x = Math.min(x, room - y);
        } else {
          // Of equals the one gives up that was not the longer.
          while (x + y > room) x > y || (x === y && alone[0] <= alone[1]) ? x-- : y--;
        }
        const [{ ids }] = encode(file, [[a, b]], [`${max}`, cut]);
        assert.equal(ids.length, x + y + specials, `${name} ${cut} ${max}`);
        assert.deepEqual(ids.slice(1, 1 + x), whole[0].slice(0, x), `${name} ${cut} ${max}: the first text`);
        assert.deepEqual(ids.slice(-1 - y, -1), whole[1].slice(0, y), `${name} ${cut} ${max}: the second text`);
      }
  }
});

test('long words take no longer than their length says', () => {
  // A quadratic merge of 300,000 characters would outlast the suite's limit for a file.
  for (const name of ['bart', 'llama', 'deberta'])
    for (const text of ['a'.repeat(300000), 'the'.repeat(100000), '中'.repeat(100000)]) assert.ok(encode(write(name, files[name]), [text])[0].ids.length > 0);
});

test('the reference computes what the table says, but for what the table does not have', () => {
  for (const text of hostile)
    if (!/[\p{Script=Hangul}\u200d\u0300-\u036f]/u.test(text) && !/\p{M}/u.test(text.normalize('NFD'))) assert.equal(computed(text), applied(text), JSON.stringify(text.slice(0, 80)));
});
