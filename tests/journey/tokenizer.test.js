// Token ids are those of the reference implementation, @huggingface/tokenizers: on real texts with the default model's file, and on
// hostile ones and each character of Unicode with files whose vocabulary gives every character a number of its own, so that
// nothing can hide behind an unknown token.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';

import { compare, encode, hostile, noData as noTexts, repaired, root, sets, textsOf } from './tokenizing.js';

const model = path.join(root, 'models/all-MiniLM-L6-v2/tokenizer.json');
const noModel = !fs.existsSync(model) && 'models/all-MiniLM-L6-v2 is not there';
const noData = noModel || noTexts;

let folder;
before(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tokenizer-'))));
after(() => fs.rmSync(folder, { recursive: true, force: true }));

// ---- tokenizer files

const normalizers = {
  none: null,
  'BERT, uncased': { type: 'BertNormalizer', clean_text: true, handle_chinese_chars: true, strip_accents: null, lowercase: true },
  'BERT, cased': { type: 'BertNormalizer', clean_text: true, handle_chinese_chars: true, strip_accents: null, lowercase: false },
  'BERT, uncased with accents': { type: 'BertNormalizer', clean_text: true, handle_chinese_chars: true, strip_accents: false, lowercase: true },
  'BERT, cased without accents': { type: 'BertNormalizer', clean_text: true, handle_chinese_chars: false, strip_accents: true, lowercase: false },
  'BERT, unclean': { type: 'BertNormalizer', clean_text: false, handle_chinese_chars: false, strip_accents: null, lowercase: true },
  'BERT, nothing said': { type: 'BertNormalizer' },
  NFC: { type: 'NFC' },
  NFD: { type: 'NFD' },
  NFKC: { type: 'NFKC' },
  NFKD: { type: 'NFKD' },
  Lowercase: { type: 'Lowercase' },
  StripAccents: { type: 'StripAccents' },
  Strip: { type: 'Strip', strip_left: true, strip_right: true },
  'Strip, left': { type: 'Strip', strip_left: true, strip_right: false },
  'Strip, right': { type: 'Strip', strip_left: false, strip_right: true },
  Replace: { type: 'Replace', pattern: { String: '..' }, content: 'ß.' },
  Sequence: { type: 'Sequence', normalizers: [{ type: 'NFD' }, { type: 'StripAccents' }, null, { type: 'Sequence', normalizers: [{ type: 'Lowercase' }] }, { type: 'Replace', pattern: { String: 'a' }, content: '' }, { type: 'NFKC' }] },
  'Sequence of nothing': { type: 'Sequence', normalizers: [] },
};
const preTokenizers = {
  none: null,
  BERT: { type: 'BertPreTokenizer' },
  Whitespace: { type: 'Whitespace' },
  WhitespaceSplit: { type: 'WhitespaceSplit' },
  Punctuation: { type: 'Punctuation', behavior: 'Isolated' },
  Sequence: { type: 'Sequence', pretokenizers: [{ type: 'WhitespaceSplit' }, null, { type: 'Sequence', pretokenizers: [{ type: 'Punctuation' }] }, { type: 'Whitespace' }] },
};
const template = {
  type: 'TemplateProcessing',
  single: [{ SpecialToken: { id: '[CLS]', type_id: 0 } }, { Sequence: { id: 'A', type_id: 0 } }, { SpecialToken: { id: '[SEP]', type_id: 0 } }],
  pair: [],
  special_tokens: {},
};

const special = (id, content, flags = {}) => ({ id, content, single_word: false, lstrip: false, rstrip: false, normalized: false, special: true, ...flags });
const addedTokens = [
  special(0, '[UNK]'), special(1, '[CLS]'), special(2, '[SEP]'), special(3, '[PAD]'), special(4, '[MASK]', { lstrip: true }),
  special(5, '<tok>', { lstrip: true, rstrip: true, single_word: true, special: false }),
  special(6, 'Größe', { normalized: true, special: false }), { id: 7, content: 'LEFT', lstrip: true, normalized: true }, { id: 8, content: 'RIGHT', rstrip: true },
  special(9, '##ü', { normalized: true }), special(10, 'play##', { special: false, normalized: false }),
];

// Every character and its continuation have an id, and so do a few words.
function vocabularyOf(characters, prefix) {
  const vocab = { '[UNK]': 0, '[CLS]': 1, '[SEP]': 2 };
  let next = 100;
  for (const c of characters) if (c !== '\0') (vocab[c] = next++), (vocab[prefix + c] = next++);
  for (const word of ['word', 'wo', 'straße', 'ab', 'aba']) (vocab[word] = next++), (vocab[prefix + word] = next++);
  return vocab;
}

function charactersOf(texts) {
  const found = new Set('ß');
  for (const text of texts.map(repaired))
    for (const form of [text, text.normalize('NFC'), text.normalize('NFD'), text.normalize('NFKC'), text.normalize('NFKD')])
      for (const cased of [form, form.toLowerCase(), form.toLowerCase().normalize('NFD'), form.toLowerCase().normalize('NFKC')]) for (const c of cased) found.add(c);
  return found;
}

function write(name, parts) {
  const { model, ...rest } = parts;
  const file = path.join(folder, `${name.replace(/\W+/g, '-')}.json`);
  const whole = {
    version: '1.0', truncation: null, padding: null, added_tokens: addedTokens, normalizer: null, pre_tokenizer: null, post_processor: template, decoder: null, ...rest,
    model: { type: 'WordPiece', unk_token: '[UNK]', continuing_subword_prefix: '##', max_input_chars_per_word: 100, ...model },
  };
  fs.writeFileSync(file, JSON.stringify(whole));
  return file;
}

// ---- tests

describe('with the default model, real texts become the ids of the reference', { skip: noData }, () => {
  let all = 0;
  for (const set of sets)
    test(set, () => {
      all += compare(model, textsOf(set));
    });
  test('and there are at least 5,000 of them', (t) => {
    t.diagnostic(`${all} texts`);
    assert.ok(all >= 5000);
  });
});

test('with the default model, hostile texts become the ids of the reference', { skip: noModel }, () => {
  compare(model, hostile);
});

describe('each normalizer does to hostile texts what the reference does', () => {
  const vocab = vocabularyOf(charactersOf(hostile), '##');
  for (const [name, normalizer] of Object.entries(normalizers))
    test(name, () => {
      compare(write(`n ${name}`, { normalizer, model: { vocab, max_input_chars_per_word: 200 }, pre_tokenizer: { type: 'WhitespaceSplit' } }), hostile);
    });
});

describe('each pre-tokenizer splits hostile texts where the reference does', () => {
  const vocab = vocabularyOf(charactersOf(hostile), '##');
  for (const [name, pre_tokenizer] of Object.entries(preTokenizers))
    test(name, () => {
      compare(write(`p ${name}`, { pre_tokenizer, model: { vocab } }), hostile);
    });
});

describe('the other fields mean what they mean to the reference', () => {
  const characters = charactersOf(hostile);
  const variants = {
    'no added tokens': { added_tokens: [] },
    'no special tokens around the text': { post_processor: null },
    BertProcessing: { post_processor: { type: 'BertProcessing', cls: ['[CLS]', 1], sep: ['[SEP]', 2] } },
    'several special tokens': { post_processor: { type: 'TemplateProcessing', single: [template.single[2], ...template.single, template.single[2]] } },
    'another prefix': { model: { continuing_subword_prefix: '▁', vocab: vocabularyOf(characters, '▁') } },
    'no prefix': { model: { continuing_subword_prefix: '', vocab: vocabularyOf(characters, '') } },
    'a prefix that no piece has': { model: { continuing_subword_prefix: '@@', vocab: vocabularyOf(characters, '##') } },
    'short words': { model: { max_input_chars_per_word: 3 } },
    'no words': { model: { max_input_chars_per_word: 0 } },
    'added tokens under BERT': { normalizer: normalizers['BERT, uncased'], pre_tokenizer: preTokenizers.BERT },
  };
  for (const [name, parts] of Object.entries(variants))
    test(name, () => {
      const whole = { pre_tokenizer: preTokenizers.WhitespaceSplit, ...parts, model: { vocab: vocabularyOf(characters, '##'), ...parts.model } };
      compare(write(`v ${name}`, whole), hostile);
    });
});

describe('each character of Unicode is read as the reference reads it', () => {
  // Of the great many ideographs, syllables and private characters one in 61 will do, and two went to another category in Unicode 15 and 16.
  const many = /[\p{Script=Han}\p{Script=Hangul}\p{Script=Tangut}\p{Script=Egyptian_Hieroglyphs}\p{Co}]/u;
  const moved = ['\u0295', '\u{1171e}'];
  const characters = [];
  for (let i = 1; i < 0x110000; i++) {
    const c = String.fromCodePoint(i);
    if (!/[\p{Cn}\p{Cs}]/u.test(c) && (i % 61 === 0 || !many.test(c)) && !moved.includes(c)) characters.push(c);
  }
  const vocab = vocabularyOf(characters, '##');
  const texts = characters.map((c) => `a${c}b ${c}Σ Α${c}Σ ΑΣ${c}Α ${c}\u0301`);
  for (const name of ['BERT, uncased', 'BERT, uncased with accents', 'BERT, cased without accents', 'Lowercase', 'NFC', 'NFKC', 'NFKD', 'StripAccents'])
    test(name, () => {
      const compared = compare(write(`u ${name}`, { normalizer: normalizers[name], pre_tokenizer: preTokenizers.BERT, model: { vocab } }), texts);
      assert.ok(compared > 30000, `${compared}`);
    });
});

test('a text that is too long keeps its closing special token', { skip: noModel }, () => {
  const text = 'one two three four five unbelievableness six seven';
  const [{ ids }] = encode(model, [text]);
  for (let max = 0; max <= ids.length + 1; max++) {
    const [{ ids: cut }] = encode(model, [text], [`${max}`]);
    const expected = max >= ids.length ? ids : max === 0 ? [] : [...ids.slice(0, max - 1), ids.at(-1)];
    assert.deepEqual(cut, expected, `at most ${max}`);
  }
});
