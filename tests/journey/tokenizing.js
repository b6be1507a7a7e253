// Comparing our tokenizer with the reference implementation, @huggingface/tokenizers: the texts, and both at work on them.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { Tokenizer } from '@huggingface/tokenizers';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
// Part of the tests' build: build/ has the program only.
const driver = [process.env.BUILD_DIR ?? 'build', 'build-san'].map((folder) => path.resolve(root, folder, 'tests/unit/tokenize'))
        .find((file) => fs.existsSync(file));
const data = path.resolve(root, '../shared/data');
export const noData = !fs.existsSync(data) && '../shared/data is not there';
export const sets = ['banking77', 'clinc150', 'hint3', 'stackfaq', 'presidio-pii', 'prompt-injection', 'mail'];

// Strings as they are after UTF-8: what cannot be encoded is U+FFFD for both.
export const repaired = (text) => Buffer.from(text).toString();

export function encode(file, texts, max = []) {
  const input = texts.map((text) => JSON.stringify(text)).join('\n') + '\n';
  const run = spawnSync(driver, [file, ...max], { input, maxBuffer: 1 << 30 });
  assert.equal(run.status, 0, `${driver}: ${run.error ?? ''} ${run.stderr}`);
  const lines = run.stdout.toString().trimEnd().split('\n').map((line) => JSON.parse(line));
  assert.equal(lines.length, texts.length);
  return lines;
}

// Both implementations on all texts; texts with characters that only one of them knows say nothing. Returns how many were compared.
export function compare(file, texts) {
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

export function textsOf(set) {
  const folder = path.join(data, set);
  const texts = fs.readdirSync(folder).flatMap((name) => {
    const read = readers[path.extname(name)];
    return read ? read(fs.readFileSync(path.join(folder, name)).toString()) : [];
  });
  return [...new Set(texts)];
}

const repeat = (text, n) => text.repeat(n);
export const hostile = [
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

// The same for pairs of texts: ids and token_type_ids.
export function comparePairs(file, pairs) {
  pairs = pairs.map((pair) => pair.map(repaired));
  const reference = new Tokenizer(JSON.parse(fs.readFileSync(file)), {});
  const ours = encode(file, pairs);
  const wrong = [];
  pairs.forEach(([a, b], i) => {
    if (!ours[i].known || /[\p{Cn}]/u.test(a + b)) return;
    const { ids, token_type_ids: types } = reference.encode(a, { text_pair: b, return_token_type_ids: true });
    const got = { ids: ours[i].ids, types: types ? ours[i].types : undefined };
    if (JSON.stringify({ ids, types }) !== JSON.stringify(got)) wrong.push({ pair: [a.slice(0, 99), b.slice(0, 99)], reference: { ids, types }, ours: got });
  });
  assert.deepEqual(wrong.slice(0, 3), [], `${wrong.length} of ${pairs.length} pairs differ`);
}
