// Token ids are those of the reference implementation, @huggingface/tokenizers: on real texts with the default model's file, and on
// hostile ones and each character of Unicode with files whose vocabulary gives every character a number of its own, so that
// nothing can hide behind an unknown token.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { Tokenizer } from '@huggingface/tokenizers';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
// Part of the tests' build: build/ has the program only.
const driver = [process.env.BUILD_DIR ?? 'build', 'build-san'].map((folder) => path.resolve(root, folder, 'tests/unit/tokenize'))
        .find((file) => fs.existsSync(file));
const model = path.join(root, 'models/all-MiniLM-L6-v2/tokenizer.json');
const data = path.resolve(root, '../shared/data');
const noModel = !fs.existsSync(model) && 'models/all-MiniLM-L6-v2 is not there';
const noData = noModel || (!fs.existsSync(data) && '../shared/data is not there');

let folder;
before(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tokenizer-'))));
after(() => fs.rmSync(folder, { recursive: true, force: true }));

// Strings as they are after UTF-8: what cannot be encoded is U+FFFD for both.
const repaired = (text) => Buffer.from(text).toString();

function encode(file, texts, max = []) {
  const input = texts.map((text) => JSON.stringify(text)).join('\n') + '\n';
  const run = spawnSync(driver, [file, ...max], { input, maxBuffer: 1 << 30 });
  assert.equal(run.status, 0, `${driver}: ${run.error ?? run.stderr}`);
  const lines = run.stdout.toString().trimEnd().split('\n').map((line) => JSON.parse(line));
  assert.equal(lines.length, texts.length);
  return lines;
}

// Both implementations on all texts; texts with characters that only one of them knows say nothing. Returns how many were compared.
function compare(file, texts) {
  texts = texts.map(repaired);
  const reference = new Tokenizer(JSON.parse(fs.readFileSync(file)), {});
  const ours = encode(file, texts);
  const wrong = [];
  let compared = 0;
  texts.forEach((text, i) => {
    if (!ours[i].known || /[\p{Cn}]/u.test(text)) return;
    const { ids } = reference.encode(text);
    compared++;
    if (ids.length === ours[i].ids.length && ids.every((id, k) => id === ours[i].ids[k])) return;
    wrong.push({ text: text.length > 200 ? `${text.slice(0, 200)}… (${text.length})` : text, reference: ids.slice(0, 40), ours: ours[i].ids.slice(0, 40) });
  });
  assert.deepEqual(wrong.slice(0, 5), [], `${wrong.length} of ${compared} texts differ`);
  return compared;
}

// ---- texts

function* strings(value) {
  if (typeof value === 'string') yield value;
  else if (value && typeof value === 'object') for (const v of Object.values(value)) yield* strings(v);
}

function csv(text) {
  const cells = text.matchAll(/(?:"((?:[^"]|"")*)"|([^,\n]*))(?:,|\r?\n|$)/g);
  return [...cells].map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain).filter(Boolean);
}

const readers = {
  '.csv': csv,
  '.json': (text) => [...strings(JSON.parse(text))],
  '.jsonl': (text) => text.trim().split('\n').flatMap((line) => [...strings(JSON.parse(line))]),
  '.eml': (text) => [text, text.slice(text.search(/\r?\n\r?\n/))],
};

function textsOf(set) {
  const folder = path.join(data, set);
  const texts = fs.readdirSync(folder).flatMap((name) => {
    const read = readers[path.extname(name)];
    return read ? read(fs.readFileSync(path.join(folder, name)).toString()) : [];
  });
  return [...new Set(texts)];
}

const repeat = (text, n) => text.repeat(n);
const hostile = [
  '', ' ', '\t\r\n', '\u0000', 'a\u0000b', '\u0000[SEP]\u0000', '\u0085', 'a\u0085b', '\ufeffstart', 'a\ufeffb', '\ufffd', 'a\ufffdb',
  // case
  'İstanbul İİ ıI', 'STRASSE straße ẞ', 'ΟΔΟΣ ΟΔΟΣ. ΣΑΣ Σ ΑΣ\u0301 ΑΣ\u0301Α ΣΣΣ ΑΣ’Α ΑΣ’ ʰΣ ªΣ ⅣΣ ⅣΣⅣ ⒶΣ 🅰Σ', 'ǅ ǈ ǋ ǲ', 'ﬀ ﬁ ﬄ ŉ ǰ', 'ᎠᎡ ꭰ Ა ა',
  // combining marks, normal forms
  'e\u0301 é e\u0301\u0323\u0308 e\u0308\u0323\u0301', 'Z̸̢̛͙͚̱̀ä̷̙́l̵̯̾g̶̡̎o̷͇͊', '\u0301\u0301a', '각 \u1100\u1161\u11a8 가\u11a8', 'ﷺ ｆｕｌｌ ① ² ½ ℌ Å Ω',
  '\u0958 \u0915\u093c', '\u0f73 \u0344', 'a\u0315\u0300\u05ae\u0062', '\u1d15e \u{1d15e}\u{1d165}\u{1d16e}', 'é'.normalize('NFD') + 'é',
  repeat('\u0301', 3000), 'a' + repeat('\u0323\u0301', 3000), repeat('a\u0315\u0300', 1000), repeat('\u1100\u1161', 500),
  // scripts
  '我是中文，你好世界。混合text文字', '日本語のテキスト、カタカナｶﾀｶﾅ', '한국어 텍스트 입니다', '\u{20000}\u{2a6d6}\u{2f800}x\u{30000}', '\uf900\ufa6d㐀䶵龥鿿㍿々〇',
  'مرحبا بالعالم ‏שלום‏ עולם\u05b0', 'नमस्ते दुनिया क्षत्रिय', 'สวัสดีชาวโลก', 'Привет ЁЖИК ёжик Й', 'ქართული ᲥᲐᲠᲗᲣᲚᲘ', 'Việt Nam Đà Nẵng', '𝔘𝔫𝔦𝔠𝔬𝔡𝔢 𐐀𐐨 𞤀𞤢',
  // emoji and what cannot be seen
  '👩‍👩‍👧‍👦 family 👍🏽 🇩🇪 ❤️ ☕︎ 1️⃣', 'zero\u200bwidth\u200cjoi\u200dner\u2060s\u00ad', '\u202eright to left\u202c \u2066x\u2069', 'a\u00a0b\u2003c\u3000d\u2028e\u2029f\u205fg\u1680h\u180ei',
  '\u0001\u0002\u001f\u007f\u009f', 'tab\tnew\nline\rreturn\vvertical\ffeed', '\ue000\u{f0000}private', '\ud800 lone \udc00 surrogates \ud83d', '\uffff\ufffe',
  // signs
  '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~', 'don\'t it’s “quoted” – dash — … ¿qué? «fr» ¡!', '$5 + 3 = €8 < £9 > ¥1 ^ ` | ~ ¬ ± × ÷', 'https://a.example/x?y=1&z=[2]#k user@host.example',
  '٪؟،۔ ។ ။ ๚ ༎ ׃ ፡ ። ᠂ ‖ ⁂ 〈〉《》 ﴾ ︵', 'snake_case_name camelCaseName kebab-case-name', '3.14 1,000,000 1e-9 0x1F ½',
  // tokens written out
  '[CLS]', '[SEP]', '[cls] [sep]', 'a[CLS]b[SEP]c', '[CLS][SEP][PAD][UNK][MASK]', '[CLS', '[[CLS]]', '[ CLS ]', '##ing', '## ing', 'play##ing', 'x [MASK] y', '[MASK]', ' [MASK] ', '[UNK]', '[unused1]',
  '  <tok>  ', 'a <tok> b', 'a<tok>b', 'Größe', 'größe x größe', 'GRÖSSE GROSSE grosse', ' LEFT  word  RIGHT  x', 'aLEFTb RIGHTc', 'left right', '[MASK]  LEFT  [MASK]', 'RIGHT  [SEP]  LEFT', 'LEFTRIGHT LEFT RIGHT',
  // size
  repeat('a', 100), repeat('a', 101), repeat('é', 100), repeat('é', 101), repeat('e\u0301', 100), repeat('😀', 100), repeat('😀', 101), repeat('a', 10000), repeat('ab', 5000) + ' tail', repeat('中', 10000),
  repeat('[SEP]', 2000), repeat('#', 5000), repeat('. ', 5000), repeat('word ', 20000), repeat(' ', 100000), repeat('x', 100000), repeat('Σ', 2000), repeat('.Σ', 2000), 'Α' + repeat('\u0301', 5000) + 'Σ' + repeat('\u0301', 5000) + 'Α',
];

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
  for (const set of ['banking77', 'clinc150', 'hint3', 'stackfaq', 'presidio-pii', 'prompt-injection', 'mail'])
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
